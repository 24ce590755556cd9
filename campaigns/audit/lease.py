"""Lets one process at a time do a thing: a row taken by a conditional UPDATE.

Who dies with a lease loses it when its time is up. Not a lock: what must never
happen twice is also refused by the database.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q

from campaigns import clock
from campaigns.models import SealLease

TERM = timedelta(seconds=30)


@contextmanager
def held(name: str) -> Iterator[str]:
    """The holder's mark while the block runs; "" when somebody else is at it."""
    holder = uuid.uuid4().hex
    if not take(name, holder):
        yield ""
        return
    try:
        yield holder
    finally:
        SealLease.objects.filter(name=name, holder=holder).update(until=clock.now())


def take(name: str, holder: str) -> bool:
    """Take a free lease, or have one's own for another term."""
    now = clock.now()
    free = SealLease.objects.filter(Q(until__lt=now) | Q(holder=holder), name=name)
    if free.update(holder=holder, until=now + TERM):
        return True
    made = SealLease(name=name, holder=holder, until=now + TERM)
    SealLease.objects.bulk_create([made], ignore_conflicts=True)
    return SealLease.objects.filter(name=name, holder=holder).exists()
