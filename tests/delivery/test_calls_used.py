"""What a connection says it has used is what its platform was asked, call by call."""

from datetime import timedelta

import pytest

from campaigns.delivery import attempts
from campaigns.lifecycle import State
from campaigns.models import Connection, Outcome
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"
PATCH = {"method": "PATCH"}
READ = {"method": "GET"}


@pytest.fixture
def indeed(here):
    made = here("indeed")
    Connection.objects.update(calls_per_minute=60, paced_until=None, calls_used=0)
    made.before = len(made.requests())
    return made


def used(road):
    return Connection.objects.get().calls_used


def made(road):
    return len(road.requests()) - road.before


def script(road, match, **do):
    road.sandbox.script({"match": match, "do": do})


def test_each_call_of_an_edit_is_counted(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Counted")

    indeed.deliver()

    assert fields(change) == {"name": State.CONFIRMED}
    assert used(indeed) == made(indeed) == 3


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_call_whose_token_was_refused_is_counted_with_its_second(indeed, method):
    refused = {"status": 401, "type": "INVALID_TOKEN"}
    script(indeed, {"method": method}, refuse=refused)
    change = indeed.ask(WAREHOUSE, "name", "Counted")

    indeed.deliver()

    assert fields(change) == {"name": State.CONFIRMED}
    assert used(indeed) == made(indeed) == 4


def test_the_read_of_a_trial_is_booked_and_counted(indeed, time):
    Connection.objects.update(failures=5)
    indeed.ask(WAREHOUSE, "name", "Counted")
    before = time.at

    indeed.deliver()

    booked = Connection.objects.get().paced_until - before
    assert used(indeed) == made(indeed) == 4
    assert round(booked / timedelta(seconds=1)) == 4


def test_a_trial_waits_for_its_turn(indeed, time):
    soon = time.at + timedelta(seconds=30)
    Connection.objects.update(failures=5, paced_until=soon)
    indeed.ask(WAREHOUSE, "name", "Counted")

    indeed.deliver()

    assert made(indeed) == 0


def test_a_trial_that_failed_is_counted(indeed):
    Connection.objects.update(failures=5)
    script(indeed, READ, refuse={"status": 503})
    indeed.ask(WAREHOUSE, "name", "Counted")

    indeed.deliver()

    assert used(indeed) == made(indeed) == 1


def test_lists_and_reads_that_failed_are_counted(indeed, time):
    script(indeed, READ, refuse={"status": 503})
    indeed.sync()
    assert used(indeed) == made(indeed) == 1

    indeed.connection.campaigns.filter(remote_id=WAREHOUSE).update(read_due_at=time.at)
    script(indeed, {"method": "GET", "campaign": WAREHOUSE}, refuse={"status": 404})
    indeed.sync()

    assert used(indeed) == made(indeed) == 3


def test_what_never_left_is_not_counted(indeed):
    Connection.objects.update(base_url="http://127.0.0.1:9")
    change = indeed.ask(WAREHOUSE, "name", "Counted")

    indeed.deliver()

    assert fields(change) == {"name": State.WAITING}
    assert used(indeed) == 0


def test_what_a_late_worker_saw_is_counted_once(indeed, monkeypatch):
    change = indeed.ask(WAREHOUSE, "name", "Counted")
    real = attempts.finish

    def finish(attempt, exchange, outcome, **how):
        real(attempt, None, Outcome.UNSEEN)  # somebody else has taken over
        real(attempt, exchange, outcome, is_late=True)

    monkeypatch.setattr(attempts, "finish", finish)
    indeed.deliver()

    assert change.attempts.get(kind="patch").verdict == "late: accepted"
    assert used(indeed) == made(indeed)
