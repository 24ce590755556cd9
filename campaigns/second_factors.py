"""Second factors of people: whether one is asked for, and the way out without it.

What becomes of one is told to the history by the sign-in part of the project.
"""

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction

from campaigns.models import Person


def has_one(person: Person) -> bool:
    """Whether more than the password is asked of them."""
    return bool(Authenticator.objects.filter(user=person).exists())


@transaction.atomic
def remove(person: Person) -> None:
    """For who lost it: the password alone lets them in, until they add a new one."""
    removed, _ = Authenticator.objects.filter(user=person).delete()
    if not removed:
        raise ValidationError(f"{person} has no second factor.")
