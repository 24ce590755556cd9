"""Compares the columns that find an entry with what the entry itself says."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from campaigns.audit import stored
from campaigns.audit.entries import indexed_values
from campaigns.audit.findings import Findings, Kind

Row = tuple[Any, ...]

_read = json.JSONDecoder().raw_decode


def compare(rows: Sequence[Row], indexes: stored.Indexes, found: Findings) -> None:
    """Note every search column and indexed field that is not as its entry tells."""
    known = [row for row in rows if row[3] is not None]
    fields: list[Row] = []
    values: list[Row] = []
    for row in known:
        _compare(row, fields, values, found)
    places = {row[3]: row for row in known}
    for what, told, there in (
        ("fields", fields, indexes.fields),
        ("values", values, indexes.values),
    ):
        if told != there and Counter(told) != Counter(there):
            _note_index(what, told, there, places, found)


def compare_alone(row: Row, text: bytes, found: Findings) -> dict[str, Any]:
    """The columns of an entry whose only text lies in an archive; the text, parsed."""
    body: dict[str, Any] = json.loads(text)
    if wrong := _differing(row, body):
        words = f"{', '.join(wrong)} not as the entry says"
        found.add(Kind.COLUMN, place(row), words, row[0])
    return body


def _compare(row: Row, fields: list[Row], values: list[Row], found: Findings) -> None:
    """Hold the columns against the text; say what its indexes must hold.

    Where the text was removed they must hold nothing; archives tell the rest.
    """
    if not row[6]:
        return
    try:
        body, _ = _read(row[6])  # the leaf holds every letter of it
        wrong = _differing(row, body)
        if body["fields"]:
            key, campaign = row[3], (body["campaign"] or {}).get("id")
            fields += [(key, f) for f in {told["field"] for told in body["fields"]}]
            values += [(key, f, v, campaign) for f, v in indexed_values(body)]
    except (ValueError, KeyError, TypeError) as error:
        words = f"the text cannot be read ({type(error).__name__})"
        found.add(Kind.TEXT, place(row), words, row[0])
        return
    if wrong:
        words = f"{', '.join(wrong)} not as the entry says"
        found.add(Kind.COLUMN, place(row), words, row[0])


def _note_index(
    what: str,
    told: list[Row],
    there: list[Row],
    places: dict[int, Row],
    found: Findings,
) -> None:
    """Name the entries whose index differs; others between them are not asked of."""
    wanted, kept = Counter(told), Counter(there)
    odd = {row for row in wanted | kept if wanted[row] != kept[row]}
    differing = {row[0] for row in odd} & places.keys()
    full = {key for key in differing if places[key][6]}
    for key in sorted(differing - stored.emptied(full)):
        names = sorted({str(row[1]) for row in odd if row[0] == key})
        row = places[key]
        words = f"the index of {what} differs in {', '.join(names)}"
        found.add(Kind.FIELDS, place(row), words, row[0])


def place(row: Row) -> str:
    """Where a row stands, in words."""
    _, _, entry_id, pk, stream, number, *_ = row
    return f"entry {entry_id} ({stream} {number})" if pk else f"entry {entry_id}"


def _differing(row: Row, body: dict[str, Any]) -> list[str]:
    (_, _, _, _, stream, number, _, _, version, at, event, state, channel) = row[:13]
    person, campaign, connection, change = row[13:]
    of_campaign, of_connection = body["campaign"], body["connection"]
    is_same = (
        stream == body["stream"]
        and number == body["number"]
        and version == body["version"]
        and event == body["event"]
        and state == body["state"]
        and channel == body["channel"]
        and person == body["person"]
        and change == body["change"]
        and campaign == (of_campaign["id"] if of_campaign else None)
        and connection == (of_connection["id"] if of_connection else None)
        and stored.moment(at, body["at"])
    )
    return [] if is_same else _names(row, body)


def _names(row: Row, body: dict[str, Any]) -> list[str]:
    told = {
        **{name: body[name] for name in ("stream", "number", "event", "state")},
        "channel": body["channel"],
        "schema_version": body["version"],
        "person_id": body["person"],
        "campaign_id": (body["campaign"] or {}).get("id"),
        "connection_id": (body["connection"] or {}).get("id"),
        "change_id": body["change"],
    }
    values = dict(zip(stored.COLUMN_NAMES, (*row[4:6], *row[8:]), strict=True))
    wrong = [name for name, value in told.items() if values[name] != value]
    is_at = stored.moment(values["at"], body["at"])
    return wrong if is_at else [*wrong, "at"]
