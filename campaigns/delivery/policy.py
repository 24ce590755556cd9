"""How often, how late, how long: the retry policy of reads and sends."""

import random
from datetime import timedelta

from campaigns import limits
from campaigns.models import Change

SOON = timedelta(seconds=2)
"""Until a change looks again that must wait for another."""


def delay(tries: int, retry_after: float = 0.0) -> timedelta:
    """How long to wait after the `tries`-th failure: jittered, never early.

    `retry_after` is the platform's wish in seconds; it is a lower bound.
    """
    longest = max(0.5, min(limits.seconds("LONGEST_DELAY"), 2.0 ** min(tries, 9)))
    spread = random.uniform(0.5, longest)  # noqa: S311  no secret
    return timedelta(seconds=max(retry_after, spread))


def is_absurd(wish: float) -> bool:
    """Whether the platform asks to wait so long that a person should know."""
    return wish > limits.seconds("ABSURD_DELAY")


def is_spent(change: Change) -> bool:
    """Whether a change has had all the sends it may have."""
    return change.sends >= limits.count("MAX_SENDS")
