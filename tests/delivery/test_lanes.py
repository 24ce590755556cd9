"""When a lane wants work again: not before anything in it can go on."""

from datetime import timedelta

import pytest

from campaigns import changes, clock
from campaigns.delivery import lanes
from campaigns.lifecycle import State
from campaigns.models import Change, Connection, Lane
from tests.delivery.conftest import die_after_intent, fields

WAREHOUSE = "ee4d641cab17b22c"
TTR = "a4c0b1d2e3f5"
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
    die_after_intent(indeed)
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


@pytest.fixture
def held(here, time):
    """A change that was held, and may be sent again, of a campaign with later ones."""
    microworkers = here("microworkers")
    Connection.objects.update(settle_seconds=30)
    forbidden = {"status": 403, "body": {"title": "AccessDenied", "status": 403}}
    microworkers.sandbox.script({"match": PATCH, "do": {"refuse": forbidden}})
    change = microworkers.ask(TTR, "ttr", "9")
    microworkers.deliver()
    assert fields(change) == {"ttr": State.HELD}
    return microworkers, Change.objects.get(pk=change.pk)


def test_what_is_sent_again_waits_for_a_later_one_in_doubt(held, time):
    microworkers, change = held
    microworkers.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    later = microworkers.ask(TTR, "groupId", "7a8d3c2be5f6")
    microworkers.deliver()
    assert fields(later) == {"groupId": State.UNKNOWN}

    changes.send_again(change, microworkers.person)
    microworkers.let_pass(time, 5)

    assert len(microworkers.patches()) == 2
    microworkers.let_pass(time, 100)
    assert fields(later) == {"groupId": State.CONFIRMED}
    assert fields(change) == {"ttr": State.CONFIRMED}


def test_what_is_sent_again_waits_for_a_later_one_of_a_dead_worker(held, time):
    microworkers, change = held
    later = microworkers.ask(TTR, "groupId", "7a8d3c2be5f6")
    die_after_intent(microworkers, TTR)

    changes.send_again(change, microworkers.person)
    time.advance(61)
    microworkers.deliver()

    assert fields(later) == {"groupId": State.UNKNOWN}
    assert fields(change) == {"ttr": State.WAITING}


def test_withdrawing_the_head_of_a_lane_lets_the_next_go_at_once(here, time):
    microworkers = here("microworkers")
    head = microworkers.ask(TTR, "ttr", "9")
    microworkers.ask(TTR, "groupId", "7a8d3c2be5f6")
    lane = Lane.objects.filter(campaign=head.campaign)
    lane.update(due_at=clock.now() + timedelta(minutes=5))

    changes.cancel(Change.objects.get(pk=head.pk), microworkers.person)

    assert lane.get().due_at <= clock.now()


def test_what_is_put_aside_spoils_no_edit_that_was_asked_for_since(here, time):
    microworkers = here("microworkers")
    microworkers.sandbox.script({"match": PATCH, "do": {"refuse": {"status": 400}}})
    old = microworkers.ask(TTR, "ttr", "9")
    microworkers.let_pass(time, 5)
    time.advance(3600)
    new = microworkers.ask(TTR, "ttr", "10")

    changes.put_aside(Change.objects.get(pk=old.pk), microworkers.person)
    microworkers.let_pass(time, 60)

    assert fields(new) == {"ttr": State.CONFIRMED}
