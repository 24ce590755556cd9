"""How often, how late, how long: the one retry policy of delivery."""

import random
from datetime import timedelta

from campaigns import limits
from campaigns.models import Change

FIRST_LOOK_AGAIN = 1.0
LONGEST_LOOK_AGAIN = 30.0


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


def look_again(looks: int) -> timedelta:
    """How long to wait before the next read of a value that has not settled."""
    return timedelta(seconds=min(LONGEST_LOOK_AGAIN, FIRST_LOOK_AGAIN * 2**looks))
