"""When a lane wants work again: not before anything in it can go on."""

from datetime import timedelta

import pytest

from campaigns import clock
from campaigns.delivery import lanes
from campaigns.lifecycle import State
from campaigns.models import Connection, Lane
from tests.delivery.conftest import fields
from tests.delivery.test_settling import die_after_intent

WAREHOUSE = "ee4d641cab17b22c"
PATCH = {"method": "PATCH"}


@pytest.fixture
def indeed(here):
    made = here("indeed")
    Connection.objects.update(settle_seconds=30)
    return made


def lane():
    return Lane.objects.get(campaign__remote_id=WAREHOUSE)


def test_a_change_behind_one_that_is_not_seen_yet_is_not_looked_at_again_and_again(
    indeed,
):
    indeed.sandbox.script({"match": PATCH, "do": {"ignore": True}})
    first = indeed.ask(WAREHOUSE, "name", "First")
    second = indeed.ask(WAREHOUSE, "name", "Second")

    served = indeed.deliver()

    assert fields(first) == {"name": State.ACCEPTED}
    assert fields(second) == {"name": State.WAITING}
    assert served <= 2
    assert lane().due_at > clock.now()


def test_what_a_dead_worker_left_in_flight_is_not_due_before_it_settled(indeed, time):
    indeed.ask(WAREHOUSE, "name", "Orphan")
    die_after_intent(indeed, time)
    time.advance(61)
    claim = lanes.claim(lane().pk)
    later = clock.now() + timedelta(minutes=5)
    Lane.objects.update(settle_until=later)

    lanes.give_back(claim)

    assert lane().due_at == later


def test_a_lane_with_nothing_under_way_is_not_due(indeed):
    indeed.ask(WAREHOUSE, "name", "Done")
    Connection.objects.update(settle_seconds=0)

    indeed.deliver()

    assert lane().due_at is None
    assert (lane().owner, lane().lease_until) == ("", None)


def test_a_claim_that_is_gone_gives_nothing_back(indeed, time):
    indeed.ask(WAREHOUSE, "name", "Mine")
    stale = lanes.claim(lane().pk)
    time.advance(61)
    mine = lanes.claim(lane().pk)

    lanes.give_back(stale)

    assert lane().owner == mine.owner
    assert lane().lease_until is not None
