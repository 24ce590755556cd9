"""What waits for a person: one's own first, shared with everyone after a while."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns import clock
from campaigns.lifecycle import NEEDS_PERSON, State
from campaigns.models import Change, Connection, Person, Question
from campaigns.rights import Right

SHARED_AFTER = timedelta(hours=4)
"""After this long, what waits for one person is shown to everyone who may act."""


def find_needs(person: Person) -> QuerySet[Change]:
    """The changes that wait for this person, the longest wait first.

    One's own; for who may edit also those that waited too long, those of people who
    left, and everything Held.
    """
    shown = Q(change_set__person=person)
    if person.may(Right.EDIT):
        shown |= (
            Q(moved_at__lt=clock.now() - SHARED_AFTER)
            | Q(change_set__person__is_active=False)
            | Q(state=State.HELD)
        )
    return _waiting(person).filter(shown).order_by("moved_at", "pk")


def find_others(person: Person) -> QuerySet[Change]:
    """The changes that still wait for somebody else, the longest wait first."""
    mine = find_needs(person).order_by().values("pk")
    return _waiting(person).exclude(pk__in=mine).order_by("moved_at", "pk")


def find_troubled(person: Person) -> QuerySet[Connection]:
    """Connections on hold or not read, for those who can do something about it."""
    if not (person.may(Right.HOLD) or person.may(Right.CONNECT)):
        return Connection.objects.none()
    trouble = Q(held_at__isnull=False) | ~Q(sync_error="")
    seen = Connection.objects.visible_to(person).in_use()
    return seen.filter(trouble).select_related("held_by")


def find_questions(person: Person) -> QuerySet[Question]:
    """Open questions for this person to answer, the oldest first.

    Their own sets'; for who may edit also those that waited long, and those of people
    who left.
    """
    mine = Q(change_set__person=person)
    if person.may(Right.EDIT):
        mine |= Q(at__lt=clock.now() - SHARED_AFTER)
        mine |= Q(change_set__person__is_active=False)
    return find_open_questions(person).filter(mine)


def find_open_questions(person: Person) -> QuerySet[Question]:
    """Every open question on a set that this person may see, the oldest first."""
    seen = Change.objects.visible_to(person).filter(
        change_set=OuterRef("change_set_id")
    )
    return (
        Question.objects.filter(Exists(seen.order_by()), answered_at=None)
        .select_related("change_set__person", "person")
        .order_by("at", "pk")
    )


def count_needs(person: Person) -> int:
    """How much the page "Needs you" would list for this person."""
    waiting = find_needs(person).count() + find_troubled(person).count()
    return waiting + find_questions(person).count()


def _waiting(person: Person) -> QuerySet[Change]:
    return (
        Change.objects.visible_to(person)
        .filter(state__in=NEEDS_PERSON, waits_for_person=True)
        .select_related("campaign__connection", "change_set__person")
        .prefetch_related("fields")
    )
