"""What the checker calls broken and what not, told in histories made by hand."""

from types import SimpleNamespace

import pytest

from tests.chaos import checker, story, verdicts
from tests.chaos.case import Violation
from tests.chaos.past import HALF, Past, at, found


@pytest.mark.parametrize(
    ("first", "fault", "then", "broken"),
    [
        ({"ttr": (1, 9)}, None, {"name": ("a", "b")}, ["C3"]),
        ({"ttr": (1, 9)}, HALF, {"name": ("a", "b")}, []),
        ({"ttr": (1, 9)}, HALF, {"ttr": (1, 9), "name": ("a", "b")}, ["C3"]),
    ],
    ids=["whole", "completed", "a field again"],
)
def test_only_what_the_platform_left_undone_may_follow(first, fault, then, broken):
    past = Past().send(10, fault, **first).send(90, **then)

    assert found(checker.c3_once, past) == broken


def test_what_was_applied_by_half_may_be_completed_once_only():
    past = Past().send(10, HALF, ttr=(1, 9))
    past.send(90, name=("a", "b")).send(170, timeToWait=(1, 2))

    assert found(checker.c3_once, past) == ["C3"]


def test_what_somebody_put_back_looks_as_if_it_was_never_replaced():
    past = Past().send(10, {"lost": "after"}, ttr=(1, 9)).foreign(40, ttr=(9, 1))
    case = past.send(90, ttr=(1, 9)).case()

    assert list(checker.c3_once(case)) == []
    assert case.apart["put back by somebody before it was sent again"] == 1


def test_what_was_put_back_before_is_no_excuse():
    past = Past().foreign(5, ttr=(9, 1)).send(10, ttr=(1, 9)).send(90, ttr=(1, 9))

    assert found(checker.c3_once, past) == ["C3"]


@pytest.mark.parametrize(("before", "broken"), [("unknown", []), ("held", ["C3"])])
def test_only_what_was_lost_from_sight_may_be_sent_twice_by_a_person(before, broken):
    past = Past().tell("answered", before).tell("decided", "waiting")
    past.send(10, ttr=(1, 9)).send(90, ttr=(1, 9))

    assert found(checker.c3_once, past) == broken


@pytest.mark.parametrize(
    ("after", "key", "broken"),
    [(0.05, "name", []), (20, "name", []), (20, "ttr", ["C2"]), (40, "ttr", [])],
    ids=["at once", "of another field", "of the same field", "nobody waited so long"],
)
def test_a_platform_may_do_late_what_it_called_done(after, key, broken):
    past = Past().send(10, change=1, after=after, ttr=(1, 9))
    past.send(15, change=2, **{key: (1, 5)})
    past.others = {2: [SimpleNamespace(field=key)]}

    assert found(checker.c2_in_order, past) == broken


def test_a_part_that_was_sent_along_is_no_later_change_of_it():
    """What it does to a part of ours is asked by C4."""
    past = Past().send(5, change=2, ttr=(1, 5)).send(30, change=1, ttr=(5, 9))
    past.others = {2: [SimpleNamespace(field="name")]}
    past.tell("decided", "waiting")

    assert found(checker.c2_in_order, past) == []
    past.others = {2: [SimpleNamespace(field="ttr")]}
    assert found(checker.c2_in_order, past) == ["C2"]


def test_what_was_done_before_its_answer_came_is_not_late():
    past = Past().send(10, after=0.05, ttr=(1, 9))
    past.attempts[0].started_at = at(8)  # written down two seconds before it left

    assert not past.case().is_after_answer(past.effects[0])


def test_what_left_after_its_deadline_is_late_though_it_was_answered():
    past = Past().send(90, after=0.05, ttr=(1, 9))
    past.attempts[0].started_at, past.attempts[0].deadline = at(5), at(27)

    assert past.case().is_late(past.effects[0])


def test_what_was_never_answered_must_not_come_after_a_later_change():
    past = Past().send(10, change=1, after=10, ttr=(1, 9))
    past.attempts[0].status = None
    past.send(15, change=2, name=("a", "b"))

    assert found(checker.c2_in_order, past) == ["C2"]


@pytest.mark.parametrize(
    ("campaign", "key", "broken"),
    [("c", "ttr", ["C4"]), ("", "ttr", []), ("", "name", ["C4"])],
    ids=["read alone", "not in the list", "in the list"],
)
def test_a_sweep_shows_what_the_list_holds(campaign, key, broken):
    past = Past(policy="thrifty", seen='"before"').read(1)
    past.row.field = key
    past.foreign(20, **{key: ("before", "theirs")}).read(30, campaign)
    past.send(40, **{key: ("theirs", "ours")})

    assert found(checker.c4_nothing_overwritten, past) == broken


