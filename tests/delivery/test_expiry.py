"""How it ends: twelve sends or a day, then Failed; a person's word begins anew."""

from datetime import timedelta

import pytest

from campaigns import changes, connections
from campaigns.changes.decisions import send_again
from campaigns.lifecycle import State
from campaigns.models import Change, Connection
from tests.delivery.conftest import fields
from tests.delivery.test_breaker import failing

TTR = "a4c0b1d2e3f5"
WAREHOUSE = "ee4d641cab17b22c"
PATCH = {"method": "PATCH"}
DAY = 2 * 3600  # a short one: each rest of five minutes costs a test its time


@pytest.fixture
def microworkers(here, settings):
    settings.DELIVERY = settings.DELIVERY | {"EXPIRY": DAY}
    return here("microworkers")


def test_what_could_not_be_sent_for_a_day_ends_as_failed(microworkers, time):
    change = microworkers.ask(TTR, "ttr", "9")
    failing(microworkers)
    microworkers.let_pass(time, DAY - 600)
    assert fields(change) == {"ttr": State.WAITING}

    microworkers.let_pass(time, 1000)

    assert fields(change) == {"ttr": State.FAILED}
    assert change.waits_for_person
    assert microworkers.patches() == []


def test_after_twelve_sends_without_effect_it_ends_as_failed(here, time):
    microworkers = here("microworkers")
    refuse = {"status": 429, "headers": {"Retry-After": "1"}}
    microworkers.sandbox.script({"match": PATCH, "do": {"refuse": refuse}, "times": 0})
    change = microworkers.ask(TTR, "ttr", "9")

    microworkers.let_pass(time, 3 * 3600)

    assert fields(change) == {"ttr": State.FAILED}
    assert len(microworkers.patches()) == 12


def test_reads_that_fail_are_no_sends(microworkers, time):
    change = microworkers.ask(TTR, "ttr", "9")
    failing(microworkers)

    microworkers.let_pass(time, 3600)

    assert fields(change) == {"ttr": State.WAITING}
    assert change.sends == 0


def test_a_change_behind_one_in_doubt_ends_too(microworkers, time):
    microworkers.ask(TTR, "ttr", "9")
    microworkers.sandbox.script({"match": PATCH, "do": {"lost": "before"}})
    microworkers.let_pass(time, 1)
    failing(microworkers)
    behind = microworkers.ask(TTR, "ttr", "11")

    microworkers.let_pass(time, DAY + 1000)

    assert fields(behind) == {"ttr": State.FAILED}


def test_a_hold_of_a_weekend_ends_nothing(microworkers, time):
    change = microworkers.ask(TTR, "ttr", "9")
    connections.hold(microworkers.connection, None, "Weekend")
    time.advance(3 * DAY)

    connections.release(microworkers.connection, None)
    microworkers.let_pass(time, 60)

    assert fields(change) == {"ttr": State.CONFIRMED}


def test_a_person_who_sends_again_begins_anew(microworkers, time):
    change = microworkers.ask(TTR, "autoRefillPositions", "on")
    microworkers.sandbox.script({"match": PATCH, "do": {"lost": "before"}})
    microworkers.let_pass(time, 200)
    assert fields(change) == {"autoRefillPositions": State.UNKNOWN}
    Change.objects.filter(pk=change.pk).update(sends=12)
    time.advance(3 * DAY)

    change.refresh_from_db()
    send_again(change, microworkers.person)
    microworkers.let_pass(time, 60)

    assert fields(change) == {"autoRefillPositions": State.UNCONFIRMABLE}


def test_a_failed_change_is_never_sent_later(microworkers, time):
    change = microworkers.ask(TTR, "ttr", "9")
    failing(microworkers)
    microworkers.let_pass(time, DAY + 1000)

    microworkers.sandbox.clear()
    microworkers.let_pass(time, 3600)

    assert fields(change) == {"ttr": State.FAILED}
    assert microworkers.patches() == []


def test_cancel_ends_what_waits_for_a_platform_that_is_away(microworkers, time):
    change = microworkers.ask(TTR, "ttr", "9")
    failing(microworkers)
    microworkers.let_pass(time, 600)

    change.refresh_from_db()
    changes.cancel(change, microworkers.person)
    microworkers.sandbox.clear()
    Connection.objects.update(quiet_until=None)
    microworkers.let_pass(time, 600)

    assert fields(change) == {"ttr": State.CANCELLED}
    assert microworkers.patches() == []


def test_what_expires_lets_the_next_go_at_once(here, time):
    indeed = here("indeed")
    first = indeed.ask(WAREHOUSE, "name", "First")
    second = indeed.ask(WAREHOUSE, "trackingToken", "second")
    later = time.at + timedelta(minutes=50)
    Change.objects.filter(pk=first.pk).update(
        due_at=later, expires_at=time.at + timedelta(seconds=5)
    )
    other = "3141592653589793"
    indeed.deliver()
    time.advance(10)
    indeed.ask(other, "name", "Wakes the connection")
    indeed.let_pass(time, 60)

    assert fields(first) == {"name": State.FAILED}
    assert fields(second) == {"trackingToken": State.CONFIRMED}
