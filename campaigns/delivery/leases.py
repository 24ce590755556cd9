"""Until when something is kept, and that no clock set back keeps it longer.

A lease ends by itself. One that ends later than it could if it began now was written
before the clock was set back, or by a machine whose clock is far ahead: it is over.
What it kept is safe: whoever lost a lease is fenced.
"""

from datetime import datetime, timedelta

from django.db.models import Q

SLACK = timedelta(seconds=60)
"""How far the clocks of two machines may differ."""


def is_over(until: datetime | None, now: datetime, longest: timedelta) -> bool:
    """Whether a time, at most `longest` ahead when it was written, has passed."""
    return until is None or until <= now or is_ahead(until, now, longest)


def is_ahead(at: datetime, now: datetime, longest: timedelta) -> bool:
    """Whether it lies further ahead than anybody could have written it now."""
    return at > now + longest + SLACK


def past(column: str, now: datetime, longest: timedelta) -> Q:
    """The rows whose time has come, or lies too far ahead; not those without one."""
    return Q(**{f"{column}__lte": now}) | Q(**{f"{column}__gt": now + longest + SLACK})


def over(column: str, now: datetime, longest: timedelta) -> Q:
    """The rows where it has passed, or where there is none."""
    return Q(**{column: None}) | past(column, now, longest)