@pytest.mark.parametrize(
    ("held_with", "is_asked", "is_held", "broken"),
    [
        (7, True, False, ["C8"]),
        (7, True, True, []),
        (None, False, False, ["C8"]),
        (None, False, True, []),
        (None, True, False, []),
    ],
    ids=["let go", "on hold", "nobody asked", "nobody asked yet", "for itself"],
)
def test_what_nothing_holds_does_not_stay_held(held_with, is_asked, is_held, broken):
    case = Past().case()
    case.history.is_held = is_held
    case.history.changes[2].state = "held"
    case.history.changes[2].held_with_id = held_with
    case.history.changes[2].waits_for_person = is_asked

    assert [violation.code for violation in checker.c8_ends(case)] == broken


@pytest.mark.parametrize(
    ("answered", "policy", "broken"),
    [
        (True, "careful", ["C4"]),
        (True, "thrifty", ["C4"]),
        (True, "blind", ["C4"]),
        (False, "thrifty", ["C4"]),
        (False, "blind", []),
    ],
)
def test_a_part_that_we_had_set_is_not_sent_back_with_its_object(
    answered, policy, broken
):
    """What nobody reads and nobody answered for, nobody could know."""
    past = Past(policy).send(10, change=2, limit=({"on": 1}, {"on": 2}))
    if not answered:
        past.attempts[0].status = None
    past.read(60)
    past.send(70, limit=({"on": 2}, {"on": 1}))

    assert found(checker.c4_no_part_sent_back, past) == broken


def test_a_part_of_which_a_newer_send_of_ours_was_still_under_way_is_not_sent_back():
    """The platform said yes to it, and did it only after the object had gone out."""
    past = Past("blind").send(10, change=2, limit=({"on": 1}, {"on": 2}))
    past.send(40, change=1)
    past.row.field, past.row.wanted = "limit.on", "1"
    past.send(70, change=3, limit=({"on": 2}, {"on": 1}))

    assert found(checker.c4_no_part_sent_back, past) == []
    past.row.wanted = "3"
    assert found(checker.c4_no_part_sent_back, past) == ["C4"]


def test_a_part_that_somebody_else_had_set_is_judged_by_the_reads_alone():
    past = Past().foreign(10, limit=({"on": 1}, {"on": 2})).read(60)
    past.send(70, limit=({"on": 2}, {"on": 1}))

    assert found(checker.c4_no_part_sent_back, past) == []


@pytest.mark.parametrize(
    ("state", "broken"), [("different", ["C11"]), ("confirmed", [])]
)
def test_what_somebody_else_had_set_before_a_late_effect_gave_no_reason_to_watch(
    state, broken
):
    """Both wanted 9; a read showed it, so the change was Confirmed before it came."""
    past = Past().foreign(20, ttr=(1, 9)).send(100, change=2, ttr=(9, 5))
    past.send(10, ttr=(5, 9), after=300)
    past.row.state = state
    newer = {"field": "ttr", "seen": "9", "wanted": "5", "state": "confirmed"}
    past.others = {2: [SimpleNamespace(**newer, readable=True)]}
    case = past.case()
    case.history.last["c"] = {"ttr": 9}

    assert [one.code for one in verdicts.late_effects(case)] == broken


def sent_back(*, is_split):
    """A part that no read can show, set by change 2, sent back with its object by 1."""
    made = Past().read(9).send(5, change=2, name=("a", "b"))
    case = made.send(10, ttr=(1, 9), name=("b", "a")).case()
    if is_split:  # before the send: it was not to go out
        case.history.changes[3].split_from_id = 1
        case.history.changes[3].created_at = at(8)
        row = {"field": "name", "seen": '"a"', "wanted": '"c"', "state": "clash"}
        case.history.fields[3] = [SimpleNamespace(**row, readable=False)]
    parts = checker.c4_nothing_overwritten, checker.c4_no_part_sent_back
    return [violation.code for part in parts for violation in part(case)]


def test_a_part_that_was_split_off_before_is_not_sent_back_with_its_object():
    assert "C4" in sent_back(is_split=False)
    assert "C4" in sent_back(is_split=True)


def test_one_that_was_split_off_after_it_was_sent_was_its_own():
    case = Past().read(9).send(10, ttr=(1, 9), name=("a", "b")).case()
    case.history.changes[3].split_from_id = 1
    case.history.changes[3].created_at = at(90)
    row = {"field": "name", "seen": '"a"', "wanted": '"b"', "state": "clash"}
    case.history.fields[3] = [SimpleNamespace(**row, readable=True)]

    assert list(checker.c4_nothing_overwritten(case)) == []


def test_what_is_broken_is_told_whole():
    past = Past().send(10, ttr=(1, 9)).case().history
    past.attempts[0].kind, past.fields[1][0].found = "patch", None
    broken = Violation("C2", "out of order", {"change": 1})

    lines = story.told(past, broken).splitlines()

    assert lines[0] == "C2: out of order [change=1]"
    assert lines[1].startswith("change 1 (place 1) confirmed")
    assert [one.split()[1] for one in lines[4:]] == ["request", "effect", "attempt"]
