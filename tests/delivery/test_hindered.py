"""A database that is locked, full, read-only or away: what cannot be written down is
not sent, and afterwards everything arrives once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from campaigns.delivery import deliver, lanes, poll, sending, snapshots
from campaigns.delivery.beats import Beat
from campaigns.delivery.links import opened
from campaigns.lifecycle import State
from campaigns.models import Attempt, AttemptKind, Connection, Lane
from tests.dashboard import hindrance
from tests.delivery.conftest import fields

pytestmark = pytest.mark.django_db(transaction=True)
WAREHOUSE, COST = "ee4d641cab17b22c", "3141592653589793"
MOST = {"after-compare": 0, "after-intent": 1, "after-answer": 1}
"""From where on the database refuses: how many requests may leave meanwhile."""


def ended():
    """Every session is ended at once; the next has to be opened anew."""
    hindrance.end_sessions()
    return ExitStack()


on_sqlite = pytest.mark.skipif("not hindrance.is_sqlite()", reason="SQLite's own way")
on_postgres = pytest.mark.skipif("hindrance.is_sqlite()", reason="PostgreSQL's own way")
BAD_DAYS = [
    pytest.param(hindrance.locked, marks=on_sqlite),
    pytest.param(hindrance.full, marks=on_sqlite),
    pytest.param(ended, marks=on_postgres),
    hindrance.read_only,
]


@pytest.fixture
def bad_day_at(monkeypatch):
    """Let the database refuse from a named place on, until the block ends."""

    def plan(stack, bad_day, place):
        def reach(name):
            if name == place:
                stack.enter_context(bad_day())

        monkeypatch.setattr(sending, "killpoint", reach)
        monkeypatch.setattr(deliver, "killpoint", reach)
        return stack

    yield plan
    monkeypatch.undo()


def later(road):
    """The lease and the time to settle are over; the worker comes round again."""
    connection.close()
    for _ in range(3):
        Lane.objects.update(lease_until=None)
        road.wake()
        road.deliver()


@pytest.mark.parametrize("bad_day", BAD_DAYS)
@pytest.mark.parametrize("place", MOST)
def test_what_cannot_be_written_down_is_not_sent(indeed, bad_day_at, bad_day, place):
    change = indeed.ask(WAREHOUSE, "name", "Survivor " * 5)
    with bad_day_at(ExitStack(), bad_day, place), suppress(DatabaseError):
        indeed.deliver()
    bad_day_at(ExitStack(), bad_day, "")
    assert len(indeed.patches()) <= MOST[place]

    later(indeed)

    assert fields(change) == {"name": State.CONFIRMED}
    assert len(indeed.patches()) == 1
    assert Attempt.objects.filter(kind=AttemptKind.PATCH).exists()
    assert not Attempt.objects.filter(in_flight=True).exists()


@on_sqlite
def test_workers_outlast_a_lock_that_is_longer_than_their_patience(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Survivor")
    mine = indeed.connection.pk
    with ThreadPoolExecutor(2) as pool, hindrance.locked():
        poll._go_round(pool, Beat())
        poll.deliver_now(mine)
        poll.sync_now(mine)
    assert indeed.patches() == []

    poll.deliver_now(mine)

    assert fields(change) == {"name": State.CONFIRMED}


@on_postgres
def test_workers_outlast_the_end_of_their_sessions(indeed):
    changes = [indeed.ask(WAREHOUSE, "name", "One"), indeed.ask(COST, "name", "Two")]
    mine = indeed.connection.pk
    connection.close()
    hindrance.end_sessions()

    with ThreadPoolExecutor(2) as pool:
        poll._go_round(pool, Beat())
    poll.deliver_now(mine)

    assert [fields(change) for change in changes] == [{"name": State.CONFIRMED}] * 2


def test_a_read_that_the_database_did_not_keep_is_counted(here, time, monkeypatch):
    indeed = here("indeed")
    indeed.ask(WAREHOUSE, "name", "First")
    used = Connection.objects.get().calls_used

    def busy(*_, **__):
        raise OperationalError("database is locked")

    monkeypatch.setattr(snapshots, "keep", busy)
    with pytest.raises(OperationalError):
        indeed.deliver()

    assert Connection.objects.get().calls_used == used + 1


def test_a_list_row_is_not_called_odd_because_the_session_ended(
    here, time, monkeypatch
):
    indeed = here("indeed")

    def away(*_, **__):
        raise InterfaceError("the connection is closed")

    monkeypatch.setattr(snapshots, "keep", away)
    with suppress(InterfaceError):
        indeed.sync()

    assert indeed.campaign(WAREHOUSE).read_error == ""


def test_a_database_that_is_always_slow_does_not_read_on_and_on(
    here, time, monkeypatch
):
    """Each answer takes 3 s to be kept: too old to send on, read again at a price."""
    indeed = here("indeed")
    change = indeed.ask(WAREHOUSE, "name", "First")
    real = snapshots.keep

    def slow(*args, **how):
        time.advance(3)
        return real(*args, **how)

    monkeypatch.setattr(snapshots, "keep", slow)
    seen = len(indeed.requests())
    claim = lanes.claim(Lane.objects.get(campaign=change.campaign).pk)
    with opened(indeed.connection) as link:
        deliver.attend(link, claim)

    assert fields(change) == {"name": State.WAITING}
    assert len(indeed.requests()) - seen < 10
