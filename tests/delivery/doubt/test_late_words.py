"""What comes to be known late, and what people withdraw before it does."""

from campaigns import changes, lifecycle
from campaigns.lifecycle import State
from campaigns.models import AttemptKind
from tests.delivery.conftest import fields
from tests.delivery.doubt.steps import (
    NO,
    PATCH,
    WAREHOUSE,
    fresh,
    left_unknown,
    look_again,
    lose,
    lost_then_both,
    name_of,
)

BUSY = {"status": 429, "body": {"errors": [{"message": "Slow down."}]}}


def confirmed(road, time, value):
    change = road.ask(WAREHOUSE, "name", value)
    road.let_pass(time, 3)
    assert fields(change) == {"name": State.CONFIRMED}
    return change


def test_what_a_frozen_worker_did_not_send_is_sent(indeed, time, stands_still):
    """It wakes before the read back, and tells that no byte had left."""
    confirmed(indeed, time, "First")
    stands_still("after-intent")
    second = indeed.ask(WAREHOUSE, "name", "Second")
    indeed.deliver()
    assert fields(second) == {"name": State.UNKNOWN}
    sent = second.attempts.get(kind=AttemptKind.PATCH)
    assert sent.verdict == "late: not sent" and indeed.patches()[1:] == []

    indeed.let_pass(time, 120)

    assert name_of(indeed) == "Second"
    assert fields(second) == {"name": State.CONFIRMED}


def test_so_is_what_was_refused_for_a_while_meanwhile(indeed, time, stands_still):
    confirmed(indeed, time, "First")
    stands_still("after-answer")
    indeed.sandbox.script({"match": PATCH, "do": {"refuse": BUSY}})
    second = indeed.ask(WAREHOUSE, "name", "Second")
    indeed.deliver()
    assert fields(second) == {"name": State.UNKNOWN}
    assert second.attempts.get(kind=AttemptKind.PATCH).verdict == "late: not applied"

    indeed.let_pass(time, 700)

    assert fields(second) == {"name": State.CONFIRMED}


def test_a_late_effect_over_a_part_of_what_was_refused_ends_no_job(indeed, time):
    newer = lost_then_both(indeed, time)
    indeed.sandbox.script({"match": {**PATCH, "nth": 2}, "do": {"refuse": NO}})
    indeed.let_pass(time, 60)
    assert fields(newer) == {"name": State.CONFIRMED, "trackingToken": State.REJECTED}

    indeed.sandbox.edit(WAREHOUSE, {"name": "Lost"})
    broken = 0
    for _ in range(900):
        time.advance(1)
        try:
            indeed.deliver()
        except lifecycle.IllegalMove:
            broken += 1

    assert broken == 0


def test_a_late_effect_does_not_end_what_is_in_doubt(indeed, time):
    """The second request of the newer one is lost as well: its token is to settle."""
    newer = lost_then_both(indeed, time)
    indeed.let_pass(time, 2)
    lose(indeed, "after")
    while fields(newer).get("name") != State.CONFIRMED:
        indeed.let_pass(time, 1)
    assert fields(newer)["trackingToken"] in (State.SENDING, State.UNKNOWN)
    indeed.sandbox.edit(WAREHOUSE, {"name": "Lost"})

    indeed.let_pass(time, 900)

    assert fields(newer)["trackingToken"] == State.CONFIRMED


def test_look_again_does_not_send_what_was_cancelled(indeed, time):
    """Its author withdrew it: "It is not sent again." Then asks whether it arrived."""
    before = name_of(indeed)
    change = left_unknown(indeed, time, "before")
    changes.send_again(fresh(change), indeed.person)
    changes.cancel(fresh(change), indeed.person)
    assert fields(change) == {"name": State.UNKNOWN}
    sent = len(indeed.patches())

    look_again(indeed, change)
    indeed.let_pass(time, 120)

    assert len(indeed.patches()) == sent
    assert name_of(indeed) == before


def test_what_a_newer_one_wanted_is_no_late_effect(indeed, time):
    """The newest edit asked for the very value, which had come late just before."""
    left_unknown(indeed, time, "before")
    newer = confirmed(indeed, time, "Newer")
    match = {"method": "GET", "campaign": WAREHOUSE}
    indeed.sandbox.script({"match": match, "do": {"rival": {"name": "First"}}})
    newest = indeed.ask(WAREHOUSE, "name", "First", key="newest")
    indeed.let_pass(time, 3)
    assert fields(newest) == {"name": State.ALREADY_SO}

    indeed.let_pass(time, 900)

    assert fields(newer) == {"name": State.CONFIRMED}


def test_what_was_refused_the_second_time_is_not_sent_a_third_time(indeed, time):
    change = left_unknown(indeed, time, "before")
    indeed.sandbox.script({"match": PATCH, "do": {"refuse": NO}})
    changes.send_again(fresh(change), indeed.person)
    indeed.let_pass(time, 5)
    assert fields(change) == {"name": State.UNKNOWN} and change.waits_for_person
    assert "Nothing was applied" not in change.says
    sent = len(indeed.patches())

    look_again(indeed, change)
    indeed.let_pass(time, 60)

    assert fields(change) == {"name": State.REJECTED} and change.waits_for_person
    assert len(indeed.patches()) == sent
