"""Holds one platform, or everything, and says what stops a connection.

Edits go on meanwhile; what was held is compared anew after the release. A hold of
one connection alone is an act on that connection (`campaigns.connections`).
"""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from campaigns import audit, changes, clock
from campaigns.audit import Event
from campaigns.models import Channel, Connection, Hold, Person
from campaigns.models.connection import Connections


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
    """End a wide hold; how many changes wait again, now or soon.

    What else holds them goes on. What is not moved here the workers move. Raises
    `ValidationError` when there is no such hold.
    """
    with transaction.atomic():
        if not Hold.objects.filter(scope=scope).delete()[0]:
            raise ValidationError("This is not on hold any more.")
        _tell(Event.RELEASED, scope, by, "")
        free = list(_within(scope).going().order_by("pk"))
        going_on = sum(changes.let_go(connection) for connection in free)
    for connection in free:
        changes.release(connection, by)
    return going_on


def reason_for(connection: Connection) -> str:
    """Why nothing may leave through a connection now; empty when it may.

    Asks the database anew: a hold counts from the moment it is written.
    """
    return reasons_for([connection]).get(connection.pk, "")


def reasons_for(connections: Iterable[Connection]) -> dict[int, str]:
    """The same for many in two queries, by key; what is free is left out."""
    asked = {connection.pk for connection in connections}
    if not asked:
        return {}
    kept = ("pk", "archived_at", "held_at", "held_reason", "platform")
    now = {row.pk: row for row in Connection.objects.filter(pk__in=asked).only(*kept)}
    wide = dict(Hold.objects.values_list("scope", "reason"))
    why = {pk: _reason(now.get(pk), wide) for pk in asked}
    return {pk: reason for pk, reason in why.items() if reason}


def _reason(connection: Connection | None, wide: Mapping[str, str]) -> str:
    if connection is None or connection.archived_at:
        return "The connection is archived."
    if connection.is_held:
        return connection.held_reason or "The connection is on hold."
    return wide.get(Hold.EVERYTHING) or wide.get(connection.platform, "")


def current() -> list[Hold]:
    """The wide holds, newest first."""
    return list(Hold.objects.select_related("by").order_by("-at"))


def _within(scope: str) -> Connections:
    using = Connection.objects.in_use()
    return using if scope == Hold.EVERYTHING else using.filter(platform=scope)


def _tell(event: Event, scope: str, by: Person | None, reason: str) -> None:
    audit.append(
        event,
        "system",
        at=clock.now(),
        person=by,
        channel=Channel.SCREEN if by else Channel.SYSTEM,
        reason=reason,
        facts={"scope": scope},
    )
