"""Who is told of which entries: subscribing, changing, stopping."""

from campaigns.notices.subscriptions import (
    KEPT,
    NotYours,
    Wanted,
    add,
    change,
    secret_of,
    start,
    stop,
    tell_again,
)

__all__ = [
    "KEPT",
    "NotYours",
    "Wanted",
    "add",
    "change",
    "secret_of",
    "start",
    "stop",
    "tell_again",
]
