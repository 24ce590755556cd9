"""Records each exchange with a platform as an attempt of its change."""

import hashlib
from datetime import datetime, timedelta

from django.db.models import F

from campaigns import changes, clock
from campaigns.delivery import rates
from campaigns.delivery.lanes import Claim
from campaigns.gateway.contract import Exchange, Timeout
from campaigns.models import (
    Attempt,
    AttemptKind,
    Change,
    Connection,
    Outcome,
)

SLACK = timedelta(seconds=2)
LONGEST = timedelta(seconds=Timeout().total) + SLACK


def intend(claim: Claim, change: Change, body: str) -> Attempt:
    """Write down a PATCH before its first byte leaves. Inside a transaction."""
    now = clock.now()
    return Attempt.objects.create(
        change=change,
        campaign_id=change.campaign_id,
        kind=AttemptKind.PATCH,
        fence=claim.fence,
        in_flight=True,
        deadline=now + LONGEST,
        request_body=body,
        body_hash=hashlib.sha256(body.encode()).hexdigest(),
        started_at=now,
    )


def deadline(attempt: Attempt) -> datetime:
    """When the answer of a PATCH can no longer come, also if the clock was set back."""
    return min(attempt.deadline or attempt.started_at, clock.now() + LONGEST)


def is_overdue(attempt: Attempt) -> bool:
    """Whether an exchange that begins now could outlive the deadline written down."""
    return abs(clock.now() - attempt.started_at) > SLACK


def finish(
    attempt: Attempt,
    exchange: Exchange | None,
    outcome: Outcome,
    *,
    is_late: bool = False,
) -> None:
    """Write down how a PATCH ended; late is what a fenced worker still saw."""
    mine = Attempt.objects.filter(pk=attempt.pk, in_flight=True)
    is_counted = not mine.update(in_flight=False)
    attempt.in_flight = False
    attempt.verdict = outcome.late if is_late else outcome
    if exchange is not None:
        attempt.url = exchange.url[:700]
        attempt.status = exchange.status
        attempt.answer = exchange.answer
        attempt.seconds = exchange.seconds
    attempt.save(
        update_fields=["in_flight", "verdict", "url", "status", "answer", "seconds"]
    )
    if not is_counted:
        _count(attempt.change, exchange, outcome)


def looked(
    claim: Claim,
    change: Change,
    kind: AttemptKind,
    exchange: Exchange | None,
    outcome: Outcome,
) -> Attempt | None:
    """Write down a read that was made for a change; None where none was made."""
    if exchange is None:
        return None
    attempt = Attempt.objects.create(
        change=change,
        campaign_id=change.campaign_id,
        kind=kind,
        fence=claim.fence,
        url=exchange.url[:700],
        status=exchange.status,
        answer=exchange.answer,
        verdict=outcome,
        started_at=exchange.started_at,
        seconds=exchange.seconds,
    )
    rates.count(change.campaign.connection_id, exchange)
    return attempt


def unkept(attempt: Attempt | None) -> None:
    """Say of a read that its answer could not be kept: it counts as one that failed."""
    if attempt is not None:
        attempt.verdict = Outcome.NOT_READ
        attempt.save(update_fields=["verdict"])


def was_refused(change: Change) -> bool:
    """Whether the platform refused its last PATCH, and nobody sent it again since."""
    patches = change.attempts.filter(kind=AttemptKind.PATCH).order_by("-pk")
    last = patches.values_list("verdict", flat=True).first()
    return last == Outcome.REJECTED and changes.is_refused(change)


def failed_looks(change: Change) -> int:
    """How many reads back have failed since the change is in its state."""
    return change.attempts.filter(
        kind=AttemptKind.VERIFY,
        verdict=Outcome.NOT_READ,
        started_at__gte=change.moved_at,
    ).count()


def _count(change: Change, exchange: Exchange | None, outcome: Outcome) -> None:
    """Count what left; where nobody saw an answer, what may have left."""
    if outcome == Outcome.UNSEEN:
        mine = Connection.objects.filter(pk=change.campaign.connection_id)
        mine.update(calls_used=F("calls_used") + 1)
    rates.count(change.campaign.connection_id, exchange)
