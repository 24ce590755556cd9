"""The poller of a worker: goes round at its pace, begins no round of a kind twice."""

import threading

import pytest
from django.db import DatabaseError

from campaigns import digests, limits
from campaigns.audit import upkeep
from campaigns.delivery import notices, poll
from campaigns.lifecycle import State
from campaigns.models import Connection
from tests.delivery.conftest import fields
from tests.services import wait_until

WAREHOUSE = "ee4d641cab17b22c"

KINDS = {
    "history": (upkeep, "run_once"),
    "notices": (notices, "run_once"),
    "digests": (digests, "send_due"),
}


class Stop:
    """Set after so many rounds; keeps how long the poller would have waited."""

    def __init__(self, rounds):
        self.rounds, self.waits = rounds, []

    def is_set(self):
        return len(self.waits) >= self.rounds

    def wait(self, seconds):
        self.waits.append(seconds)


class Round:
    """Stands in for a round of one kind: counts its calls, lasts until told."""

    def __init__(self):
        self.calls, self.may_end = 0, threading.Event()
        self.may_end.set()

    def __call__(self):
        self.calls += 1
        self.may_end.wait(20)


@pytest.fixture
def rounds(transactional_db, monkeypatch):
    made = {kind: Round() for kind in KINDS}
    for kind, place in KINDS.items():
        monkeypatch.setattr(*place, made[kind])
    yield made
    for one in made.values():
        one.may_end.set()


@pytest.fixture
def poller(rounds):
    stop = threading.Event()
    runner = threading.Thread(target=poll.run, args=[stop])
    yield runner.start
    for one in rounds.values():
        one.may_end.set()
    stop.set()
    runner.join(60)


@pytest.mark.parametrize("kind", KINDS)
def test_a_round_that_lasts_is_not_begun_twice_and_delays_no_other(
    rounds, poller, kind, settings
):
    settings.DELIVERY = settings.DELIVERY | {"POLL": 0.01}
    rounds[kind].may_end.clear()
    poller()
    others = [one for name, one in rounds.items() if name != kind]
    wait_until(lambda: all(one.calls > 5 for one in others), "the others", 20)

    assert rounds[kind].calls == 1
    assert poll.JOBS.is_running(kind, 0)

    rounds[kind].may_end.set()
    wait_until(lambda: rounds[kind].calls > 1, "the next round", 20)


def test_no_more_is_under_way_at_once_than_there_are_threads(rounds, poller, settings):
    settings.DELIVERY = settings.DELIVERY | {"POLL": 0.01, "THREADS": 1}
    rounds["history"].may_end.clear()
    poller()
    wait_until(lambda: poll.JOBS.is_running("history", 0), "a first round", 20)
    began = poll.last_beat()
    wait_until(lambda: poll.last_beat() > began, "the next look", 20)

    assert rounds["digests"].calls == rounds["notices"].calls == 0


def test_the_poller_reads_what_is_due_and_sends_what_waits(road, poller):
    indeed = road("indeed")
    indeed.sync()
    change = indeed.ask(WAREHOUSE, "name", "By the clock")
    Connection.objects.update(synced_at=None, sync_due_at=indeed.connection.created_at)

    poller()

    wait_until(lambda: Connection.objects.get().synced_at, "a list", 20)
    wait_until(lambda: fields(change) == {"name": State.CONFIRMED}, "the edit", 20)


def test_workers_look_about_once_a_second_and_not_in_step(rounds):
    stop = Stop(40)

    poll.run(stop)

    usual = limits.seconds("POLL")
    assert all(0.8 * usual <= wait <= 1.2 * usual for wait in stop.waits)
    assert max(stop.waits) - min(stop.waits) > 0.1 * usual


def test_a_database_that_is_away_ends_no_worker(rounds, monkeypatch, caplog):
    def away(self):
        raise DatabaseError("gone")

    monkeypatch.setattr(poll.Beat, "show", away)
    monkeypatch.setattr(poll.Beat, "end", away)
    stop = Stop(3)

    poll.run(stop)

    assert len(stop.waits) == 3
    assert caplog.text.count("the database did not answer") == 3 + 1


def test_a_job_that_breaks_is_told_and_ends_nothing(transactional_db, caplog):
    jobs = poll.Jobs()

    jobs.run("deliver", 7, lambda number: 1 // 0)

    assert not jobs.is_running("deliver", 7)
    (told,) = caplog.records
    assert told.msg["event"] == "job failed"
    assert (told.msg["kind"], told.msg["connection"]) == ("deliver", 7)
