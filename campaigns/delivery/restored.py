"""Holds everything where the database is older than its own history.

A restored copy does not know what was sent since: an edit that waits in it may be live
already. So nothing leaves before a person has looked, and everything is read anew.
"""

import threading

import structlog

from campaigns import clock, holds
from campaigns.audit import Event, anchors, seal
from campaigns.models import AuditEntry, Campaign, Change, Connection, Hold

REASON = (
    "The database is older than its history: a checkpoint of {laid:,} entries was laid "
    "down elsewhere, and it holds {here:,}. It was restored from a copy, or lost what "
    "was written last. What waits here may have been sent already: look at the changes "
    "that are open, then release."
)

log = structlog.get_logger(__name__)

_looking = threading.Lock()


class _Looked:
    at_all = False


def look_once() -> None:
    """Look before the first job of this process. Raises `DatabaseError`."""
    with _looking:
        if not _Looked.at_all:
            hold_if_restored()
            _Looked.at_all = True


def hold_if_restored() -> bool:
    """Hold everything and have it read anew; False where nothing says so.

    Once for each checkpoint: whoever released it has decided.
    """
    laid, newest = _laid_down(), seal.newest()
    here = newest.size if newest else 0
    if laid <= here or not Change.objects.exists() or _is_told(laid):
        return False
    log.error("database older than its history", laid_down=laid, here=here)
    Connection.objects.in_use().update(sync_due_at=clock.now())
    Campaign.objects.filter(is_deleted=False).update(read_due_at=clock.now())
    return holds.hold(Hold.EVERYTHING, None, REASON.format(laid=laid, here=here))


def _laid_down() -> int:
    """Entries of the largest checkpoint elsewhere; 0 where none can be read."""
    try:
        return max((one.size for one in anchors.laid_down()), default=0)
    except (OSError, ValueError):
        log.exception("checkpoints elsewhere cannot be read")
        return 0


def _is_told(laid: int) -> bool:
    told = AuditEntry.objects.filter(stream="system", event=Event.HELD)
    return told.filter(body__contains=f"a checkpoint of {laid:,} entries").exists()
