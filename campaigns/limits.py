"""The numbers of delivery: how long, how often, how many.

`DELIVERY` in the settings holds them, read from the environment as `DELIVERY_<NAME>`;
docs/operations.md explains each. Asked for when needed, never remembered.
"""

from datetime import timedelta

from django.conf import settings

USUAL: dict[str, float] = {
    "LEASE": 60.0,
    "POLL": 1.0,
    "THREADS": 8.0,
    "EXPIRY": 24 * 3600.0,
    "MAX_SENDS": 12.0,
    "LONGEST_DELAY": 300.0,
    "ABSURD_DELAY": 3600.0,
    "COMPARE_AGE": 2.0,
    "FIRST_WATCH": 60.0,
    "LAST_WATCH": 600.0,
    "LIST_LOOK": 900.0,
    "LOOKS": 20.0,
    "WATCHES": 5.0,
    "BURST": 6.0,
    "RESERVE": 2.0,
    "SMALL_SET": 10.0,
    "PATIENCE": 900.0,
    "FAILURES": 5.0,
    "FIRST_REST": 5.0,
    "LONGEST_REST": 300.0,
}
"""In seconds, or a count. What holds where the environment says nothing."""


def seconds(name: str) -> float:
    """A length of time in seconds."""
    return float(settings.DELIVERY[name])


def span(name: str) -> timedelta:
    """The same as a timedelta."""
    return timedelta(seconds=seconds(name))


def count(name: str) -> int:
    """How many."""
    return int(settings.DELIVERY[name])
