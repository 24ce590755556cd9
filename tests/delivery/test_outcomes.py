"""What an answer leaves behind: in the history, on its attempt, for the lane."""

from datetime import timedelta

import pytest

from campaigns import documents
from campaigns.delivery import lanes, sending
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Connection, Lane
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"
PATCH = {"method": "PATCH"}
SETTLE = 30
ACCEPTED = {"ignore": True}
REJECTED = {"refuse": {"status": 422, "body": {"title": "No", "code": "TAKEN"}}}
LATER = {"refuse": {"status": 429, "headers": {"Retry-After": "40"}}}
LOST = {"lost": "after"}
ANSWERS = {
    "accepted": ACCEPTED,
    "rejected": REJECTED,
    "not applied": LATER,
    "unknown": LOST,
}


@pytest.fixture
def indeed(here):
    made = here("indeed")
    Connection.objects.update(settle_seconds=SETTLE)
    return made


def sent(road, do):
    """A change that was sent once and answered so; and its attempt."""
    road.sandbox.script({"match": PATCH, "do": do})
    change = road.ask(WAREHOUSE, "name", "Renamed")
    road.deliver()
    change.refresh_from_db()
    return change, change.attempts.get(kind="patch")


def told(change, event):
    entry = AuditEntry.objects.filter(change_id=change.pk, event=event).latest("number")
    return documents.loads(entry.body)["facts"]


@pytest.mark.parametrize("verdict", ANSWERS)
def test_the_history_of_an_answer_names_the_attempt(indeed, verdict):
    change, attempt = sent(indeed, ANSWERS[verdict])

    answer = told(change, "answered")

    assert attempt.verdict == verdict
    assert answer["attempt"] == told(change, "sending")["attempt"] == attempt.pk
    if verdict in ("accepted", "rejected"):
        assert answer["status"] == attempt.status
    if verdict == "rejected":
        assert "code" in answer


@pytest.mark.parametrize("verdict", ANSWERS)
def test_only_what_is_in_doubt_keeps_the_lane_waiting(indeed, verdict):
    _, attempt = sent(indeed, ANSWERS[verdict])

    until = Lane.objects.get(campaign__remote_id=WAREHOUSE).settle_until

    doubtful = attempt.deadline + timedelta(seconds=SETTLE)
    assert until == (doubtful if verdict == "unknown" else None)


@pytest.fixture
def overtaken(indeed, time, monkeypatch):
    """At this point of a send its worker is away until another has its lane."""

    def at(point):
        def away(name):
            if name == point and not claims:
                time.advance(61)
                lane = Lane.objects.get(campaign__remote_id=WAREHOUSE)
                claims.append(lanes.claim(lane.pk))

        claims = []
        monkeypatch.setattr(sending, "killpoint", away)

    return at


@pytest.mark.parametrize("verdict", ANSWERS)
def test_an_answer_that_comes_too_late_is_evidence_and_moves_nothing(
    indeed, overtaken, verdict
):
    overtaken("after-answer")

    change, attempt = sent(indeed, ANSWERS[verdict])

    assert fields(change) == {"name": State.SENDING}
    assert (attempt.verdict, attempt.in_flight) == (f"late: {verdict}", False)
    assert (attempt.status is None) == (verdict == "unknown")


def test_what_was_not_sent_in_time_is_evidence_too_and_moves_nothing(indeed, overtaken):
    overtaken("after-intent")

    change, attempt = sent(indeed, ACCEPTED)

    assert fields(change) == {"name": State.SENDING}
    assert attempt.verdict == "late: not sent"
    assert indeed.patches() == []


def test_what_could_not_be_sent_in_time_says_so_in_the_history(
    indeed, time, monkeypatch
):
    pauses = iter([30])

    def stand_still(name):
        time.advance(next(pauses, 0) if name == "after-intent" else 0)

    monkeypatch.setattr(sending, "killpoint", stand_still)
    change = indeed.ask(WAREHOUSE, "name", "Fresh")

    indeed.deliver()

    assert told(change, "moved on") == {
        "attempt": change.attempts.filter(kind="patch").first().pk,
        "says": "It could not be sent in time. It is compared and sent again.",
    }
