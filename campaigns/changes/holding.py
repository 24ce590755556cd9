"""Moves what waits on a connection to Held, and back to Waiting after a release."""

from typing import Any

from campaigns import clock, limits, typed
from campaigns.audit import Event
from campaigns.changes.moves import LostRace, move
from campaigns.lifecycle import State
from campaigns.models import Change, Connection, Person

CHUNK = 100
REASON_LIMIT = 500
NO_REASON = (
    f"Give a reason of 1 to {REASON_LIMIT} characters; whoever finds this on hold "
    "reads it."
)


def hold_reason(given: str) -> str:
    """The reason of a hold as it is kept. Raises `ValidationError`."""
    return typed.text(given, REASON_LIMIT, NO_REASON)


def hold_all(connection: Connection, says: str) -> None:
    """Move every waiting change of a held connection to Held, chunk by chunk."""
    while hold_waiting(connection, says, limit=CHUNK):
        pass


def hold_waiting(connection: Connection, says: str, *, limit: int = CHUNK) -> int:
    """Move up to `limit` waiting changes of a held connection to Held."""
    waiting = Change.objects.filter(
        campaign__connection=connection, state=State.WAITING
    ).select_related("campaign__connection", "change_set")
    moved = 0
    for change in waiting.order_by("pk")[:limit]:
        moved += _try(change, State.HELD, Event.HELD, says=says, waits_for_person=True)
    return moved


def release(
    connection: Connection, person: Person | None, *, limit: int = 100_000
) -> int:
    """Move the held changes of a connection back to Waiting; each is compared anew.

    The time on hold does not count: each has its whole time again.
    """
    until = clock.now() + limits.span("EXPIRY")
    held = Change.objects.filter(
        campaign__connection=connection, state=State.HELD
    ).select_related("campaign__connection", "change_set")
    moved = 0
    for change in held.order_by("pk")[:limit]:
        moved += _try(
            change,
            State.WAITING,
            Event.RELEASED,
            person=person,
            waits_for_person=False,
            expires_at=until,
        )
    return moved


def _try(change: Change, after: State, event: Event, **columns: Any) -> int:
    try:
        move(change, after, event, due_at=None, **columns)
    except LostRace:
        return 0
    return 1
