"""The one door for the state of a change: request it, move it, decide about it.

Every move is a conditional UPDATE in one transaction with its audit entry.
"""

from campaigns.changes.decisions import (
    ASIDE,
    LEFT,
    cancel,
    is_left,
    is_refused,
    is_withdrawn,
    look_again,
    put_aside,
    send_again,
    supersede,
)
from campaigns.changes.holding import (
    REASON_LIMIT,
    hold_all,
    hold_reason,
    hold_waiting,
    let_go,
    release,
)
from campaigns.changes.moves import Fate, LostRace, as_they_are, move, split, wake
from campaigns.changes.requests import NotAllowed, Overtaken, Wish, request

__all__ = [
    "ASIDE",
    "LEFT",
    "REASON_LIMIT",
    "Fate",
    "LostRace",
    "NotAllowed",
    "Overtaken",
    "Wish",
    "as_they_are",
    "cancel",
    "hold_all",
    "hold_reason",
    "hold_waiting",
    "is_left",
    "is_refused",
    "is_withdrawn",
    "let_go",
    "look_again",
    "move",
    "put_aside",
    "release",
    "request",
    "send_again",
    "split",
    "supersede",
    "wake",
]
