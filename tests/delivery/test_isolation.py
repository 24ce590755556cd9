"""Connections side by side, on the real poller: a slow one, a stopped one, a race."""

import threading

import pytest
from django.db import connection as database

from campaigns import connections, holds
from campaigns.delivery import poll
from campaigns.lifecycle import State
from campaigns.models import Change
from tests.delivery.conftest import fields
from tests.services import wait_until

WAREHOUSE = "ee4d641cab17b22c"
TTR = "a4c0b1d2e3f5"


@pytest.fixture
def poller(transactional_db):
    stop = threading.Event()
    runner = threading.Thread(target=poll.run, args=[stop])
    yield runner.start
    stop.set()
    runner.join(60)
    database.close()


def is_over(change):
    return Change.objects.filter(pk=change.pk, state=State.CONFIRMED).exists()


def test_a_connection_that_answers_after_14_seconds_delays_no_other(road, poller):
    slow, quick = road("microworkers"), road("indeed")
    slow.sync()
    quick.sync()
    slow.sandbox.script({"match": {}, "do": {"late": 14}, "times": 0})
    slow.ask(TTR, "ttr", "9")
    poller()
    wait_until(lambda: poll.JOBS.is_running("deliver", slow.connection.pk), "a start")

    change = quick.ask(WAREHOUSE, "name", "At once")
    wait_until(lambda: is_over(change), "the quick one", 35)  # three slow answers

    assert not Change.objects.filter(
        campaign__connection=slow.connection, state=State.CONFIRMED
    ).exists()
    slow.sandbox.stop()


@pytest.mark.parametrize("scope", ["connection", "everything"])
def test_nothing_leaves_once_a_hold_is_written(road, poller, scope):
    indeed = road("indeed")
    indeed.sync()
    indeed.sandbox.script({"match": {}, "do": {"late": 0.15}, "times": 0})
    ids = list(indeed.connection.campaigns.values_list("remote_id", flat=True))
    editable = [one for one in ids if not indeed.edit(one, "name", f"Held {one}")]
    indeed.send()
    poller()
    wait_until(lambda: len(indeed.patches()) >= 2, "a first send")

    hold(indeed, scope)
    sent = len(indeed.patches())
    wait_until(lambda: not Change.objects.filter(state="waiting").exists(), "Held", 30)

    assert len(indeed.patches()) <= sent + 1  # the one that had left already
    assert len(indeed.patches()) < len(editable)


def hold(road, scope):
    if scope == "connection":
        connections.hold(road.connection, None, "Stop")
    else:
        holds.hold(scope, None, "Stop")


def test_a_hint_during_a_job_is_served_afterwards(road):
    indeed = road("indeed")
    indeed.sync()
    change = indeed.ask(WAREHOUSE, "name", "Hinted")

    for _ in range(100):
        poll.deliver_now(indeed.connection.pk)

    assert fields(change) == {"name": State.CONFIRMED}
    assert len(indeed.patches()) == 1
