"""A day begins at its first midnight, also where the clock is changed at that hour."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from campaigns import clock
from campaigns.views import desk, overview
from tests.asked import ask
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
HALF = timedelta(minutes=30)
NIGHTS = {
    # 01:00 becomes 00:00 again: the second midnight is no new day
    "Atlantic/Azores": (datetime(2026, 10, 25, tzinfo=UTC), timedelta(minutes=90)),
    # 00:00 becomes 01:00: the day begins with that
    "America/Santiago": (datetime(2026, 9, 6, 4, tzinfo=UTC), HALF),
    "Europe/Vienna": (datetime(2026, 10, 24, 22, tzinfo=UTC), timedelta(hours=4)),
}


@pytest.mark.parametrize("zone", NIGHTS)
def test_today_begins_once(zone, rf):
    begins, after = NIGHTS[zone]
    person = PersonFactory(timezone=zone)
    for at in (begins - HALF, begins + HALF / 3):
        with clock.replaced(lambda at=at: at):
            ask(person=person)

    with time_machine.travel(begins + after, tick=False), desk.timezone.override(zone):
        shown = overview._counted(person)
        since = desk._since("day", person)

    assert since.timestamp() == begins.timestamp()
    assert [day["count"] for day in shown["days"]][-2:] == [1, 1]
    assert shown["today"]["total"] == 1
