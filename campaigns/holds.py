"""Holds one platform, or everything, and says what stops a connection.

Edits go on meanwhile; what was held is compared anew after the release. A hold of
one connection alone is an act on that connection (`campaigns.connections`).
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from campaigns import audit, changes, clock
from campaigns.audit import Event
from campaigns.models import Channel, Connection, Hold, Person


def hold(scope: str, by: Person | None, reason: str) -> bool:
    """Let nothing leave for a platform (its key) or at all; False when it was so.

    Raises `ValidationError` without a reason that can be kept as it is.
    """
    reason = changes.hold_reason(reason)
    is_new = _write(scope, by, reason)
    for connection in _within(scope):
        changes.hold_all(connection, reason)
    return is_new


@transaction.atomic
def _write(scope: str, by: Person | None, reason: str) -> bool:
    _, is_new = Hold.objects.get_or_create(
        scope=scope, defaults={"by": by, "reason": reason, "at": clock.now()}
    )
    if is_new:
        _tell(Event.HELD, scope, by, reason)
    return is_new


def release(scope: str, by: Person | None) -> int:
    """End a wide hold; how many changes wait again. What else holds them goes on.

    Raises `ValidationError` when there is no such hold.
    """
    with transaction.atomic():
        if not Hold.objects.filter(scope=scope).delete()[0]:
            raise ValidationError("This is not on hold any more.")
        _tell(Event.RELEASED, scope, by, "")
    free = [one for one in _within(scope) if not reason_for(one)]
    return sum(changes.release(connection, by) for connection in free)


def reason_for(connection: Connection) -> str:
    """Why nothing may leave through a connection now; empty when it may.

    Asks the database anew: a hold counts from the moment it is written.
    """
    kept = ("archived_at", "held_at", "held_reason", "platform")
    now = Connection.objects.filter(pk=connection.pk).values(*kept).first()
    if now is None or now["archived_at"]:
        return "The connection is archived."
    if now["held_at"]:
        return now["held_reason"] or "The connection is on hold."
    wide = Hold.objects.filter(scope__in=(Hold.EVERYTHING, now["platform"]))
    return wide.values_list("reason", flat=True).first() or ""


def current() -> list[Hold]:
    """The wide holds, newest first."""
    return list(Hold.objects.select_related("by").order_by("-at"))


def _within(scope: str) -> QuerySet[Connection]:
    using = Connection.objects.in_use()
    return using if scope == Hold.EVERYTHING else using.filter(platform=scope)


def _tell(event: Event, scope: str, by: Person | None, reason: str) -> None:
    audit.append(
        event,
        "system",
        at=clock.now(),
        person=by,
        channel=Channel.SCREEN if by else Channel.COMMAND,
        reason=reason,
        facts={"scope": scope},
    )
