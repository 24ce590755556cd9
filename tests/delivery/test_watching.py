"""Watch reads: made when they are due, whatever else the lane waits for."""

from datetime import timedelta

from campaigns import clock
from campaigns.lifecycle import State
from campaigns.models import Change, Lane
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"


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
