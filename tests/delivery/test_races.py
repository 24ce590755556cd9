"""Two at once: what a constraint or a conditional UPDATE decides, not an `if`."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from campaigns import changes, clock
from campaigns.changes import Fate, LostRace, decisions
from campaigns.changes.decisions import AlreadySent
from campaigns.delivery import lanes
from campaigns.delivery.deliver import attend
from campaigns.delivery.lanes import Fenced
from campaigns.delivery.links import opened
from campaigns.lifecycle import IllegalMove, State
from campaigns.models import Attempt, Change, ChangeSet, Lane
from campaigns.planning import proposals
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"


@pytest.fixture
def indeed(road):
    made = road("indeed")
    made.sync()
    return made


def together(*acts):
    """Run all acts at the same moment; their results, or what they raised."""
    gate = threading.Barrier(len(acts))

    def run(act):
        gate.wait(10)
        try:
            return act()
        except (LostRace, AlreadySent, IllegalMove, Fenced) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_a_double_click_is_one_change_set(indeed):
    indeed.edit(WAREHOUSE, "name", "Once")

    sent = together(*[indeed.send] * 6)

    assert {s.pk for s in sent} == {ChangeSet.objects.get().pk}
    assert Change.objects.count() == 1


def test_two_workers_never_hold_one_lane(indeed):
    indeed.ask(WAREHOUSE, "name", "Once")
    lane = Lane.objects.get(campaign__remote_id=WAREHOUSE)

    claims = together(*[lambda: lanes.claim(lane.pk)] * 6)

    assert len([claim for claim in claims if claim]) == 1


def test_many_workers_send_a_change_once(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Once")

    together(*[indeed.deliver] * 6)

    assert fields(change) == {"name": State.CONFIRMED}
    assert len(indeed.patches()) == 1


def test_a_worker_that_was_away_too_long_writes_nothing(indeed):
    indeed.ask(WAREHOUSE, "name", "Once")
    lane = Lane.objects.get(campaign__remote_id=WAREHOUSE)
    stale = lanes.claim(lane.pk)
    Lane.objects.filter(pk=lane.pk).update(lease_until=clock.now())
    lanes.claim(lane.pk)

    with pytest.raises(Fenced):
        lanes.keep(stale)


def test_a_fenced_worker_does_not_send(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Once")
    lane = Lane.objects.get(campaign__remote_id=WAREHOUSE)
    stale = lanes.claim(lane.pk)
    Lane.objects.filter(pk=lane.pk).update(lease_until=clock.now())
    lanes.claim(lane.pk)

    with opened(indeed.connection) as link:
        attend(link, stale)

    assert fields(change) == {"name": State.WAITING}
    assert indeed.patches() == []


def test_two_requests_in_flight_for_one_campaign_are_refused(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Once")
    flight = {
        "change": change,
        "campaign": change.campaign,
        "kind": "patch",
        "fence": 1,
        "in_flight": True,
        "started_at": clock.now(),
    }
    Attempt.objects.create(**flight)

    with pytest.raises(IntegrityError):
        Attempt.objects.create(**flight)


@pytest.mark.parametrize("turn", range(8))
def test_cancel_against_send_never_is_both(indeed, turn):
    change = indeed.ask(WAREHOUSE, "name", f"Turn {turn}")
    mine = Change.objects.select_related("campaign__connection", "change_set")
    looked_at = mine.get(pk=change.pk)

    together(lambda: changes.cancel(looked_at, indeed.person), indeed.deliver)

    was_sent = len(indeed.patches()) == 1
    assert (fields(change)["name"] == State.CANCELLED) is not was_sent


def test_edits_of_many_people_keep_their_order(indeed):
    for turn in range(6):
        indeed.ask(WAREHOUSE, "trackingToken", f"t{turn}", key=str(turn))

    together(*[indeed.deliver] * 3)

    bodies = [p["body"] for p in indeed.patches()]
    assert bodies == [f'{{"trackingToken":"t{turn}"}}' for turn in range(6)]


def test_two_tabs_that_send_the_same_edit_at_once_ask_for_it_once(indeed):
    indeed.edit(WAREHOUSE, "name", "Once")

    together(*[lambda key=key: sent_or_refused(indeed, key) for key in "abcd"])
    indeed.deliver()

    assert len(indeed.patches()) == 1
    assert [change.state for change in Change.objects.all()] == [State.CONFIRMED]


def test_what_was_planned_before_another_request_is_looked_at_once_more(indeed):
    indeed.edit(WAREHOUSE, "name", "Once")
    here, there = (proposals.propose(indeed.person) for _ in range(2))

    proposals.send(here, key="here", digest=here.digest)
    with pytest.raises(proposals.Moved):
        proposals.send(there, key="there", digest=there.digest)

    assert Change.objects.count() == ChangeSet.objects.count() == 1


def sent_or_refused(road, key):
    try:
        return road.send(key=key)
    except (proposals.NotReady, proposals.Moved) as error:
        return error


def test_a_person_who_is_quicker_than_a_step_leaves_the_lane_open(indeed, monkeypatch):
    change = indeed.ask(WAREHOUSE, "name", "Once")

    def cancelled_first(*args):
        changes.cancel(Change.objects.get(pk=change.pk), indeed.person)
        raise LostRace

    monkeypatch.setattr("campaigns.delivery.deliver.sending.send", cancelled_first)
    indeed.deliver()

    lane = Lane.objects.get(campaign__remote_id=WAREHOUSE)
    assert (lane.owner, lane.lease_until) == ("", None)


def test_a_cancel_behind_a_split_withdraws_what_is_left(indeed):
    indeed.edit(WAREHOUSE, "name", "Mine")
    indeed.edit(WAREHOUSE, "trackingToken", "spring")
    change = indeed.send().changes.get()
    split = threading.Event()

    def by_worker():
        with transaction.atomic():
            changes.wake(change.campaign_id)
            fate = Fate(State.CLASH, '"Theirs"', "Theirs")
            changes.split(Change.objects.get(pk=change.pk), {"name": fate})
            split.set()
            time.sleep(0.5)

    def by_person():
        mine = Change.objects.get(pk=change.pk)
        split.wait(10)
        changes.cancel(mine, indeed.person)

    _, error = together(by_worker, by_person)

    assert not isinstance(error, Exception) or isinstance(error, LostRace)
    assert fields(change) == {"trackingToken": State.CANCELLED}


def test_a_cancel_wakes_its_lane_with_the_commit_that_withdraws(indeed, monkeypatch):
    change = indeed.ask(WAREHOUSE, "name", "Mine")
    later = clock.now() + timedelta(hours=1)
    lane = Lane.objects.filter(campaign=change.campaign)
    lane.update(due_at=later)
    true_move, seen = decisions.move, []

    def look():
        try:
            return lane.all().get().due_at
        finally:
            connection.close()

    def move(*given, **more):
        with ThreadPoolExecutor(1) as pool:
            seen.append(pool.submit(look).result(10))
        return true_move(*given, **more)

    monkeypatch.setattr(decisions, "move", move)
    changes.cancel(Change.objects.get(pk=change.pk), indeed.person)

    assert seen == [later]
    assert lane.get().due_at < later
