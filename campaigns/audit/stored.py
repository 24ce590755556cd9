"""Reads the history as it is stored, a piece at a time, past Django's models.

Verification reads millions of rows: no objects, no long-lived cursor.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

PIECE = 4000

_ENTRY = "e.id, e.stream, e.number, e.body, e.leaf"
_COLUMNS = (
    "e.schema_version, {at}, e.event, e.state, e.channel, e.person_id, "
    "e.campaign_id, e.connection_id, e.change_id"
)
COLUMN_NAMES = (
    "stream",
    "number",
    "schema_version",
    "at",
    "event",
    "state",
    "channel",
    "person_id",
    "campaign_id",
    "connection_id",
    "change_id",
)

Row = tuple[Any, ...]


class Indexes(NamedTuple):
    """Fields (entry, field) and values (entry, field, value, campaign) of entries."""

    fields: list[Row]
    values: list[Row]


def sealed(start: int, end: int, *, columns: bool) -> list[Row]:
    """Seals by position with their entries.

    position, leaf as sealed, entry_id; then id, stream, number, body and leaf of the
    entry, with `columns` also what it is found by: all None where it is gone.
    The bounds of their keys keep a planner from reading all entries for a few, the
    sums with 0 from looking for those bounds along an index of all seals.
    """
    more = ", " + _COLUMNS.format(at=_at()) if columns else ""
    bounds = "SELECT MIN(entry_id + 0), MAX(entry_id + 0) FROM campaigns_seal"
    place = "position >= %s AND position < %s"
    return _all(
        f"SELECT s.position, s.leaf, s.entry_id, {_ENTRY}{more} "  # noqa: S608
        "FROM campaigns_seal s LEFT JOIN campaigns_auditentry e "
        "ON e.id = s.entry_id AND e.id >= %s AND e.id <= %s "
        f"WHERE s.{place} ORDER BY s.position",
        *_all(f"{bounds} WHERE {place}", start, end)[0],
        start,
        end,
    )


def pending() -> Iterator[Row]:
    """Entries without a seal, like `sealed` with columns; their position is None."""
    after, more = 0, _COLUMNS.format(at=_at())
    while rows := _all(
        f"SELECT NULL, e.leaf, e.id, {_ENTRY}, {more} FROM campaigns_auditentry e "  # noqa: S608
        "LEFT JOIN campaigns_seal s ON s.entry_id = e.id "
        f"WHERE s.position IS NULL AND e.id > %s ORDER BY e.id LIMIT {PIECE}",
        after,
    ):
        yield from rows
        after = rows[-1][2]


def indexes(rows: Iterable[Row]) -> Indexes:
    """What finds these entries, and those whose primary keys lie between theirs."""
    keys = [row[3] for row in rows if row[3] is not None]
    if not keys:
        return Indexes([], [])
    fields = (
        "SELECT entry_id, field FROM campaigns_auditfield "
        "WHERE entry_id >= %s AND entry_id <= %s ORDER BY entry_id, id"
    )
    values = (
        "SELECT entry_id, field, value, campaign_id FROM campaigns_auditvalue "
        "WHERE entry_id >= %s AND entry_id <= %s ORDER BY entry_id, id"
    )
    bounds = min(keys), max(keys)
    return Indexes(_all(fields, *bounds), _all(values, *bounds))


def emptied(keys: Collection[int]) -> set[int]:
    """Those of these entries whose texts have been removed by now."""
    if not keys:
        return set()
    rows = _all(
        "SELECT id FROM campaigns_auditentry WHERE id >= %s AND id <= %s AND body = ''",
        min(keys),
        max(keys),
    )
    return {pk for (pk,) in rows} & set(keys)


def checkpoints(after: int, up_to: int) -> list[Row]:
    """size, previous, root, edge, note, key."""
    return _all(
        "SELECT size, previous, root, edge, note, key FROM campaigns_checkpoint "
        "WHERE size > %s AND size <= %s ORDER BY size",
        after,
        up_to,
    )


def nodes(start: int, end: int) -> dict[tuple[int, int], str]:
    """The kept nodes whose last leaf is at or after `start` and before `end`."""
    name = connection.ops.quote_name("index")
    rows = _all(
        f"SELECT level, {name}, hash FROM campaigns_sealnode "  # noqa: S608
        f"WHERE (level = 8 AND {name} >= %s AND {name} < %s) OR level > 8",
        start >> 8,
        end >> 8,
    )
    return {
        (level, index): text
        for level, index, text in rows
        if start < (index + 1) << level <= end
    }


def tops() -> Row:
    """How many seals there are by their numbers, and the newest size, at one moment."""
    return _all(
        "SELECT (SELECT MAX(position) FROM campaigns_seal), "
        "(SELECT MAX(size) FROM campaigns_checkpoint), "
        "(SELECT COUNT(*) FROM campaigns_sealnode)"
    )[0]


def broken_streams() -> list[Row]:
    """Streams whose numbers are not 1, 2, … up to the last one given, at one moment.

    name, last number given, how many, lowest, highest.
    """
    counted = (
        "SELECT stream, COUNT(*) AS many, MIN(number) AS low, MAX(number) AS high "
        "FROM campaigns_auditentry GROUP BY stream"
    )
    return _all(
        "SELECT COALESCE(s.name, e.stream), s.last_number, e.many, e.low, e.high "  # noqa: S608
        f"FROM ({counted}) e FULL JOIN campaigns_auditstream s ON s.name = e.stream "
        "WHERE s.last_number IS NULL OR COALESCE(e.many, 0) <> s.last_number "
        "OR COALESCE(e.low, 1) <> 1 OR COALESCE(e.high, 0) <> s.last_number "
        "ORDER BY 1 LIMIT 1000"
    )


def moment(value: str, told: str) -> bool:
    """Whether a stored time, as text, is the one a body tells; strange text is not."""
    if value == told:
        return True
    try:
        return datetime.fromisoformat(value) == datetime.fromisoformat(told)
    except ValueError:
        return False


def _at() -> str:
    """As the text a body has: compared faster than a moment of its own kind."""
    if connection.vendor == "sqlite":
        return "REPLACE(e.at, ' ', 'T') || '+00:00'"
    return "TO_CHAR(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US+00:00')"


def _all(statement: str, *values: Any) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
