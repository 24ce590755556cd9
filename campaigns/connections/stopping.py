"""Stops a connection and lets it go on: hold, release, archive.

A hold is written first and alone: from then on nothing leaves. The changes that wait
follow in small transactions of their own. So with a release: it notes what goes on, and
whatever it does not move itself the workers do.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns import changes, clock, documents
from campaigns.audit import Event
from campaigns.connections.keeping import NO_TOKEN, tell
from campaigns.lifecycle import OPEN
from campaigns.models import Change, Channel, Connection, Person


def hold(
    connection: Connection,
    by: Person | None,
    reason: str,
    *,
    channel: Channel | None = None,
) -> bool:
    """Let nothing leave any more; False when it was on hold already.

    Without a person it is Campaign Desk's own act, unless `channel` says otherwise;
    then its reason is made to fit. Raises `ValidationError` for what a person gives
    as a reason and cannot be kept as it is.
    """
    if by is None:
        reason = documents.clean(reason.strip())[: changes.REASON_LIMIT]
    reason = changes.hold_reason(reason)
    is_new = _stop(connection, by, reason, channel or _channel(by))
    changes.hold_all(connection, reason)
    connection.refresh_from_db()
    return is_new


def release(
    connection: Connection, by: Person | None, *, channel: Channel | None = None
) -> int:
    """Let changes leave again; returns how many go back to Waiting, now or soon.

    Each of them is compared with the platform anew before it is sent. A silence that
    the platform asked for goes on. What a release left that came to no end is taken
    up by the next. Raises `ValidationError` when there is nothing to release.
    """
    going_on = _go_on(connection, by, channel or _channel(by))
    connection.refresh_from_db()
    changes.release(connection, by)
    return going_on


@transaction.atomic
def archive(connection: Connection, by: Person | None) -> None:
    """Put a connection away for good; its history stays, its credentials do not."""
    unsettled = _unsettled().filter(campaign__connection=OuterRef("pk"))
    free = Connection.objects.in_use().filter(~Exists(unsettled), pk=connection.pk)
    if not free.update(archived_at=clock.now(), sealed_secrets="", **NO_TOKEN):
        raise ValidationError(_why_not(connection))
    connection.refresh_from_db()
    tell(Event.ARCHIVED, connection, by)


@transaction.atomic
def _stop(
    connection: Connection, by: Person | None, reason: str, channel: Channel
) -> bool:
    going = Connection.objects.in_use().filter(pk=connection.pk, held_at=None)
    stopped = going.update(held_at=clock.now(), held_by=by, held_reason=reason)
    if stopped:
        tell(Event.HELD, connection, by, reason=reason, channel=channel)
    return bool(stopped)


@transaction.atomic
def _go_on(connection: Connection, by: Person | None, channel: Channel) -> int:
    """End the hold, and note in the same transaction what goes on with it.

    Nothing does while its platform, or everything, is on hold.
    """
    going = Connection.objects.going().filter(pk=connection.pk)
    held = Connection.objects.filter(pk=connection.pk, held_at__isnull=False)
    if held.update(held_at=None, held_by=None, held_reason=""):
        tell(Event.RELEASED, connection, by, channel=channel)
        marked = changes.let_go(connection)
        return marked if going.exists() else 0
    if left := Change.objects.filter(held_with__in=going).count():
        return left
    raise ValidationError(f"{connection} is not on hold.")


def _unsettled() -> QuerySet[Change]:
    """What still needs its connection: what is open, or waits for a person.

    What a person has left as Unknown does not.
    """
    still_open = Q(state__in=OPEN) & ~changes.LEFT
    return Change.objects.filter(still_open | Q(waits_for_person=True))


def _channel(by: Person | None) -> Channel:
    return Channel.SCREEN if by else Channel.SYSTEM


def _why_not(connection: Connection) -> str:
    changes_left = _unsettled().filter(campaign__connection=connection).count()
    if not changes_left:
        return f"{connection} is archived already."
    words = "1 change is" if changes_left == 1 else f"{changes_left:,} changes are"
    return (
        f"{words} still open, or waiting for a person, on {connection}. Let them end, "
        "or decide about them under Needs you; then archive it."
    )
