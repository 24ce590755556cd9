"""What may be asked of the audit history, and which index answers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from campaigns.models import AuditEntry, AuditField, AuditValue, Connection, Person
from campaigns.queries.entries import find_entry, first_after, last_before

MANY = 20
"""More connections than this are not read side by side."""


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries are asked for; an empty value asks for all.

    `text` is part of a name, a value or a reason; `value` is a whole value of a field,
    before or after; `since` is part of the time asked for, `until` is not.
    """

    text: str = ""
    person: int | None = None
    campaign: int | None = None
    connection: int | None = None
    platform: str = ""
    field: str = ""
    value: str = ""
    state: str = ""
    event: str = ""
    channel: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def asks_texts(self) -> bool:
        """Whether only texts, or what finds them, can tell which entries fit."""
        return bool(self.text or self.field or self.value)


@dataclass(frozen=True, slots=True)
class Index:
    """Rows in the order of their entries, and where each names its entry.

    Several branches are merged; each is one range of one index.
    """

    branches: Sequence[QuerySet[Any]]
    key: str = "pk"


_COLUMNS = ("person", "campaign", "connection", "state", "event", "channel")
_BY = (
    ("person", "campaign"),
    ("campaign",),
    ("connection", "state"),
    ("person",),
    ("event",),
    ("state",),
    ("connection",),
    ("channel",),
)
"""The indexes over columns, the one that leaves least to compare first."""


def index_for(person: Person, wanted: EntryFilter) -> Index:
    """The index to walk along; what it does not answer is compared row by row."""
    if wanted.value:
        return Index([_values(value=AuditValue.folded(wanted.value))], "entry_id")
    if wanted.field and wanted.campaign is not None:
        of_one = _values(campaign_id=wanted.campaign, field=wanted.field)
        return Index([of_one], "entry_id")
    if wanted.field and wanted.person is None:
        named = AuditField.objects.filter(field=wanted.field)
        return Index([named], "entry_id")
    asked = columns(wanted)
    for names in _BY:
        if all(_column(name) in asked for name in names):
            chosen = {_column(name): asked[_column(name)] for name in names}
            return Index([AuditEntry.objects.filter(**chosen)])
    return Index(_of_platform(person, wanted.platform))


def columns(wanted: EntryFilter) -> dict[str, Any]:
    """What is asked of the columns of an entry."""
    asked = {_column(name): getattr(wanted, name) for name in _COLUMNS}
    return {name: value for name, value in asked.items() if value not in (None, "")}


def matching(person: Person, wanted: EntryFilter) -> QuerySet[AuditEntry]:
    """Every entry asked for that this person may read, but for its text."""
    found = find_entry(person).filter(**columns(wanted))
    if wanted.platform:
        found = found.filter(connection_id__in=_connections(person, wanted.platform))
    if wanted.value or wanted.field:
        found = found.filter(_naming(wanted))
    if wanted.since is not None:
        found = found.filter(at__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(at__lt=wanted.until)
    return found


def bounds(wanted: EntryFilter) -> tuple[int, int] | None:
    """The first and last primary key that the days allow; None when they allow none."""
    first = first_after(wanted.since) if wanted.since else 0
    last = last_before(wanted.until) if wanted.until else 2**63 - 1
    return (first, last) if first is not None and last is not None else None


def _naming(wanted: EntryFilter) -> Exists:
    of_entry = {"entry": OuterRef("pk")}
    if not wanted.value:
        return Exists(AuditField.objects.filter(field=wanted.field, **of_entry))
    named = _values(value=AuditValue.folded(wanted.value), **of_entry)
    return Exists(named.filter(field=wanted.field) if wanted.field else named)


def _of_platform(person: Person, platform: str) -> list[QuerySet[AuditEntry]]:
    entries = AuditEntry.objects.all()
    keys = _connections(person, platform) if platform else []
    if not platform or len(keys) > MANY:
        return [entries]
    return [entries.filter(connection_id=key) for key in keys]


def _connections(person: Person, platform: str) -> list[int]:
    on = Connection.objects.visible_to(person).filter(platform=platform)
    return list(on.values_list("pk", flat=True))


def _values(**asked: Any) -> QuerySet[AuditValue]:
    return AuditValue.objects.filter(**asked)


def _column(name: str) -> str:
    return f"{name}_id" if name in ("person", "campaign", "connection") else name
