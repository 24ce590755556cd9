"""Tells people and partners of entries they asked for: from the database, never lost.

Entries are found by their place in the sealed history: places are given after commit
and have no gap, so a late commit is told late, never skipped. What was handed over
may be told twice when a worker dies at the wrong moment; each says its number.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from campaigns import clock, keyring, queries
from campaigns.delivery import leases, telling
from campaigns.gateway import webhook
from campaigns.gateway.contract import GatewayError, Unavailable
from campaigns.models import (
    AuditEntry,
    Delivery,
    NoticeDelivery,
    Road,
    Seal,
    Subscription,
)
from campaigns.rights import Right

BATCH = 500
"""Places looked at for one notice in one go."""

TOGETHER = 50
"""Entries told in one message."""

LEASE = timedelta(seconds=120)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
TRIES = 8
NOT_READER = "Its person may no longer read the audit log, or left."

log = structlog.get_logger(__name__)


class Untold(Exception):
    """A message did not arrive; the text says why, `after` when to try again."""

    def __init__(self, words: str, after: float | None = None) -> None:
        super().__init__(words)
        self.after = after


def run_once() -> int:
    """Find what is to be told, then tell what is due; how many messages left."""
    going = Subscription.objects.filter(stopped_at=None)
    last = Seal.objects.order_by("-position").values_list("position", flat=True).first()
    if last is not None:
        for notice in going.filter(position__lte=last).select_related("person"):
            collect(notice)
    due = NoticeDelivery.objects.filter(
        outcome=Delivery.DUE, due_at__lte=clock.now(), subscription__stopped_at=None
    )
    waiting = due.order_by().values_list("subscription_id", flat=True).distinct()
    return sum(tell(pk) for pk in list(waiting[:BATCH]))


@transaction.atomic
def collect(notice: Subscription) -> int:
    """Note which of the next places are to be told; how many. Safe to run twice."""
    places = Seal.objects.filter(position__gte=notice.position).order_by("position")
    looked = list(places.values_list("position", "entry_id")[:BATCH])
    if not looked:
        return 0
    still = Subscription.objects.filter(pk=notice.pk, position=notice.position)
    if not still.update(position=looked[-1][0] + 1):
        return 0
    if not notice.person.may(Right.AUDIT):
        return 0
    wanted = queries.find_wanted(notice, [entry for _, entry in looked])
    now = clock.now()
    rows = [
        NoticeDelivery(subscription=notice, entry_id=entry, due_at=now)
        for entry in wanted.values_list("pk", flat=True)
    ]
    return len(NoticeDelivery.objects.bulk_create(rows, ignore_conflicts=True))


def tell(pk: int) -> bool:
    """Send what is due of one notice as one message, unless somebody is at it."""
    now = clock.now()
    free = leases.over("lease_until", now, LEASE)
    mine = Subscription.objects.filter(free, pk=pk, stopped_at=None)
    if not mine.update(lease_until=now + LEASE):
        return False
    try:
        notice = Subscription.objects.select_related("person").get(pk=pk)
        return _tell(notice, _due(notice, now))
    finally:
        Subscription.objects.filter(pk=pk).update(lease_until=None)


def _due(notice: Subscription, now: datetime) -> list[NoticeDelivery]:
    rows = NoticeDelivery.objects.filter(
        subscription=notice, outcome=Delivery.DUE, due_at__lte=now
    )
    return list(rows.select_related("entry").order_by("entry_id")[:TOGETHER])


def _tell(notice: Subscription, rows: Sequence[NoticeDelivery]) -> bool:
    rows = _permitted(notice, rows)
    if not rows:
        return False
    try:
        _send(notice, rows)
    except Untold as error:
        _fail(notice, rows, error)
        return False
    now = clock.now()
    _end(rows, Delivery.TOLD)
    Subscription.objects.filter(pk=notice.pk).update(told_at=now, trouble="")
    return True


def _permitted(
    notice: Subscription, rows: Sequence[NoticeDelivery]
) -> list[NoticeDelivery]:
    """Those that its person may read now; the others are never told."""
    among = [row.entry_id for row in rows]
    seen = queries.find_entry(notice.person).filter(pk__in=among)
    is_reader = notice.person.may(Right.AUDIT)
    readable = set(seen.values_list("pk", flat=True)) if is_reader else set()
    withheld = [row for row in rows if row.entry_id not in readable]
    _end(withheld, Delivery.WITHHELD)
    if withheld and not is_reader:
        Subscription.objects.filter(pk=notice.pk).update(trouble=NOT_READER)
    return [row for row in rows if row.entry_id in readable]


def _send(notice: Subscription, rows: Sequence[NoticeDelivery]) -> None:
    entries = [row.entry for row in rows]
    if notice.road == Road.EMAIL:
        _mail(notice, entries)
    else:
        _call(notice, entries, f"{notice.pk}-{rows[0].pk}-{rows[-1].pk}")


def _mail(notice: Subscription, entries: Sequence[AuditEntry]) -> None:
    subject, text = telling.subject(notice, entries), telling.letter(notice, entries)
    message = EmailMessage(subject, text, to=[notice.person.email])
    try:
        message.send()
    except OSError as error:  # SMTPException is one
        log.warning("notice not mailed", notice=notice.pk, error=type(error).__name__)
        raise Untold("The mail server did not take it.") from error


def _call(notice: Subscription, entries: Sequence[AuditEntry], delivery: str) -> None:
    now = clock.now()
    try:
        hook = webhook.Hook(
            notice.url,
            keyring.open_sealed(notice.sealed_secret)["secret"],
            settings.CAMPAIGN_DESK_ALLOW_LOOPBACK,
        )
        body = telling.payload(notice, entries, now)
        webhook.post(hook, body, at=now, delivery=delivery)
    except keyring.KeyMissing as error:
        raise Untold(str(error)) from error
    except GatewayError as error:
        after = error.retry_after if isinstance(error, Unavailable) else None
        raise Untold(error.message, after) from error


def _fail(notice: Subscription, rows: Sequence[NoticeDelivery], error: Untold) -> None:
    words = str(error)[:500]
    given_up = [row for row in rows if row.tries + 1 >= TRIES]
    _end(given_up, Delivery.FAILED, words)
    for row in rows:
        if row not in given_up:
            wait = _wait(row.tries, error.after)
            NoticeDelivery.objects.filter(pk=row.pk).update(
                tries=F("tries") + 1, due_at=clock.now() + wait, trouble=words
            )
    Subscription.objects.filter(pk=notice.pk).update(trouble=words)


def _wait(tries: int, wish: float | None) -> timedelta:
    """Twice as long after each try; longer where the receiver asked for it."""
    wished = timedelta(seconds=min(wish or 0, LONGEST_WAIT.total_seconds()))
    grown: timedelta = FIRST_WAIT * 2**tries
    return min(max(grown, wished), LONGEST_WAIT)


def _end(rows: Sequence[NoticeDelivery], outcome: Delivery, words: str = "") -> None:
    NoticeDelivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        outcome=outcome, tries=F("tries") + 1, ended_at=clock.now(), trouble=words
    )
