"""Holds archived months against the sealed history: rows, entries, and their files.

A text may be missing only inside a month that a sealed entry tells as its row does.
Where the file of a month is at hand, it is read in full.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from campaigns.audit import archive, columns, states, stored
from campaigns.audit.entries import Event, leaf
from campaigns.audit.findings import Findings, Kind
from campaigns.models import ArchivedMonth, AuditEntry, Seal

UNREADABLE = (OSError, EOFError, ValueError, LookupError, zlib.error)
Broken = zipfile.BadZipFile

Ranges = Sequence[tuple[int, int]]
"""Positions: the first, and the one after the last."""


def check_rows(found: Findings) -> list[ArchivedMonth]:
    """The months that sealed entries tell, in their order; what differs is noted."""
    rows = list(ArchivedMonth.objects.order_by("first", "month"))
    told, sealed = _told()
    good, end = [], 0
    for row in rows:
        wrong = _wrong(row, told.get(row.entry_id), end)
        if wrong:
            found.add(Kind.ARCHIVE, f"archive of {row.month}", wrong)
        elif row.entry_id in sealed:
            good.append(row)
        end = row.end
    for entry in sorted(told.keys() - {row.entry_id for row in rows}):
        words = f"entry {entry} tells of it, and its row is gone"
        found.add(Kind.ARCHIVE, f"archive of {told[entry].get('month')}", words)
    return good


def told_now() -> Ranges:
    """Where texts may be missing now: a month may be archived while others verify."""
    return ranges(check_rows(Findings()))


def ranges(rows: Sequence[ArchivedMonth]) -> Ranges:
    """Where texts may be missing; neighbours as one."""
    merged: list[tuple[int, int]] = []
    for row in rows:
        first = merged.pop()[0] if merged and merged[-1][1] == row.first else row.first
        merged.append((first, row.end))
    return merged


def check_files(
    found: Findings, rows: Sequence[ArchivedMonth], folders: Sequence[Path]
) -> tuple[int, list[ArchivedMonth]]:
    """Read the files there are; how many, and the months whose texts nobody saw."""
    read, unread = 0, []
    for row in rows:
        path = next((p for f in folders if (p := f / row.file).is_file()), None)
        if path is None:
            unread.append(row)
            continue
        read += 1
        _check_file(found, row, path)
    return read, [row for row in unread if _has_gone(row)]


def _told() -> tuple[dict[int, dict[str, Any]], Mapping[int, str]]:
    """By entry, what those that tell of archives say; and which are sealed.

    {} where an entry is not as it was written.
    """
    entries = AuditEntry.objects.filter(event=Event.MONTH_ARCHIVED)
    seals = Seal.objects.filter(entry__in=entries)
    sealed = dict(seals.values_list("entry_id", "leaf"))
    told = {one.pk: _facts(one, sealed.get(one.pk, one.leaf)) for one in entries}
    return told, sealed


def _facts(entry: AuditEntry, wanted: str) -> dict[str, Any]:
    if leaf(entry.body) != wanted:
        return {}
    told = json.loads(entry.body)
    return dict(told["facts"]) if told["event"] == Event.MONTH_ARCHIVED else {}


def _wrong(row: ArchivedMonth, told: dict[str, Any] | None, end: int) -> str:
    if told is None:
        return f"no entry tells of it (its row names entry {row.entry_id})"
    own = archive.facts_of(row)
    differing = [name for name, value in own.items() if told.get(name) != value]
    if differing:
        return f"{', '.join(differing)} not as entry {row.entry_id} says"
    return "" if row.first == end else f"it begins at {row.first}, not at {end}"


def _has_gone(row: ArchivedMonth) -> bool:
    inside = Seal.objects.filter(position__gte=row.first, position__lt=row.end)
    return inside.filter(entry__body="").exists()


def _check_file(found: Findings, row: ArchivedMonth, path: Path) -> None:
    try:
        if archive.digest(path) != row.sha256:
            found.add(Kind.ARCHIVE, str(path), "it is not the file that was archived")
        at = row.first
        for texts in _texts(path):
            _compare(found, texts, at, path)
            at += len(texts)
        if at != row.end:
            words = f"it ends before position {at}, and the month before {row.end}"
            found.add(Kind.ARCHIVE, str(path), words)
    except (*UNREADABLE, Broken) as error:
        words = f"it cannot be read ({type(error).__name__}: {error})"
        found.add(Kind.ARCHIVE, str(path), words)


def _texts(path: Path) -> Iterator[list[bytes]]:
    with zipfile.ZipFile(path) as opened, opened.open("entries.jsonl") as file:
        while lines := [line.rstrip(b"\n") for line in islice(file, stored.PIECE)]:
            yield lines


def _compare(found: Findings, texts: list[bytes], start: int, path: Path) -> None:
    """Each line against its seal; where it is the only text, columns and states too."""
    rows = stored.sealed(start, start + len(texts), columns=True)
    there = {row[0]: row for row in rows}
    alone: dict[int, dict[str, Any]] = {}
    for position, text in enumerate(texts, start):
        row = there.get(position)
        if row is None:
            continue  # the walk over seals has said so
        if hashlib.sha256(b"\x00" + text).hexdigest() != row[1]:
            words = f"its text for position {position} is not the one that was sealed"
            found.add(Kind.ARCHIVE, str(path), words, position)
        elif row[3] is not None and not row[6]:
            alone[row[3]] = columns.compare_alone(row, text, found)
    states.check_told(found, alone)
