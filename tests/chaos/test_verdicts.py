"""What is true of what a change ended as (C11), told in histories made by hand."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.chaos import verdicts
from tests.chaos.past import Past, at, found


@pytest.mark.parametrize(
    ("accepted", "broken"),
    [(10.1, ["C11"]), (None, [])],
    ids=["answered", "never answered"],
)
def test_different_tells_of_nothing_older_than_the_answer(accepted, broken):
    past = Past().send(10, after=0.05, ttr=(1, 9))
    past.row.state, past.row.found = "different", "1"
    case = past.case()
    change = case.history.changes[1]
    change.created_at, change.moved_at = at(5), at(45)
    change.accepted_at = accepted and at(accepted)
    del case.history.changes[2]

    assert [one.code for one in verdicts.c11_true(case)] == broken


@pytest.mark.parametrize(
    ("policy", "campaign", "read_at", "broken"),
    [
        ("thrifty", "c", 25, []),
        ("careful", "c", 25, ["C11"]),
        ("thrifty", "c", 95, ["C11"]),
        ("thrifty", "", 25, ["C11"]),
        ("thrifty", "c", -870, ["C11"]),
    ],
    ids=["read", "careful", "read too late", "not in the list", "too old"],
)
def test_a_clash_tells_of_what_a_read_could_show(policy, campaign, read_at, broken):
    """A part that was split off is as young as the comparison that found it."""
    past = Past(policy=policy).foreign(20, ttr=(1, 5)).foreign(50, ttr=(5, 6))
    past.read(read_at, campaign)
    past.row.state, past.row.found = "clash", "5"
    case = past.case()
    case.history.changes[1].created_at = case.history.changes[1].moved_at = at(100)
    del case.history.changes[2]

    assert [one.code for one in verdicts.c11_true(case)] == broken


@pytest.mark.parametrize(("second", "broken"), [(5, ["C11"]), (50, [])])
def test_only_what_came_after_it_can_have_replaced_it(second, broken):
    past = Past().send(10, {"lost": "before"}).send(second, change=2, ttr=(1, 5))
    past.row.state, past.row.advice = "unconfirmable", "Change 2 replaced it before."

    assert found(verdicts.c11_replaced, past) == broken


@pytest.mark.parametrize(
    ("stale", "is_ours", "broken"),
    [(8, False, []), (1, False, ["C11"]), (0, False, ["C11"]), (8, True, ["C11"])],
)
def test_a_stale_read_may_call_already_so_what_was_so_before(stale, is_ours, broken):
    """What somebody else has changed since; what we have, it has to wait for."""
    past = Past().send(5, change=2, ttr=(1, 9)).send(11, change=2, name=("a", "b"))
    past.effects[-1] = replace(past.effects[-1], stale=stale)
    if is_ours:
        past.send(12, change=2, ttr=(9, 1))
    else:
        past.foreign(12, ttr=(9, 1))
    past.row.state, past.row.found = "already-so", "9"
    look = {"id": 9, "change_id": 1, "kind": "compare", "campaign": "c"}
    past.attempts.append(SimpleNamespace(**look, started_at=at(14), request_body=""))
    case = past.case()
    for change in case.history.changes.values():
        change.created_at, change.moved_at = at(13), at(15)

    assert [one.code for one in verdicts.c11_true(case)] == broken


@pytest.mark.parametrize(("seen", "broken"), [(None, []), ("false", ["C11"])])
def test_off_is_not_what_an_author_saw_who_saw_nothing(seen, broken):
    past = Past(seen=seen).foreign(20, ttr=(1, False))
    past.row.state, past.row.found, past.row.wanted = "clash", "false", "true"
    case = past.case()
    for change in case.history.changes.values():
        change.created_at, change.moved_at = at(10), at(30)

    assert [one.code for one in verdicts.c11_true(case)] == broken
