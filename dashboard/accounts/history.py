"""What the audit history says of coming and going. Called by the sign-in adapter.

Never holds a password, nor an address that somebody typed: only whether it is known.
"""

from django.core.cache import cache
from django.db import transaction

from campaigns import audit, clock
from campaigns.audit import Event
from campaigns.models import Channel, Person

QUIET_SECONDS = 60
"""A flood of throttled requests becomes one entry a minute for each address."""


def signed_in(person: Person) -> None:
    _tell(Event.SIGNED_IN, person, person)


def signed_out(person: Person) -> None:
    _tell(Event.SIGNED_OUT, person, person)


def password_changed(person: Person) -> None:
    _tell(Event.PASSWORD_CHANGED, person, person)


def second_factor_changed(
    person: Person, by: Person | None, kind: str, done: str
) -> None:
    """`kind` is totp, recovery_codes or webauthn; `done` is added or removed."""
    _tell(Event.SECOND_FACTOR_CHANGED, by, person, kind=kind, done=done)


def sign_in_failed(email: str) -> None:
    """A wrong password or code, an unknown address, or a deactivated person."""
    _tell(Event.SIGN_IN_FAILED, None, _known(email))


def throttled(key: str, email: str = "") -> None:
    """Too many tries; `key` tells apart whose."""
    if cache.add(f"throttled:{key}", 1, QUIET_SECONDS):
        _tell(Event.THROTTLED, None, _known(email))


def _known(email: str) -> Person | None:
    return Person.objects.filter(email=email.strip().lower()).first()


@transaction.atomic
def _tell(
    event: Event, actor: Person | None, about: Person | None, **facts: str
) -> None:
    """`actor` has proved who they are; `about` is only who was meant."""
    audit.append(
        event,
        f"user:{about.pk}" if about else "system",
        at=clock.now(),
        person=actor,
        channel=Channel.SCREEN,
        facts={"about": about.pk if about else None, **facts},
    )
