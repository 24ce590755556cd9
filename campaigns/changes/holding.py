"""Moves what waits on a connection to Held, and back to Waiting after a release."""

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
        moved += _try(change, State.HELD, Event.HELD, says=says, waits=True)
    return moved


def release(
    connection: Connection, person: Person | None, *, limit: int = 100_000
) -> int:
    """Move the held changes of a connection back to Waiting; each is compared anew."""
    held = Change.objects.filter(
        campaign__connection=connection, state=State.HELD
    ).select_related("campaign__connection", "change_set")
    moved = 0
    for change in held.order_by("pk")[:limit]:
        moved += _try(change, State.WAITING, Event.RELEASED, person=person)
    return moved


def _try(
    change: Change,
    after: State,
    event: Event,
    *,
    says: str = "",
    person: Person | None = None,
    waits: bool = False,
) -> int:
    try:
        move(
            change,
            after,
            event,
            says=says,
            person=person,
            due_at=None,
            waits_for_person=waits,
        )
    except LostRace:
        return 0
    return 1
