"""Moves what waits on a connection to Held, and back to Waiting after a release."""

from typing import Any

from campaigns import clock, limits
from campaigns.audit import Event
from campaigns.changes.moves import LostRace, move
from campaigns.lifecycle import State
from campaigns.models import Change, Connection, Person


def hold_waiting(connection: Connection, says: str, *, limit: int = 100) -> int:
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
