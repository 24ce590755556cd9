"""Watch reads: made when they are due, whatever else the lane waits for."""

from datetime import timedelta

from campaigns import clock
from campaigns.lifecycle import State
from campaigns.models import Change, Lane
from tests.delivery.conftest import fields
from tests.services import wait_until

WAREHOUSE = "ee4d641cab17b22c"
SCHEDULE = "a4c0b1d2e3f5"


def test_a_lane_that_waits_still_makes_its_watch_read(road):
    indeed = road("indeed")
    indeed.sync()
    done = indeed.ask(WAREHOUSE, "trackingToken", "spring")
    indeed.deliver()
    waiting = indeed.ask(WAREHOUSE, "name", "Later")
    later = clock.now() + timedelta(hours=1)
    Change.objects.filter(pk=waiting.pk).update(due_at=later)
    Change.objects.filter(pk=done.pk).update(watch_at=clock.now())

    indeed.deliver()

    done.refresh_from_db()
    assert fields(waiting) == {"name": State.WAITING}
    assert done.watch_at > clock.now()
    assert Lane.objects.get(campaign__remote_id=WAREHOUSE).due_at > clock.now()


def test_an_accepted_change_that_comes_late_takes_the_newer_one_to_different(road):
    indeed = road("indeed")
    indeed.sync()
    late = {"match": {"method": "PATCH"}, "do": {"late_effect": 2}}
    indeed.sandbox.script(late)
    slow = indeed.ask(WAREHOUSE, "name", "Slow")
    indeed.deliver()
    newer = indeed.ask(WAREHOUSE, "name", "Newer")
    indeed.deliver()
    assert fields(slow) == {"name": State.DIFFERENT}
    assert fields(newer) == {"name": State.CONFIRMED}

    wait_until(lambda: name_of(indeed) == "Slow", "the late effect")
    Change.objects.filter(watch_at__isnull=False).update(watch_at=clock.now())
    indeed.wake()
    indeed.deliver()

    assert fields(newer) == {"name": State.DIFFERENT}


def test_a_field_that_is_still_absent_is_not_taken_for_unreadable(road):
    desk = road("microworkers")
    desk.sync()
    desk.sandbox.script({"match": {"method": "PATCH"}, "do": {"ignore": True}})
    change = desk.ask(SCHEDULE, "autoSkipTask.timeLimit", "900")

    desk.deliver()

    assert fields(change) == {"autoSkipTask.timeLimit": State.DIFFERENT}


def name_of(indeed):
    return indeed.sandbox.document(WAREHOUSE)["name"]


def test_what_somebody_else_replaced_before_it_was_seen_is_watched_too(road):
    indeed = road("indeed")
    indeed.sync()
    indeed.sandbox.script({"match": {"method": "PATCH"}, "do": {"late_effect": 3}})
    verifying = {"method": "GET", "nth": 2}
    indeed.sandbox.script({"match": verifying, "do": {"rival": {"name": "Theirs"}}})

    slow = indeed.ask(WAREHOUSE, "name", "Slow")
    indeed.deliver()

    assert fields(slow) == {"name": State.DIFFERENT}
    slow.refresh_from_db()
    assert slow.watch_at > clock.now()
