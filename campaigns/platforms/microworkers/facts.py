"""What to tell about a hire-group campaign that cannot be edited here."""

from collections.abc import Iterator
from typing import Any, Final

from campaigns.documents import Document
from campaigns.fields import verbatim

LABELS: Final = (
    ("status", "Status"),
    ("blockedReason", "Reason for the block"),
    ("availablePositions", "Positions available"),
    ("maxPositionPerWorker", "Positions per worker"),
    ("paymentPerTask", "Payment per task"),
    ("estimateCost", "Estimated cost"),
    ("minutesToFinish", "Minutes to finish"),
    ("slotsCount", "Slots"),
    ("created", "Created"),
    ("approved", "Approved"),
    ("finished", "Finished"),
)
ABSENT: Final = (
    (
        "Status",
        "Pause, resume, stop and restart are separate actions: use Microworkers.",
    ),
    ("Title and description", "They are fixed when the campaign is created."),
    ("Payment, positions and category", "Microworkers keeps them out of this update."),
    ("Minutes to finish", "It is fixed when the campaign is created."),
    (
        "Visibility delay and schedules",
        "Newer than the update this tool is made for. A schedule of the daily limit "
        "is sent back as it was read.",
    ),
)
EDITABLE_STATES: Final = frozenset({"RUNNING", "PAUSED"})


def extras(document: Document) -> Iterator[tuple[str, str]]:
    """Plain facts, as Microworkers reports them."""
    for key, label in LABELS:
        value = document.get(key)
        if value not in (None, "", [], {}):
            yield label, _words(value)


def caution(document: Document) -> str:
    """Why Microworkers may refuse any edit of this campaign, or nothing."""
    status = document.get("status")
    if not isinstance(status, str) or status.upper() in EDITABLE_STATES:
        return ""
    return f"The campaign is {status}: Microworkers may refuse edits in this state."


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {verbatim(part)}" for key, part in value.items())
    return verbatim(value)
