"""Compares the columns that find an entry with what the entry itself says."""

import json
from collections.abc import Sequence
from typing import Any

from campaigns.audit import stored
from campaigns.audit.entries import indexed_values
from campaigns.audit.findings import Findings, Kind

Row = Sequence[Any]


def compare(rows: Sequence[Row], found: Findings) -> None:
    """Note every search column and indexed field that is not as its entry tells."""
    known = [row for row in rows if row[3] is not None]
    if not known:
        return
    keys = [row[3] for row in known]
    first, last = min(keys), max(keys)
    fields, values = stored.fields_of(first, last), stored.values_of(first, last)
    for row in known:
        _compare(row, fields.get(row[3], []), values.get(row[3], []), found)


def _compare(
    row: Row,
    fields: list[str],
    values: list[tuple[str, str, Any]],
    found: Findings,
) -> None:
    try:
        body = json.loads(row[6])
        wrong = _differing(row, body)
        odd = _odd(body, fields, values) if body["fields"] or fields or values else ""
    except (ValueError, KeyError, TypeError) as error:
        words = f"the text cannot be read ({type(error).__name__})"
        found.add(Kind.TEXT, place(row), words, row[0])
        return
    if wrong:
        words = f"{', '.join(wrong)} not as the entry says"
        found.add(Kind.COLUMN, place(row), words, row[0])
    if odd:
        found.add(Kind.FIELDS, place(row), odd, row[0])


def _odd(
    body: dict[str, Any], fields: list[str], values: list[tuple[str, str, Any]]
) -> str:
    """What differs in the indexes of fields and values; "" when nothing does."""
    named = {told["field"] for told in body["fields"]}
    if len(fields) != len(named) or set(fields) != named:
        odd = named.symmetric_difference(fields) or fields
        return f"the index of fields differs in {', '.join(sorted(odd))}"
    campaign = (body["campaign"] or {}).get("id")
    wanted = [(field, value, campaign) for field, value in indexed_values(body)]
    if len(values) != len(wanted) or set(values) != set(wanted):
        odd = {name for name, *_ in set(values).symmetric_difference(wanted)} or named
        return f"the index of values differs in {', '.join(sorted(odd))}"
    return ""


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
