"""Keeps campaigns in step with their platform: the list, then single reads.

Runs in the worker, by the clock and on demand; never while a page renders.
"""

import time
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError
from django.db.models import Q, QuerySet

from campaigns import clock
from campaigns.delivery import leases, links, lists, outcomes, rates, snapshots
from campaigns.delivery.links import Link
from campaigns.delivery.rates import Busy
from campaigns.gateway.contract import GatewayError, Hold, Page, Row, Unavailable
from campaigns.models import Campaign, Connection, Lane

LEASE = timedelta(minutes=5)
PATIENCE = 60.0
RETRY = 60
"""Seconds until a list that failed is asked for again."""

ID_LIMIT = 255
BROKEN = "Reading the campaigns came to an end that nobody foresaw. See the log."
READS_LIMIT = 40
"""Single reads in one pass, so that edits never wait long behind looking."""

log = structlog.get_logger(__name__)


def is_due(connection: Connection) -> bool:
    """Whether the list or a single campaign wants reading now."""
    now = clock.now()
    if connection.sync_due_at is not None and connection.sync_due_at <= now:
        return True
    return _wanting_read(connection).exists()


def may_sync(now: datetime) -> QuerySet[Connection]:
    """The connections that may be read now and that nobody is reading.

    Not those that stopped by themselves: their credentials were refused.
    """
    free = leases.over("sync_lease_until", now, LEASE)
    held = Q(held_at=None) | Q(held_by__isnull=False)
    return Connection.objects.in_use().filter(free, rates.may_call(now), held)


def sync(connection_id: int) -> None:
    """Read the list when it is due, then the campaigns that want a read of their own.

    One worker at a time for each connection, by a conditional UPDATE.
    """
    now = clock.now()
    mine = may_sync(now).filter(pk=connection_id)
    if not mine.update(sync_lease_until=now + LEASE):
        return
    connection = Connection.objects.get(pk=connection_id)
    try:
        with links.opened(connection) as link:
            if connection.sync_due_at and connection.sync_due_at <= now:
                _list(link)
            _read_some(link)
    except Busy:
        pass  # what is left stays due
    except GatewayError as error:
        rates.learn(connection, error)
        rates.count(connection.pk, error.exchange)
        outcomes.hold_connection(connection, error)
        _note(connection, error.message, is_refused=_is_refused(error))
    except Exception:
        _note(connection, BROKEN)  # or every look of the poller would call again
        raise
    finally:
        Connection.objects.filter(pk=connection_id).update(sync_lease_until=None)


def _list(link: Link) -> None:
    started = clock.now()
    unkept: list[int] = []
    _wait_turn(link)
    for page in link.client.pages():
        rates.count(link.connection.pk, page.exchange)
        unkept += _keep_page(link, page)
        _wait_turn(link)
        Connection.objects.filter(pk=link.connection.pk).update(
            sync_lease_until=clock.now() + LEASE
        )
    older = link.connection.campaigns.filter(listed_at__lt=started, missing_since=None)
    older.exclude(pk__in=unkept).update(missing_since=clock.now())
    _want_reads(link)
    every = timedelta(seconds=link.connection.sync_every_seconds)
    next_at = None if link.is_blind else clock.now() + every  # then on demand alone
    Connection.objects.filter(pk=link.connection.pk).update(
        synced_at=clock.now(), sync_due_at=next_at, sync_error=""
    )


def _wait_turn(link: Link) -> None:
    """Keep to the pace between two pages. Raises `Busy` after a bounded wait."""
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            rates.take(link.connection.pk, 1, is_urgent=False)
        except Busy as busy:
            wait = (busy.until - clock.now()).total_seconds()
            if time.monotonic() + wait > give_up:
                raise
            time.sleep(min(max(wait, 0.01), 1.0))
        else:
            return


