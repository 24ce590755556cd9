"""Views of the audit log that a person keeps under a name."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from campaigns import clock, typed
from campaigns.models import Person, SavedView

NAME_LIMIT = 60
KEPT = 20
"""More tabs than this nobody finds their way in."""


def save(person: Person, name: str, query: str) -> SavedView:
    """Keep these filters under a name; a name already used gets the new filters.

    Raises `ValidationError` with words for the person.
    """
    words = f"Give the view a name of 1 to {NAME_LIMIT} characters."
    name = typed.text(name, NAME_LIMIT, words)
    mine = SavedView.objects.filter(person=person)
    if mine.filter(name=name).update(query=query):
        return mine.get(name=name)
    if mine.count() >= KEPT:
        raise ValidationError(f"You have {KEPT} views. Remove one first.")
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                person=person, name=name, query=query, created_at=clock.now()
            )
    except IntegrityError:
        return save(person, name, query)


def forget(person: Person, pk: int) -> None:
    """Remove one of a person's own views. Raises `SavedView.DoesNotExist`."""
    SavedView.objects.get(person=person, pk=pk).delete()
