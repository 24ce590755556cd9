"""Copies of the database, taken before anything rebuilds its tables."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

KEPT = 10


def has_pending_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def has_tables() -> bool:
    return bool(MigrationRecorder(connection).applied_migrations())


def copy(folder: Path) -> Path | None:
    """A whole copy of the SQLite file in `folder`; None when there is none to copy.

    PostgreSQL has its own tools for this: docs/operations.md.
    """
    if connection.vendor != "sqlite" or not has_tables():
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S}.sqlite3"
    os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o600))
    pour(Path(connection.settings_dict["NAME"]), target)
    forget_old(folder)
    return target


def pour(source: Path, target: Path) -> None:
    old, new = sqlite3.connect(source), sqlite3.connect(target)
    with closing(old), closing(new):
        old.backup(new)


def forget_old(folder: Path) -> None:
    for path in sorted(folder.glob("*.sqlite3"))[:-KEPT]:
        path.unlink()
