"""What each worker does for the history about once a second: seal, anchor, look.

Safe to run in any number of processes at once.
"""

import time

import structlog
from django.db import connection, transaction

from campaigns import clock
from campaigns.audit import anchors, seal, triggers
from campaigns.audit.entries import Event, append
from campaigns.models import Channel

LOOK_SECONDS = 600

log = structlog.get_logger(__name__)


class _Looked:
    again_after = 0.0


def run_once() -> int:
    """Seal what is pending, lay down what is due; how many entries were sealed."""
    if time.monotonic() >= _Looked.again_after:
        _Looked.again_after = time.monotonic() + LOOK_SECONDS
        look()
    sealed = seal.run_once()
    anchors.place_due()
    return sealed


@transaction.atomic
def protect() -> list[str]:
    """Put the triggers back that were missing; that is an entry, too."""
    missing = triggers.missing(connection)
    triggers.install(connection)
    if missing:
        told = f"Triggers were missing and are back: {', '.join(missing)}."
        append(
            Event.PROTECTED,
            "system",
            at=clock.now(),
            channel=Channel.COMMAND,
            facts={"says": told},
        )
    return missing


def look() -> list[str]:
    """The missing triggers; each is also logged as critical."""
    missing = triggers.missing(connection)
    for name in missing:
        log.critical("the history is not protected by the database", trigger=name)
    return missing
