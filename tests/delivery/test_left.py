"""An Unknown that a person left is done; one that a worker lost, a read settles."""

import pytest
from django.core.exceptions import ValidationError

from campaigns import changes, connections
from campaigns.delivery import lanes
from campaigns.delivery.deliver import attend
from campaigns.delivery.links import opened
from campaigns.lifecycle import State
from campaigns.models import Change, Connection, Lane
from dashboard.doctor.works import look_at_doubt
from tests.delivery.conftest import fields

COST = "3141592653589793"
TTR = "a4c0b1d2e3f5"
WAREHOUSE = "ee4d641cab17b22c"
PATCH = {"method": "PATCH"}
REFILL = "autoRefillPositions"


class Killed(BaseException):
    pass


@pytest.fixture
def microworkers(here):
    made = here("microworkers")
    made.connection.campaigns.update(read_due_at=made.connection.created_at)
    made.sync()
    Connection.objects.update(settle_seconds=5)
    return made


@pytest.fixture
def lost(microworkers, time):
    """An Unknown that no read can settle: it waits for a person."""
    microworkers.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    change = microworkers.ask(TTR, REFILL, "on")
    microworkers.let_pass(time, 120)
    assert where(change) == (State.UNKNOWN, True)
    return change


@pytest.fixture
def left(microworkers, lost):
    changes.put_aside(lost, microworkers.person)
    return lost


def where(change):
    change.refresh_from_db()
    return change.state, change.waits_for_person


def test_what_was_left_does_not_come_back_with_the_next_edit(microworkers, time, left):
    other = microworkers.ask(TTR, "ttr", "9")
    microworkers.let_pass(time, 60)

    assert where(left) == (State.UNKNOWN, False)
    assert fields(other) == {"ttr": State.CONFIRMED}


def test_what_was_left_makes_no_work(microworkers, time, left):
    asked = len(microworkers.requests())
    microworkers.wake()

    microworkers.let_pass(time, 60)

    assert len(microworkers.requests()) == asked
    assert Lane.objects.get(campaign=left.campaign).due_at is None


def test_a_connection_is_archived_once_what_is_unknown_was_left(microworkers, lost):
    with pytest.raises(ValidationError, match="1 change is still open"):
        connections.archive(Connection.objects.get(), None)
    changes.put_aside(lost, microworkers.person)

    connections.archive(Connection.objects.get(), None)

    assert Connection.objects.get().archived_at


def test_the_doctor_does_not_wait_for_what_was_left(time, left):
    time.advance(3600)

    assert [found.words for found in look_at_doubt()] == [
        "No change is in doubt for long."
    ]


def test_watch_reads_of_what_was_left_are_still_made(microworkers, time, left):
    Change.objects.filter(pk=left.pk).update(watch_at=time.at)
    microworkers.wake()

    microworkers.let_pass(time, 5)

    left.refresh_from_db()
    assert left.watch_at is None or left.watch_at > time.at
    assert microworkers.requests()[-1]["method"] == "GET"


def test_what_was_sent_again_and_lost_again_waits_for_a_person(
    microworkers, time, lost
):
    changes.send_again(lost, microworkers.person)
    microworkers.sandbox.script({"match": PATCH, "do": {"lost": "after"}})

    microworkers.let_pass(time, 120)

    assert where(lost) == (State.UNKNOWN, True)


def test_what_a_dead_worker_lost_is_settled_by_a_read(here, time):
    indeed = here("indeed")
    Connection.objects.update(settle_seconds=5)
    change = indeed.ask(WAREHOUSE, "name", "Perhaps")
    claim = lanes.claim(Lane.objects.get(campaign=change.campaign).pk)
    with opened(indeed.connection) as link, pytest.raises(Killed):
        link.client.patch = die
        attend(link, claim)

    indeed.let_pass(time, 61)
    assert where(change) == (State.UNKNOWN, False)
    indeed.let_pass(time, 60)

    assert fields(change) == {"name": State.CONFIRMED}


def die(*_):
    raise Killed


def test_nobody_waits_for_a_name_that_was_left_unknown(here, time):
    indeed = here("indeed")
    Connection.objects.update(read_policy="blind", settle_seconds=5)
    indeed.sandbox.script({"match": PATCH, "do": {"lost": "before"}})
    name = indeed.campaign(WAREHOUSE).name
    lost = indeed.ask(WAREHOUSE, "name", "Stepped aside")
    indeed.let_pass(time, 60)
    changes.put_aside(Change.objects.get(pk=lost.pk), indeed.person)

    wants = indeed.ask(COST, "name", name)
    indeed.let_pass(time, 60)

    assert fields(wants)["name"] != State.WAITING
