"""The one door to what entries tell, whether their texts are here or in an archive.

Where a text was removed, the columns still tell who did what, when and to which
campaign; the file of its month has the rest.
"""

import json
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings

from campaigns import documents
from campaigns.audit.entries import Event, leaf
from campaigns.audit.months import Month
from campaigns.models import ArchivedMonth, AuditEntry, Campaign, Connection, Seal

ARCHIVE = "archive"
"""The key under which a body made of columns names the month that has its text."""
UNREADABLE = (OSError, EOFError, ValueError, LookupError, zlib.error)
Broken = zipfile.BadZipFile


@dataclass(frozen=True, slots=True)
class Shelf:
    """The archived months in their order."""

    rows: Sequence[ArchivedMonth]

    def row_at(self, position: int | None) -> ArchivedMonth | None:
        """The month that a position lies in."""
        if position is None:
            return None
        place = bisect_right([row.first for row in self.rows], position) - 1
        row = self.rows[place] if place >= 0 else None
        return row if row and position < row.end else None

    def month_at(self, position: int | None) -> str:
        """Its name, 2025-03; "" where none is archived."""
        row = self.row_at(position)
        return row.month if row else ""


def shelf() -> Shelf:
    """Every archived month."""
    return Shelf(list(ArchivedMonth.objects.order_by("first")))


def removed() -> list[ArchivedMonth]:
    """The archived months whose texts were removed, oldest first."""
    told = AuditEntry.objects.filter(event=Event.TEXTS_REMOVED)
    bodies = told.exclude(body="").values_list("body", flat=True)
    months = {json.loads(body)["facts"]["month"] for body in bodies}
    if not months:
        return []
    return list(ArchivedMonth.objects.filter(pk__in=months).order_by("first"))


def here_since() -> datetime | None:
    """From when on every text is here; None when none was ever removed."""
    months = removed()
    return Month.read(months[-1].month).end if months else None


def words_of(month: str) -> str:
    """A month as people write it; "" stays so."""
    return Month.read(month).words if month else ""


def limits(left_out: Mapping[str, int], looks_back_to: str) -> str:
    """What an export does not hold, in sentences; "" where it holds all."""
    told = [_left_out(left_out)] if left_out else []
    if looks_back_to:
        words = "Words, fields and values were looked for back to"
        told.append(f"{words} {looks_back_to}; older texts lie in archives.")
    return " ".join(told)


def _left_out(left_out: Mapping[str, int]) -> str:
    names = [f"{words_of(one)} (audit-{one}.zip)" for one in sorted(left_out) if one]
    count = sum(left_out.values())
    one = "1 more entry that fits is not in this file: its text lies in the archive of"
    many = "more entries that fit are not in this file: their texts lie in the archives"
    where = ", ".join(names) or "months that are not known"
    return f"{one} {where}." if count == 1 else f"{count:,} {many} of {where}."


def told(entry: AuditEntry) -> documents.Document:
    """What an entry tells, parsed; what its columns tell where the text is not here."""
    return told_all([entry])[0]


def told_all(entries: Sequence[AuditEntry]) -> list[documents.Document]:
    """The same for many, by three more queries where texts are not here."""
    gone = [entry for entry in entries if not entry.body]
    known = _known(gone) if gone else None
    return [
        _of_columns(entry, known)
        if known and not entry.body
        else documents.loads(entry.body)
        for entry in entries
    ]


def whereabouts(entry: AuditEntry) -> dict[str, str]:
    """In which archive a text is: `month` in words, and `file`; "" where in none."""
    position = Seal.objects.filter(entry=entry).values_list("position", flat=True)
    row = shelf().row_at(position.first())
    return {"month": words_of(row.month), "file": row.file} if row else {"month": ""}


def from_archive(entry: AuditEntry) -> str | None:
    """The exact text from the file of its month; None where that is not here.

    Also None where the file holds another text: the leaf tells.
    """
    position = Seal.objects.filter(entry=entry).values_list("position", flat=True)
    row = shelf().row_at(position.first())
    if row is None:
        return None
    path = Path(settings.AUDIT_ARCHIVE_DIR) / row.file
    try:
        text = _line(path, (position.first() or 0) - row.first)
    except (*UNREADABLE, Broken):
        return None
    return text if text is not None and leaf(text) == entry.leaf else None


def _line(path: Path, number: int) -> str | None:
    with zipfile.ZipFile(path) as archive, archive.open("entries.jsonl") as file:
        line = next(islice(file, number, None), None)
    return None if line is None else line.rstrip(b"\n").decode()


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known now of what entries without text name."""

    campaigns: Mapping[int, Any]
    connections: Mapping[int, Any]
    months: Mapping[int, str]


def _known(gone: Sequence[AuditEntry]) -> _Known:
    campaigns = Campaign.objects.filter(pk__in={one.campaign_id for one in gone})
    connections = Connection.objects.filter(pk__in={one.connection_id for one in gone})
    seals = Seal.objects.filter(entry__in=[one.pk for one in gone])
    here = shelf()
    return _Known(
        {row["id"]: row for row in campaigns.values("id", "name", "remote_id")},
        {row["id"]: row for row in connections.values("id", "name", "platform")},
        {pk: here.month_at(at) for pk, at in seals.values_list("entry_id", "position")},
    )


def _of_columns(entry: AuditEntry, known: _Known) -> documents.Document:
    """A body without fields, reason and facts, under the names of today."""
    campaign, connection = entry.campaign_id or 0, entry.connection_id or 0
    return {
        "version": entry.schema_version,
        "stream": entry.stream,
        "number": entry.number,
        "event": entry.event,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "person": entry.person_id,
        "channel": entry.channel,
        "request": "",
        "change": entry.change_id,
        "campaign": known.campaigns.get(campaign),
        "connection": known.connections.get(connection),
        "state": entry.state,
        "fields": [],
        "reason": "",
        "facts": {},
        ARCHIVE: known.months.get(entry.pk, ""),
    }
