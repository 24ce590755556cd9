"""Adds and changes connections, and keeps their credentials sealed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from campaigns import audit, clock, keyring
from campaigns.audit import Event, Told
from campaigns.connections import accounts
from campaigns.connections import details as rules
from campaigns.connections.details import Details
from campaigns.models import Channel, Connection, Person

NO_TOKEN: dict[str, Any] = {
    "sealed_token": "",
    "token_expires_at": None,
    "token_lease_until": None,
}
"""Whoever is fetching a token right now loses the claim, and stores nothing."""


@transaction.atomic
def add(
    platform: str, details: Details, secrets: Mapping[str, str], by: Person | None
) -> Connection:
    """Add a connection whose campaigns are read as soon as a worker looks."""
    columns = rules.checked(details, None)
    connection = Connection(
        platform=platform,
        sealed_secrets=keyring.seal(secrets),
        sync_due_at=clock.now(),
        **columns,
    )
    connection.save(force_insert=True)
    accounts.claim(connection)
    connection.people.set(details.people)
    told = _differences({}, rules.details_of(connection))
    tell(Event.CONNECTED, connection, by, told=told, facts={"secrets": _names(secrets)})
    return connection


@transaction.atomic
def change(connection: Connection, details: Details, by: Person | None) -> None:
    """Make a connection what `details` say; tells what is new, or does nothing."""
    current = _locked(connection)
    before = rules.details_of(current)
    columns: dict[str, Any] = rules.checked(details, current)
    if any(columns.get(name) != getattr(before, name) for name in rules.ELSEWHERE):
        columns |= NO_TOKEN
    Connection.objects.filter(pk=connection.pk).update(**columns)
    current.people.set(details.people)
    connection.refresh_from_db()
    accounts.claim(connection)
    told = _differences(_words(before), rules.details_of(connection))
    if told:
        tell(Event.CONNECTION_CHANGED, connection, by, told=told)


@transaction.atomic
def set_credentials(
    connection: Connection, secrets: Mapping[str, str], by: Person | None
) -> None:
    """Replace the credentials named in `secrets`; the others stay as they are."""
    current = _locked(connection)
    kept = (
        {} if _is_unreadable(current) else keyring.open_sealed(current.sealed_secrets)
    )
    sealed = keyring.seal({**kept, **secrets})
    Connection.objects.filter(pk=connection.pk).update(
        sealed_secrets=sealed, **NO_TOKEN
    )
    connection.refresh_from_db()
    accounts.claim(connection)
    tell(Event.CREDENTIALS_CHANGED, connection, by, facts={"secrets": _names(secrets)})


@transaction.atomic
def record_test(
    connection: Connection, ok: bool, words: Sequence[str], by: Person | None
) -> None:
    """Remember that the credentials were tried by one call, and what came of it."""
    mine = Connection.objects.filter(pk=connection.pk)
    mine.update(calls_used=F("calls_used") + 1)
    tell(Event.TESTED, connection, by, facts={"ok": ok, "words": list(words)})


def sync_soon(connection: Connection) -> None:
    """Let a worker read the campaigns of this connection at its next look."""
    Connection.objects.in_use().filter(pk=connection.pk).update(sync_due_at=clock.now())


def tell(
    event: Event,
    connection: Connection,
    by: Person | None,
    *,
    told: Sequence[Told] = (),
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    channel: Channel | None = None,
) -> None:
    """Append the entry of an act on a connection."""
    audit.append(
        event,
        f"connection:{connection.pk}",
        at=clock.now(),
        person=by,
        channel=channel or (Channel.SCREEN if by else Channel.COMMAND),
        connection=connection,
        fields=told,
        reason=reason,
        facts=facts,
    )


def _locked(connection: Connection) -> Connection:
    """The row as it is now, kept so until the end of the transaction.

    SQLite ignores the clause: there the transaction itself is the lock.
    """
    found = Connection.objects.select_for_update().get(pk=connection.pk)
    if found.archived_at:
        raise ValidationError(f"{found} is archived and cannot be changed.")
    return found


def _is_unreadable(connection: Connection) -> bool:
    """Sealed with a key that is gone: what was there cannot be kept."""
    try:
        keyring.open_sealed(connection.sealed_secrets)
    except keyring.KeyMissing:
        return True
    return False


def _names(secrets: Mapping[str, str]) -> list[str]:
    return sorted(name for name, value in secrets.items() if value)


def _words(details: Details) -> dict[str, str]:
    words = {name: _word(getattr(details, name)) for name in rules.LABELS}
    numbers = sorted(person.pk for person in details.people)
    return words | {"people": ", ".join(f"person {number}" for number in numbers)}


def _word(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _differences(before: Mapping[str, str], after: Details) -> list[Told]:
    labels = rules.LABELS | {"people": "People"}
    return [
        Told(name, labels[name], None, None, before.get(name, ""), words)
        for name, words in _words(after).items()
        if words != before.get(name, "")
    ]
