"""Moves what waits on a connection to Held, and back to Waiting after a release.

What a stop holds bears its mark, `held_with`: it goes on as soon as nothing holds that
connection any more. Whoever was interrupted half-way, or overtaken, leaves marks; the
workers look for them, so nothing stays Held that nothing holds.
"""

import time
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from campaigns import clock, limits, typed
from campaigns.audit import Event
from campaigns.changes.moves import LostRace, move
from campaigns.lifecycle import State
from campaigns.models import Change, Connection, Person

AT_ONCE = 500
"""How many a release moves itself; the workers move the rest."""
CHUNK = 100
PAUSE = 0.05
"""In seconds, after each chunk: SQLite has one writer, and others write as well."""
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
    """Move up to `limit` waiting changes of a held connection to Held; how many.

    Ends early when the hold does.
    """
    waiting = Change.objects.filter(
        campaign__connection=connection, state=State.WAITING
    )
    columns = {"says": says, "waits_for_person": True, "held_with": connection}
    return _move_all(waiting, connection, State.HELD, limit, columns)


def let_go(connection: Connection) -> int:
    """Let everything Held there go on with the release that this transaction writes.

    Also what was held for itself alone: whoever releases has looked into it. Returns
    how many changes go on; `release` moves them.
    """
    held = Change.objects.filter(campaign__connection=connection, state=State.HELD)
    unmarked = held.filter(held_with=None)
    list(unmarked.order_by("pk").select_for_update().values_list("pk"))
    unmarked.update(held_with=connection)
    return held.count()


def release(
    connection: Connection, person: Person | None, *, limit: int = AT_ONCE
) -> int:
    """Move up to `limit` marked changes back to Waiting; each is compared anew.

    Nothing moves while the connection, its platform or everything is on hold. The time
    on hold does not count: each has its whole time again.
    """
    going = Connection.objects.going().filter(pk=connection.pk)
    marked = Change.objects.filter(held_with=connection, state=State.HELD)
    columns = {
        "person": person,
        "waits_for_person": False,
        "expires_at": clock.now() + limits.span("EXPIRY"),
    }
    freed = marked.filter(held_with__in=going)
    return _move_all(freed, connection, State.WAITING, limit, columns)


def _move_all(
    found: QuerySet[Change],
    connection: Connection,
    after: State,
    limit: int,
    columns: dict[str, Any],
) -> int:
    """Move one after the other, until that is no longer what the holds ask for."""
    moved = 0
    rows = found.select_related("campaign__connection", "change_set").order_by("pk")
    for number, change in enumerate(rows[:limit], start=1):
        try:
            if not _move(connection, change, after, columns):
                break
        except LostRace:
            continue
        moved += 1
        if not number % CHUNK:
            time.sleep(PAUSE)
    return moved


@transaction.atomic
def _move(
    connection: Connection, change: Change, after: State, columns: dict[str, Any]
) -> bool:
    """Move one change, unless a hold was written or ended since: asked right here."""
    is_going = Connection.objects.going().filter(pk=connection.pk).exists()
    if is_going is not (after == State.WAITING):
        return False
    event = Event.RELEASED if is_going else Event.HELD
    move(change, after, event, due_at=None, **columns)
    return True
