"""Holds the states of changes and their fields against the entries that tell them."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import connection

from campaigns.audit.findings import Findings, Kind
from campaigns.lifecycle import State

PIECE = 2000

_CHANGES = """
    SELECT c.id, c.state, e.state, e.change_id,
        (SELECT l.id FROM campaigns_auditentry l
         WHERE l.change_id = c.id AND l.state <> '' ORDER BY l.id DESC LIMIT 1),
        c.entry_id,
        (SELECT COUNT(*) FROM campaigns_fieldchange f WHERE f.change_id = c.id),
        (SELECT COUNT(*) FROM campaigns_auditfield a WHERE a.entry_id = c.entry_id),
        e.body = ''
    FROM campaigns_change c LEFT JOIN campaigns_auditentry e ON e.id = c.entry_id
    WHERE c.id > %s ORDER BY c.id LIMIT %s"""
_GONE = """
    SELECT e.change_id, MIN(e.id) FROM campaigns_auditentry e
    LEFT JOIN campaigns_change c ON c.id = e.change_id
    WHERE e.change_id > %s AND c.id IS NULL
    GROUP BY e.change_id ORDER BY e.change_id LIMIT %s"""
_FIELDS = """
    SELECT f.id, f.change_id, f.field, f.state, f.seen, f.wanted, f.entry_id,
        c.entry_id, e.body
    FROM campaigns_fieldchange f JOIN campaigns_change c ON c.id = f.change_id
    LEFT JOIN campaigns_auditentry e ON e.id = f.entry_id
    WHERE f.id > %s ORDER BY f.id LIMIT %s"""


_FIELDS_OF = """
    SELECT f.id, f.change_id, f.field, f.state, f.seen, f.wanted, f.entry_id,
        c.entry_id
    FROM campaigns_fieldchange f JOIN campaigns_change c ON c.id = f.change_id
    WHERE f.entry_id >= %s AND f.entry_id <= %s ORDER BY f.id"""


def check_changes(found: Findings) -> int:
    """Every change is in the state that its newest entry tells; how many there are."""
    after, count = 0, 0
    while rows := _rows(_CHANGES, after, PIECE):
        for pk, state, told, of_change, newest, entry, there, named, gone in rows:
            is_new = state == State.DRAFT and entry is None and newest is None
            is_told = told == state and of_change == pk and newest == entry
            if not (is_new or is_told):
                words = f"it is {state}; its newest entry is {newest}, not {entry}"
                if newest == entry:
                    words = f"it is {state}, and its entry says {told}"
                found.add(Kind.STATE, f"change {pk}", words)
            elif is_told and there != named and not gone:
                words = f"it has {there} fields, and its entry tells of {named}"
                found.add(Kind.STATE, f"change {pk}", words)
        after, count = rows[-1][0], count + len(rows)
    return count


def check_gone(found: Findings) -> None:
    """Every change that an entry tells of is still there."""
    for pk, entry in _rows(_GONE, 0, PIECE):
        found.add(Kind.STATE, f"change {pk}", f"entry {entry} tells of it; it is gone")


def check_fields(found: Findings) -> int:
    """Every field of a change is as the entry of its change tells; how many."""
    after, count = 0, 0
    while rows := _rows(_FIELDS, after, PIECE):
        for row in rows:
            wrong = _wrong(row)
            if wrong:
                place = f"{row[2]} of change {row[1]}"
                found.add(Kind.STATE, place, wrong)
        after, count = rows[-1][0], count + len(rows)
    return count


def check_told(found: Findings, told: Mapping[int, dict[str, Any]]) -> None:
    """The fields of changes whose newest entry has its text in an archive alone."""
    if not told:
        return
    count: Counter[tuple[int, int]] = Counter()
    rows = _rows(_FIELDS_OF, min(told), max(told))
    for row in (row for row in rows if row[6] in told):
        count[row[1], row[6]] += 1
        if wrong := _wrong((*row, json.dumps(told[row[6]]))):
            found.add(Kind.STATE, f"{row[2]} of change {row[1]}", wrong)
    named = {entry: len(body["fields"]) for entry, body in told.items()}
    for change, entry in (key for key in count if count[key] != named[key[1]]):
        words = f"it has {count[change, entry]} fields, and its entry tells of "
        found.add(Kind.STATE, f"change {change}", f"{words}{named[entry]}")


def _wrong(row: tuple[Any, ...]) -> str:
    _, _, field, state, seen, wanted, entry, of_change, text = row
    if text is None:
        return "" if state == State.DRAFT and entry is None else "its entry is gone"
    if entry != of_change:
        return f"it is told by entry {entry} and its change by {of_change}"
    if not text:
        return ""  # its archive tells: see check_told
    told = _told(text, field)
    if told is None:
        return "" if state == State.DRAFT else "its entry does not tell of it"
    if told["state"] != state:
        return f"it is {state}, and its entry says {told['state']}"
    is_same = (told["seen"], told["wanted"]) == (seen, wanted)
    return "" if is_same else "its values are not those of its entry"


def _told(text: str, field: str) -> dict[str, Any] | None:
    try:
        fields = json.loads(text)["fields"]
    except (ValueError, KeyError, TypeError):
        return None
    return next((told for told in fields if told["field"] == field), None)


def _rows(statement: str, *asked: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())
