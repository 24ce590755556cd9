"""The numbers of delivery: one place, documented, each obeyed when it is changed."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as now

from campaigns import clock, limits
from campaigns.delivery import lanes, policy, rates
from campaigns.delivery.rates import Busy
from campaigns.models import Change, Connection, Lane
from tests.asked import ask
from tests.factories import ConnectionFactory

MANUAL = Path(__file__).parents[2] / "docs" / "operations.md"


def changed(settings, **values):
    settings.DELIVERY = now.DELIVERY | values


def test_the_manual_lists_each_number_with_its_default():
    rows = re.findall(r"\| `DELIVERY_(\w+)` \| (\d+) \|", MANUAL.read_text())

    assert {name: float(usual) for name, usual in rows} == limits.USUAL


def test_the_environment_names_every_number():
    assert set(now.DELIVERY) == set(limits.USUAL)


def test_the_lease_is_as_long_as_it_says(db, settings):
    changed(settings, LEASE=7)
    lane = Lane.objects.get(campaign=ask().campaign)
    began = clock.now()

    lanes.claim(lane.pk)

    lane.refresh_from_db()
    assert lane.lease_until - began == pytest.approx(
        timedelta(seconds=7), abs=timedelta(seconds=2)
    )


def test_an_edit_expires_as_late_as_it_says(db, settings):
    changed(settings, EXPIRY=120)

    change = ask()

    assert change.expires_at - change.created_at == timedelta(seconds=120)


def test_the_sends_of_a_change_are_as_many_as_it_says(settings):
    changed(settings, MAX_SENDS=3)

    assert policy.is_spent(Change(sends=3))
    assert not policy.is_spent(Change(sends=2))


def test_the_pause_between_two_tries_is_never_longer(settings):
    changed(settings, LONGEST_DELAY=4)

    assert max(policy.delay(9) for _ in range(200)) <= timedelta(seconds=4)


def test_the_pause_spreads_over_its_whole_length():
    waits = [policy.delay(9).total_seconds() for _ in range(400)]

    assert min(waits) < 30
    assert max(waits) > 270


def test_the_burst_is_as_large_as_it_says(db, settings):
    changed(settings, BURST=3, RESERVE=0)
    slow = ConnectionFactory(calls_per_minute=1)

    for _ in range(3):
        rates.take(slow.pk, 1, is_urgent=True)

    with pytest.raises(Busy):
        rates.take(slow.pk, 1, is_urgent=True)


def test_the_breaker_opens_after_as_many_failures_as_it_says(db, settings):
    changed(settings, FAILURES=2, FIRST_REST=60)
    weak = ConnectionFactory()

    rates.went_wrong(weak.pk)
    assert Connection.objects.get().quiet_until is None

    rates.went_wrong(weak.pk)
    rest = Connection.objects.get().quiet_until - clock.now()
    assert rest == pytest.approx(timedelta(seconds=60), abs=timedelta(seconds=2))
