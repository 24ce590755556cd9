"""Who is told of which entries: subscribing, changing, stopping."""

from campaigns.notices.subscriptions import (
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
    "NotYours",
    "Wanted",
    "add",
    "change",
    "secret_of",
    "start",
    "stop",
    "tell_again",
]
