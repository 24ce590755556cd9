"""Late effects of what was split off, sent again or handed to a person meanwhile."""

from campaigns import changes
from campaigns.delivery import deliver as delivering
from campaigns.lifecycle import State
from campaigns.models import AttemptKind, Change, Outcome
from tests.delivery.conftest import fields
from tests.delivery.doubt.steps import (
    FORBIDDEN,
    LIMIT,
    LIMIT_ON,
    NO,
    PATCH,
    TTR,
    WAREHOUSE,
    left_unknown,
    look_again,
    lose,
    send_again,
)


def newer_of(road, time, value="Newer"):
    change = road.ask(WAREHOUSE, "name", value)
    road.let_pass(time, 3)
    assert fields(change) == {"name": State.CONFIRMED}
    return change


def test_what_was_split_off_is_looked_for_as_well(indeed, time):
    lose(indeed, "before")
    match = {"method": "GET", "campaign": WAREHOUSE, "nth": 3}
    indeed.sandbox.script({"match": match, "do": {"rival": {"name": "Other"}}})
    assert indeed.edit(WAREHOUSE, "name", "First") == []
    assert indeed.edit(WAREHOUSE, "trackingToken", "token-1") == []
    first = indeed.send(key="both").changes.get()
    indeed.let_pass(time, 57)
    assert fields(first) == {"trackingToken": State.CONFIRMED} and first.watch_at
    newer = newer_of(indeed, time)

    indeed.sandbox.edit(WAREHOUSE, {"name": "First"})
    indeed.let_pass(time, 700)

    assert fields(newer) == {"name": State.DIFFERENT}


def test_what_was_already_so_and_never_sent_is_not_looked_for(indeed, time):
    """Somebody set the name to ours before the send: no request of ours carried it."""
    assert indeed.edit(WAREHOUSE, "name", "Ours") == []
    assert indeed.edit(WAREHOUSE, "trackingToken", "token-1") == []
    indeed.sandbox.edit(WAREHOUSE, {"name": "Ours"})
    lose(indeed, "after")
    first = indeed.send(key="both").changes.get()
    indeed.let_pass(time, 57)
    assert fields(first)["name"] == State.ALREADY_SO and first.watch_at
    newer = newer_of(indeed, time)

    indeed.sandbox.edit(WAREHOUSE, {"name": "Ours"})
    indeed.let_pass(time, 700)

    assert fields(newer) == {"name": State.CONFIRMED}


def test_what_the_platform_refused_is_not_looked_for(indeed, time):
    """Lost once, refused the second time; of both it says that it did nothing."""
    first = left_unknown(indeed, time, "before")
    first.attempts.filter(kind=AttemptKind.PATCH).update(verdict=Outcome.REJECTED.late)
    indeed.sandbox.script({"match": PATCH, "do": {"refuse": NO}})
    send_again(indeed, first)
    indeed.let_pass(time, 10)
    assert fields(first) == {"name": State.REJECTED} and first.watch_at
    newer = newer_of(indeed, time)

    indeed.sandbox.edit(WAREHOUSE, {"name": "First"})
    indeed.let_pass(time, 700)

    assert fields(newer) == {"name": State.CONFIRMED}


def test_what_was_handed_to_a_person_is_watched(indeed, time):
    left_unknown(indeed, time, "before")
    newer = newer_of(indeed, time)

    indeed.sandbox.edit(WAREHOUSE, {"name": "First"})
    indeed.let_pass(time, 700)

    assert fields(newer) == {"name": State.DIFFERENT}


def test_so_is_what_a_person_then_left(indeed, time):
    first = left_unknown(indeed, time, "before")
    changes.put_aside(Change.objects.get(pk=first.pk), indeed.person)
    newer = newer_of(indeed, time)

    indeed.sandbox.edit(WAREHOUSE, {"name": "First"})
    indeed.let_pass(time, 700)

    assert fields(newer) == {"name": State.DIFFERENT}


def test_so_is_what_a_person_sent_again(indeed, time):
    first = left_unknown(indeed, time, "before")
    send_again(indeed, first)
    indeed.let_pass(time, 5)
    assert fields(first) == {"name": State.CONFIRMED}
    newer = newer_of(indeed, time)

    indeed.sandbox.edit(WAREHOUSE, {"name": "First"})
    indeed.let_pass(time, 700)

    assert fields(newer) == {"name": State.DIFFERENT}


def test_what_waits_for_an_older_accepted_is_not_due_before_it(desk, time, monkeypatch):
    """An Unknown beside an older Accepted: its lane is not claimed for nothing."""
    monkeypatch.setattr(delivering, "LANES_LIMIT", 5)
    desk.sandbox.script({"match": {"method": "GET"}, "do": {"refuse": FORBIDDEN}})
    first = desk.ask(TTR, LIMIT, {LIMIT: "55", LIMIT_ON: "on"})
    desk.let_pass(time, 3)
    assert fields(first) == {LIMIT: State.HELD}
    lose(desk, "before")
    again = {"match": {"method": "GET", "nth": 2}, "do": {"refuse": FORBIDDEN}}
    desk.sandbox.script(again)
    second = desk.ask(TTR, LIMIT_ON, {LIMIT: "200", LIMIT_ON: "off"})
    desk.let_pass(time, 90)
    assert fields(second) == {LIMIT_ON: State.UNKNOWN} and second.waits_for_person
    desk.sandbox.script({"match": PATCH, "do": {"stale": 10**6}})
    send_again(desk, first)
    desk.let_pass(time, 3)
    assert fields(first) == {LIMIT: State.ACCEPTED}
    look_again(desk, second)
    claims = []
    real = delivering.attend
    monkeypatch.setattr(
        delivering, "attend", lambda link, claim: claims.append(1) or real(link, claim)
    )

    desk.let_pass(time, 20)

    assert fields(first) == {LIMIT: State.ACCEPTED}
    assert fields(second) == {LIMIT_ON: State.UNKNOWN}
    assert len(claims) < 15
