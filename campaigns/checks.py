"""System checks of the app. They only look; they never repair."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning
from django.db import DatabaseError, connections

from campaigns.audit import triggers
from campaigns.delivery import tables
from campaigns.models import AuditEntry

HINT = (
    "Somebody took them away, or a migration rebuilt a table. Find out which, run "
    "`manage.py audit verify`, then `manage.py audit protect`."
)


def check_triggers(databases: Sequence[str] | None, **_: Any) -> list[CheckMessage]:
    """Name what the database would let happen to the history (`--database`)."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        for name in _missing(alias):
            words = f"The history is not protected: trigger {name} is missing."
            found.append(Warning(words, hint=HINT, id="campaigns.W001"))
    return found


def check_tables(databases: Sequence[str] | None, **_: Any) -> list[CheckMessage]:
    """Say that the tables are newer than this program (`--database`)."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        if names := _unknown(alias):
            words = tables.NEWER.format(names=", ".join(names))
            found.append(Warning(words, id="campaigns.W002"))
    return found


def _unknown(alias: str) -> list[str]:
    """Nothing before the first migration, or where no database answers."""
    try:
        return tables.unknown(alias)
    except DatabaseError:
        return []


def _missing(alias: str) -> list[str]:
    """Nothing before the first migration: then there is nothing to protect."""
    connection = connections[alias]
    try:
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
    except DatabaseError:
        return []
    if AuditEntry._meta.db_table not in tables:
        return []
    return [name for name in triggers.missing(connection) if _table(name) in tables]


def _table(name: str) -> str:
    """The table that a trigger's name begins with."""
    return "_".join(name.split("_")[:2])
