"""People: added, changed, deactivated by an admin. Each act leaves its audit entry.

`by` is who acts; None on the command line. What cannot be done is a `ValidationError`
by field. Names and addresses stay out of the history: a person can be forgotten.
"""

import secrets
import zoneinfo
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from campaigns import audit, clock, documents
from campaigns.audit import Event, Told
from campaigns.models import Channel, Connection, Person
from campaigns.rights import Role

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""For passwords read aloud or typed from paper: nothing that looks alike."""
NO_NAME = "Enter the person's name, in signs that can be seen."


@dataclass(frozen=True, slots=True)
class Details:
    """What an admin says about a person."""

    email: str
    full_name: str
    roles: Collection[Role]
    timezone: str = "UTC"


def new_password() -> str:
    """Four groups of four letters and digits (79 bits)."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


@transaction.atomic
def add(
    details: Details, by: Person | None, *, password: str = "", is_demo: bool = False
) -> tuple[Person, str]:
    """Add somebody; returns them with their password, generated unless given."""
    columns = _checked(details, None)
    if is_demo:
        _refuse_demo()
    person = Person(**columns, is_demo=is_demo)
    if password:
        _check_password(password, person)
    given = password or new_password()
    person.set_password(given)
    person.save(force_insert=True)
    audit.remember_name(person)
    facts = {"about": person.pk, "roles": _roles(person), "demo": is_demo}
    _tell(Event.PERSON_ADDED, person, by, facts=facts)
    return person, given


@transaction.atomic
def change(person: Person, details: Details, by: Person | None) -> None:
    """Make a person what `details` say; tells which of it is new, or does nothing."""
    admins = _lock_admins()
    columns = _checked(details, person)
    before, roles = _words(person), _roles(person)
    changed = [
        name for name, value in columns.items() if getattr(person, name) != value
    ]
    if not changed:
        return
    if person.pk in admins and not columns["is_admin"]:
        _keep_one_admin(person, admins, "roles")
    for name in changed:
        setattr(person, name, columns[name])
    person.save(update_fields=changed)
    audit.remember_name(person)
    told = _differences(before, _words(person))
    facts = {"about": person.pk, "roles_before": roles, "roles": _roles(person)}
    _tell(Event.PERSON_CHANGED, person, by, told=told, facts=facts)


@transaction.atomic
def deactivate(person: Person, by: Person | None) -> None:
    """End a person's access at once, on every device. What they began stays."""
    _keep_one_admin(person, _lock_admins(), "")
    person.set_unusable_password()  # ends every session, now and after a return
    active = Person.objects.filter(pk=person.pk, is_active=True)
    if not active.update(is_active=False, password=person.password):
        raise ValidationError(f"{person} is already deactivated.")
    person.is_active = False
    facts = {"about": person.pk, "active": False}
    _tell(Event.PERSON_CHANGED, person, by, facts=facts)


@transaction.atomic
def reactivate(person: Person, by: Person | None) -> str:
    """Let a person in again; returns their new password."""
    if person.is_demo:
        _refuse_demo()
    given = new_password()
    person.set_password(given)
    gone = Person.objects.filter(pk=person.pk, is_active=False)
    if not gone.update(is_active=True, password=person.password):
        raise ValidationError(f"{person} is already active.")
    person.is_active = True
    facts = {"about": person.pk, "active": True}
    _tell(Event.PERSON_CHANGED, person, by, facts=facts)
    return given


@transaction.atomic
def set_password(person: Person, by: Person | None, *, password: str = "") -> str:
    """Give a person a password, generated unless given; ends their sessions."""
    if not person.is_active:
        raise ValidationError(f"{person} is deactivated. Reactivate them first.")
    if password:
        _check_password(password, person)
    given = password or new_password()
    person.set_password(given)
    person.save(update_fields=["password"])
    _tell(Event.PASSWORD_CHANGED, person, by, facts={"about": person.pk})
    return given


@transaction.atomic
def replace_demo(by: Person | None) -> int:
    """Deactivate every demo person, once a real admin is there; returns how many."""
    if not Person.objects.filter(is_admin=True, is_active=True, is_demo=False).exists():
        raise ValidationError(
            "Add an admin of your own first: somebody must be able to sign in."
        )
    demo = list(Person.objects.filter(is_demo=True, is_active=True).order_by("pk"))
    for person in demo:
        deactivate(person, by)
    return len(demo)


def _checked(details: Details, known: Person | None) -> dict[str, str | bool]:
    email = details.email.strip().lower()
    full_name = " ".join(details.full_name.split())
    errors = {
        "email": _wrong_email(email, known),
        "full_name": "" if documents.is_plain(full_name) else NO_NAME,
        "roles": "" if details.roles else "Choose at least one role.",
        "timezone": _wrong_zone(details.timezone),
    }
    if any(errors.values()):
        raise ValidationError({name: [text] for name, text in errors.items() if text})
    return {
        "email": email,
        "full_name": full_name,
        "timezone": details.timezone,
        **{f"is_{role}": role in details.roles for role in Role},
    }


def _wrong_email(email: str, known: Person | None) -> str:
    try:
        validate_email(email)
    except ValidationError:
        return "Enter an e-mail address, such as name@example.com."
    taken = Person.objects.filter(email=email)
    if known:
        taken = taken.exclude(pk=known.pk)
    return "Somebody with this e-mail address is already here." if taken else ""


def _wrong_zone(name: str) -> str:
    known = name in zoneinfo.available_timezones()
    return "" if known else "Choose a time zone such as Europe/Vienna."


def _check_password(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error


def _lock_admins() -> list[int]:
    """The active admins, locked until the end of the transaction.

    SQLite ignores the clause: there the transaction itself is the lock.
    """
    admins = Person.objects.select_for_update().filter(is_admin=True, is_active=True)
    return list(admins.order_by("pk").values_list("pk", flat=True))


def _keep_one_admin(person: Person, admins: list[int], field: str) -> None:
    if admins == [person.pk]:
        words = f"{person} is the last active admin. Make somebody else an admin first."
        raise ValidationError({field: [words]} if field else words)


def _refuse_demo() -> None:
    if Connection.objects.in_use().filter(is_sandbox=False).exists():
        raise ValidationError(
            "Demo people cannot sign in where a real platform is connected: "
            "their password is known to everyone who reads the manual."
        )


def _roles(person: Person) -> list[str]:
    return [role.value for role in person.roles]


def _words(person: Person) -> dict[str, tuple[str, str]]:
    """Label and words by field; names and addresses are told as changed, not what."""
    return {
        "full_name": ("Name", person.full_name),
        "email": ("E-mail", person.email),
        "roles": ("Roles", ", ".join(_roles(person))),
        "timezone": ("Time zone", person.timezone),
    }


def _differences(
    before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]]
) -> list[Told]:
    told = []
    for field, (label, words) in after.items():
        seen = before[field][1]
        if seen == words:
            continue
        private = field in ("full_name", "email")
        shown = ("", "") if private else (seen, words)
        told.append(Told(field, label, None, None, *shown))
    return told


def _tell(
    event: Event,
    person: Person,
    by: Person | None,
    *,
    facts: Mapping[str, object],
    told: Collection[Told] = (),
) -> None:
    audit.append(
        event,
        f"user:{person.pk}",
        at=clock.now(),
        person=by,
        channel=Channel.SCREEN if by else Channel.COMMAND,
        fields=list(told),
        facts=facts,
    )
