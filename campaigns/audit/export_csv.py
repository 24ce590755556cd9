"""An export as CSV, for people: one line an entry, its position and leaf included.

Cells that a spreadsheet would take for a formula are put behind an apostrophe.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

from campaigns.audit import words
from campaigns.audit.export import Export
from campaigns.models import AuditEntry, PersonName

BOM = "\ufeff"
_SIGNS = "=+\\-@＝＋－＠"  # noqa: RUF001
FORMULA = re.compile(
    rf"^(?=\s*[{_SIGNS}]|[\t\r\n])|(?<=[;\t\r\n])(?=[^\S\t\r\n]*[{_SIGNS}])"
)
"""Where a cell begins with a formula, or would where semicolons or tabs part cells."""
COLUMNS = (
    "Position",
    "Entry",
    "Time (UTC)",
    "Person",
    "Person number",
    "What",
    "About",
    "Channel",
    "Campaign",
    "Remote id",
    "Connection",
    "Platform",
    "Change",
    "State",
    "From and to",
    "Reason",
    "Said",
    "Stream",
    "Number in the stream",
    "Leaf",
)


def write(export: Export) -> Iterator[bytes]:
    """The file, a page at a time; its first and last line say how many entries."""
    asked, out = export.survey, StringIO()
    lines = csv.writer(out)
    out.write(BOM)
    lines.writerow(_cells(_heading(export)))
    lines.writerow(COLUMNS)
    names, count = dict(PersonName.objects.values_list("person_id", "name")), 0
    for piece in asked.pieces():
        count += len(piece)
        for position, entry in piece:
            lines.writerow([position, entry.pk, *_cells(_told(entry, names))])
        yield _take(out)
    if asked.limits:
        lines.writerow([asked.limits])
    lines.writerow([f"End of the export: {count} of {asked.count} entries."])
    yield _take(out)


def neutral(text: str) -> str:
    """The same text, which no spreadsheet takes for a formula."""
    return FORMULA.sub("'", text)


def _heading(export: Export) -> list[str]:
    asked, checkpoint = export.survey, export.checkpoint
    return [
        f"Audit history: {asked.count:,} entr{'y' if asked.count == 1 else 'ies'}.",
        f"Asked for: {asked.words}.",
        f"Exported {export.at:%Y-%m-%d %H:%M} UTC by {export.by or 'command line'}.",
        f"Sealed history: size {checkpoint.size}, root {checkpoint.root}.",
    ]


def _told(entry: AuditEntry, names: Mapping[int, str]) -> list[str]:
    body = json.loads(entry.body)
    campaign, connection = body["campaign"] or {}, body["connection"] or {}
    return [
        body["at"].replace("T", " ").removesuffix("+00:00"),
        words.who(body, names),
        _text(body["person"]),
        words.event(body),
        words.about(body, names),
        words.channel(body),
        _text(campaign.get("name")),
        _text(campaign.get("remote_id")),
        _text(connection.get("name")),
        _text(connection.get("platform")),
        _text(body["change"]),
        words.state(body),
        "; ".join(map(_field, body["fields"])),
        body["reason"],
        _text(body["facts"].get("says")),
        body["stream"],
        _text(body["number"]),
        entry.leaf,
    ]


def _field(told: Mapping[str, Any]) -> str:
    label, before, after = (
        told.get(key) or "" for key in ("label", "seen_text", "wanted_text")
    )
    words = f"{label}: {before} → {after}" if before or after else f"{label} changed"
    return f"{words} ({told['says']})" if told.get("says") else words


def _cells(texts: list[str]) -> list[str]:
    return [neutral(text) for text in texts]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _take(out: StringIO) -> bytes:
    """What was written since the last time."""
    written = out.getvalue().encode("utf-8", "replace")
    out.seek(0)
    out.truncate()
    return written
