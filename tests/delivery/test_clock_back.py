"""A clock that is set back stops nobody: what was kept by the old time is over."""

from datetime import timedelta

import pytest

from campaigns import clock
from campaigns.delivery import (
    accounts,
    attempts,
    leases,
    notices,
    poll,
    rates,
    syncing,
)
from campaigns.delivery.rates import Busy
from campaigns.gateway.contract import Token
from campaigns.lifecycle import State
from campaigns.models import Attempt, Connection, Lane, Subscription
from tests.delivery.conftest import die_after_intent, fields

WAREHOUSE = "ee4d641cab17b22c"
COST = "3141592653589793"
BACK = timedelta(hours=2)
LONGEST = timedelta(seconds=60)


@pytest.fixture
def indeed(here):
    return here("indeed")


@pytest.mark.parametrize(
    ("ahead", "is_over"),
    [(None, True), (-1, True), (0, True), (60, False), (120, False), (121, True)],
)
def test_what_ends_later_than_it_can_is_over(indeed, time, ahead, is_over):
    now = clock.now()
    until = None if ahead is None else now + timedelta(seconds=ahead)
    Connection.objects.update(sync_lease_until=until)
    rows = Connection.objects.filter(leases.over("sync_lease_until", now, LONGEST))

    assert leases.is_over(until, now, LONGEST) == rows.exists() == is_over


def test_edits_go_out_at_once(indeed, time):
    indeed.ask(WAREHOUSE, "name", "Before")
    indeed.deliver()
    time.at -= BACK
    change = indeed.ask(COST, "name", "After")

    indeed.let_pass(time, 30)

    assert fields(change) == {"name": State.CONFIRMED}


def test_the_pace_is_kept_by_the_new_time(indeed, time):
    Connection.objects.update(calls_per_minute=60, paced_until=time.at + BACK)

    rates.take(indeed.connection.pk, 6, is_urgent=True)
    with pytest.raises(Busy):
        rates.take(indeed.connection.pk, 1, is_urgent=True)


def test_a_platform_is_left_alone_no_longer_than_it_may_ask_for(indeed, time):
    Connection.objects.update(quiet_until=time.at + BACK)
    rates.check_quiet(Connection.objects.get())
    slower = rates.Unavailable("Later.", retry_after=60)

    rates.learn(Connection.objects.get(), slower)

    with pytest.raises(Busy):
        rates.check_quiet(Connection.objects.get())


def test_what_a_dead_worker_left_is_decided_soon(indeed, time):
    change = indeed.ask(WAREHOUSE, "name", "Before")
    die_after_intent(indeed, WAREHOUSE)
    Connection.objects.update(settle_seconds=30)
    time.at -= BACK
    Lane.objects.update(due_at=time.at)
    assert poll._delivering()

    indeed.let_pass(time, 150)

    assert fields(change) == {"name": State.CONFIRMED}


def test_nobody_waits_for_a_reader_or_a_token_of_before(indeed, time):
    later = time.at + BACK
    Connection.objects.update(sync_lease_until=later, token_lease_until=later)

    assert syncing.may_sync(clock.now()).exists()
    fresh = Token("fresh", later)
    assert accounts.RowTokens(indeed.connection.pk).renew(None, lambda: fresh)


def test_a_notice_kept_by_the_old_time_is_told(indeed, time):
    notice = Subscription.objects.create(
        person=indeed.person,
        lease_until=time.at + BACK,
        position=1,
        created_at=time.at,
    )

    notices.tell(notice.pk)

    notice.refresh_from_db()
    assert notice.lease_until is None


def test_an_intent_of_before_is_not_sent(time):
    attempt = Attempt(started_at=time.at + BACK)

    assert attempts.is_overdue(attempt)


def test_a_snapshot_of_before_stands_in_for_no_read(indeed, time):
    Connection.objects.update(read_policy="thrifty")
    time.at -= BACK
    change = indeed.ask(WAREHOUSE, "name", "After")

    indeed.deliver()

    assert [attempt.kind for attempt in change.attempts.all()] == ["compare", "patch"]


def test_a_list_of_before_confirms_nothing(indeed, time):
    Connection.objects.update(read_policy="thrifty", settle_seconds=30)
    time.at -= BACK
    planned = time.at + timedelta(hours=6)
    Connection.objects.update(sync_due_at=planned)
    change = indeed.ask(WAREHOUSE, "name", "After")

    indeed.let_pass(time, 600)

    assert fields(change) == {"name": State.ACCEPTED}
