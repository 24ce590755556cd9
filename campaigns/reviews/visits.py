"""Since when a reviewer has not been at the desk."""

from datetime import datetime, timedelta

from campaigns import clock
from campaigns.models import DeskVisit, Person

PAUSE = timedelta(minutes=30)
"""Away for longer than this, and the next look is a new visit."""

AT_FIRST = timedelta(days=7)


def since(person: Person) -> datetime:
    """When the visit before this one ended; a week ago for the first one."""
    visit = DeskVisit.objects.filter(person=person).first()
    now = clock.now()
    if visit is None:
        return now - AT_FIRST
    if now - visit.seen_at > PAUSE:
        return visit.seen_at
    return visit.since or now - AT_FIRST


def note(person: Person) -> None:
    """Remember that this person is at the desk now."""
    DeskVisit.objects.update_or_create(
        person=person, defaults={"since": since(person), "seen_at": clock.now()}
    )
