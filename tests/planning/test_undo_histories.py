"""Thousands of histories: later work stays, piles add up, an undo can be undone."""

import pytest

from campaigns.planning.piles import Pile
from tests.planning.world import World

PLATFORMS = ("indeed", "microworkers")
BATCH = 100
BATCHES = range(0, 2_500, BATCH)


def histories(platform, start):
    """Worlds with a past, a set A, then perhaps an overlapping set B."""
    for seed in range(start, start + BATCH):
        world = World(platform, seed)
        past = world.random.randint(0, 4)
        for _ in range(past):
            world.random.choice([world.edit, world.edit, world.outside])()
        first = world.edit()
        if first is not None:
            yield world, first


def overlap(world, first):
    """A set B that shares a field with A, and perhaps more; None when refused."""
    shared = [row.field for row in world.sent[first] if row.field in world.values]
    more = world.random.sample(sorted(world.values), world.random.randint(0, 3))
    return world.edit(paths=[world.random.choice(shared), *more]) if shared else None


def written(world, change_set):
    return {row.field: row.state for row in world.sent[change_set]}


def intact(world, first):
    """What stays of B through an undo of A, and what B had set."""
    second = overlap(world, first)
    if second is None:
        return {}, {}
    before = world.state()
    world.undo(first)
    of_second = [row.field for row in world.sent[second] if row.state != "rejected"]
    after = world.state()
    return {p: before[p] for p in of_second}, {p: after[p] for p in of_second}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("start", BATCHES)
def test_later_work_stays_when_earlier_work_is_undone(platform, start):
    kept = [intact(world, first) for world, first in histories(platform, start)]

    assert sum(bool(before) for before, _ in kept) > BATCH / 3
    assert [after for _, after in kept] == [before for before, _ in kept]


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("start", BATCHES)
def test_the_piles_add_up_with_any_ticks(platform, start):
    sums = []
    for world, first in histories(platform, start):
        overlap(world, first)
        rows = world.sent[first]
        keys = [f"1.{row.field}" for row in rows]
        ticked = world.random.sample(keys, world.random.randint(0, len(keys)))
        lines = world.sort_out(first, ticked).lines
        on = {pile: sum(line.pile == pile for line in lines) for pile in Pile}
        sums.append((sum(on.values()), len(rows)))

    assert [total for total, _ in sums] == [fields for _, fields in sums]


def there_and_back(world, first):
    """An undo that is undone in its turn: what was before, is after, and was said."""
    overlap(world, first)
    world.outside()
    before = world.state()
    sent, _ = world.undo(first)
    if sent is None:
        return before, before, set(), set()
    final = {row.field for row in world.sent[sent] if row.one_way}
    _, planned = world.undo(sent)
    lines = planned.lines
    left = {line.row.field for line in lines if line.pile != Pile.BACK}
    kept = {path: text for path, text in world.state().items() if path not in left}
    return {path: before[path] for path in kept}, kept, left, final


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("start", BATCHES)
def test_an_undo_of_an_undo_restores_all_that_was_not_said_to_be_final(platform, start):
    seen = [there_and_back(world, a) for world, a in histories(platform, start)]

    assert [after for _, after, _, _ in seen] == [before for before, _, _, _ in seen]
    assert [left for _, _, left, final in seen if not left <= final] == []
    assert sum(not left for _, _, left, _ in seen) > BATCH / 3
