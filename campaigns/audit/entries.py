"""Appends entries to the audit history, inside the caller's transaction.

Never updates, never deletes; what is hashed is exactly what is stored.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.db import connection as database

from campaigns import documents
from campaigns.models import (
    AuditEntry,
    AuditValue,
    Campaign,
    Change,
    Connection,
    Person,
    PersonName,
)

SCHEMA_VERSION = 1
_NEXT = (
    "INSERT INTO campaigns_auditstream (name, last_number) VALUES (%s, 1) "
    "ON CONFLICT (name) DO UPDATE SET last_number = "
    "campaigns_auditstream.last_number + 1 RETURNING last_number"
)
_FIELD = "INSERT INTO campaigns_auditfield (entry_id, field) VALUES "
_VALUE = (
    "INSERT INTO campaigns_auditvalue (entry_id, campaign_id, field, value) VALUES "
)


class Event(StrEnum):
    """What happened, in one word or two."""

    REQUESTED = "change requested"
    SPLIT = "split off"
    SENDING = "sending"
    ANSWERED = "answered"
    COMPARED = "compared"
    VERIFIED = "read back"
    MOVED = "moved on"
    DECIDED = "decided"
    CANCELLED = "cancelled"
    PUT_ASIDE = "put aside"
    OUTSIDE = "changed outside"
    REPORTED = "newly reported"
    WITHHELD = "no longer reported"
    LABELLED = "labelled"
    HELD = "held"
    RELEASED = "released"
    CONNECTED = "connection added"
    CONNECTION_CHANGED = "connection changed"
    CREDENTIALS_CHANGED = "credentials changed"
    TESTED = "connection tested"
    ARCHIVED = "connection archived"
    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    SIGN_IN_FAILED = "sign-in failed"
    THROTTLED = "throttled"
    PERSON_ADDED = "person added"
    PERSON_CHANGED = "person changed"
    PASSWORD_CHANGED = "password changed"
    SECOND_FACTOR_CHANGED = "second factor changed"
    EXPORTED = "exported"
    REVIEWED = "reviewed"
    FLAGGED = "flagged"
    ASKED = "question asked"
    REPLIED = "question answered"
    NOTICE_ADDED = "notice added"
    NOTICE_CHANGED = "notice changed"
    NOTICE_STOPPED = "notice stopped"
    KEY_CHANGED = "sealing key changed"
    CHECKED = "history verified"
    PROTECTED = "triggers put back"
    MONTH_ARCHIVED = "month archived"
    TEXTS_REMOVED = "texts removed"


@dataclass(frozen=True, slots=True)
class Told:
    """One field as an entry tells it; values are canonical text, None is unknown."""

    field: str
    label: str
    seen: str | None
    wanted: str | None
    seen_text: str = ""
    wanted_text: str = ""
    state: str = ""
    origin: str = ""
    says: str = ""


def append(
    event: Event,
    stream: str,
    *,
    at: datetime,
    person: Person | None = None,
    channel: str = "",
    change: Change | None = None,
    campaign: Campaign | None = None,
    connection: Connection | None = None,
    state: str = "",
    fields: Sequence[Told] = (),
    reason: str = "",
    request_id: str = "",
    facts: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write one entry with the next number of its stream, in its event's transaction.

    `facts` holds JSON without floats and without secrets.
    """
    campaign = campaign or (change.campaign if change else None)
    connection = connection or (campaign.connection if campaign else None)
    body = {
        "version": SCHEMA_VERSION,
        "stream": stream,
        "number": _next_number(stream),
        "event": event.value,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "person": person.pk if person else None,
        "channel": channel,
        "request": request_id,
        "change": change.pk if change else None,
        "campaign": _campaign(campaign),
        "connection": _connection(connection),
        "state": state,
        "fields": [asdict(told) for told in fields],
        "reason": reason,
        "facts": dict(facts or {}),
    }
    return _store(body, at)


def _store(body: dict[str, Any], at: datetime) -> AuditEntry:
    """Keep the exact text, its leaf, and the columns that find it again."""
    text = documents.canonical(body)
    entry = AuditEntry.objects.create(
        stream=body["stream"],
        number=body["number"],
        body=text,
        leaf=leaf(text),
        schema_version=SCHEMA_VERSION,
        at=at,
        event=body["event"],
        state=body["state"],
        channel=body["channel"],
        person_id=body["person"],
        campaign_id=_id(body["campaign"]),
        connection_id=_id(body["connection"]),
        change_id=body["change"],
    )
    names = dict.fromkeys(told["field"] for told in body["fields"])
    _index(_FIELD, [(entry.pk, name) for name in names])
    values = indexed_values(body)
    _index(_VALUE, [(entry.pk, entry.campaign_id, *pair) for pair in values])
    return entry


def _index(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """One plain statement: it is a part of accepting each change."""
    if rows:
        places = ", ".join(f"({', '.join(['%s'] * len(row))})" for row in rows)
        with database.cursor() as cursor:
            cursor.execute(statement + places, [each for row in rows for each in row])


def indexed_values(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The values that find an entry again: field and folded value, each pair once."""
    pairs = [
        (told["field"], AuditValue.folded(value))
        for told in body["fields"]
        for value in _shown(told)
    ]
    return pairs if len(pairs) < 2 else list(dict.fromkeys(pairs))


def _shown(told: Mapping[str, Any]) -> list[str]:
    shown = (told.get("seen_text"), told.get("wanted_text"))
    return [text for text in shown if text] or [""]


def _id(named: dict[str, Any] | None) -> int | None:
    return named["id"] if named else None


def leaf(body: str) -> str:
    """The Merkle leaf of a body, in hex (RFC 9162 section 2.1.1)."""
    return hashlib.sha256(b"\x00" + body.encode()).hexdigest()


def remember_name(person: Person) -> None:
    """Keep the name behind a person's number; history itself holds numbers only."""
    PersonName.objects.update_or_create(
        person_id=person.pk, defaults={"name": str(person)}
    )


def _next_number(stream: str) -> int:
    """One statement, which is also the stream's lock until the transaction ends."""
    if not database.in_atomic_block:
        raise RuntimeError("an audit entry belongs to the transaction of its event")
    with database.cursor() as cursor:
        cursor.execute(_NEXT, [stream])
        return int(cursor.fetchone()[0])


def _campaign(campaign: Campaign | None) -> dict[str, Any] | None:
    if campaign is None:
        return None
    return {
        "id": campaign.pk,
        "remote_id": campaign.remote_id,
        "name": campaign.name,
    }


def _connection(connection: Connection | None) -> dict[str, Any] | None:
    if connection is None:
        return None
    return {
        "id": connection.pk,
        "name": connection.name,
        "platform": connection.platform,
    }