def _keep_page(link: Link, page: Page) -> list[int]:
    """Keep a page of the list; the campaigns that are there and could not be kept."""
    rates.learn(link.connection, None)
    ids = [row.remote_id for row in page.rows]
    there = {
        c.remote_id: c
        for c in link.connection.campaigns.filter(remote_id__in=ids).select_related(
            "connection"
        )
    }
    unkept, asked = [], page.exchange.started_at
    for row in page.rows:
        if len(row.remote_id) > ID_LIMIT:
            log.warning("an id too long to be kept", connection=link.connection.pk)
            continue
        campaign = there.get(row.remote_id) or _add(link.connection, row)
        if not _keep(link, campaign, row, whole=False, asked=asked):
            unkept.append(campaign.pk)
    lists.wake(link.connection, {c.pk for c in there.values()}.difference(unkept))
    return unkept


def _keep(
    link: Link, campaign: Campaign, row: Row, *, whole: bool, asked: datetime
) -> bool:
    """Keep what was read; False where that cannot be, which harms no other campaign.

    What is stored is as old then as it was: nothing may rest on an answer that is not.
    """
    try:
        snapshots.keep(campaign, row, link.form, whole=whole, asked=asked)
    except (InterfaceError, OperationalError):
        raise  # the database is busy or away: that is no fault of this campaign
    except Exception:  # noqa: BLE001  whatever a platform may have thought of
        log.exception("campaign not kept", campaign=campaign.pk)
        Campaign.objects.filter(pk=campaign.pk).update(
            read_error=snapshots.UNKEPT, read_due_at=None, missing_since=None
        )
        return False
    return True


def _add(connection: Connection, row: Row) -> Campaign:
    campaign, _ = Campaign.objects.get_or_create(
        connection=connection,
        remote_id=row.remote_id,
        defaults={"name": row.name[:300], "status": row.status[:60]},
    )
    Lane.objects.bulk_create([Lane(campaign=campaign)], ignore_conflicts=True)
    return campaign


def _want_reads(link: Link) -> None:
    """Where reading is free, each campaign is read by itself from time to time."""
    is_free = link.platform.capabilities.calls_cost is None
    if not link.is_careful or not (is_free or link.connection.is_sandbox):
        return
    old = clock.now() - timedelta(seconds=link.connection.snapshot_seconds)
    stale = Q(read_at=None) | Q(read_at__lt=old)
    link.connection.campaigns.filter(stale, is_deleted=False).update(
        read_due_at=clock.now()
    )


def _wanting_read(connection: Connection) -> QuerySet[Campaign]:
    return connection.campaigns.filter(read_due_at__lte=clock.now())


def _read_some(link: Link) -> None:
    for campaign in _wanting_read(link.connection).order_by("read_due_at")[
        :READS_LIMIT
    ]:
        _read_one(link, campaign)


def _read_one(link: Link, campaign: Campaign) -> None:
    mine = Campaign.objects.filter(pk=campaign.pk)
    rates.take(link.connection.pk, 1, is_urgent=False)
    try:
        reading = link.client.read(campaign.remote_id)
    except GatewayError as error:
        rates.learn(link.connection, error)
        rates.count(link.connection.pk, error.exchange)
        mine.update(read_due_at=None, read_error=error.message[:500])
        outcomes.hold_connection(link.connection, error)
        return
    rates.count(link.connection.pk, reading.exchange)
    asked = reading.exchange.started_at
    if _keep(link, campaign, reading.row, whole=True, asked=asked):
        lists.wake(link.connection, [campaign.pk])


def _is_refused(error: GatewayError) -> bool:
    """Whether the platform will say the same until a person has done something."""
    return isinstance(error, Unavailable) and error.hold != Hold.NONE


def _note(connection: Connection, words: str, *, is_refused: bool = False) -> None:
    """Say why nothing could be listed, and when it is tried again."""
    every = connection.sync_every_seconds
    wait = timedelta(seconds=every if is_refused else min(every, RETRY))
    Connection.objects.filter(pk=connection.pk).update(
        sync_error=words[:500], sync_due_at=clock.now() + wait
    )
