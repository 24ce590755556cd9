"""How we talk to the database, from one address.

On SQLite a writer takes its lock when the transaction begins and waits for it: Django's
defaults fail with "database is locked" as soon as two processes write.
"""

from pathlib import Path
from typing import Any, cast

import dj_database_url

from dashboard import sqlite

POOL = {"min_size": 1, "timeout": 5}
BESIDE = 8
"""Connections beside those of the threads that deliver and do tasks."""


def read(address: str, default: Path, threads: int = 12) -> dict[str, Any]:
    """Django's settings for DATABASE_URL; without one, the SQLite file `default`.

    Each of so many `threads` of a process may need a connection at the same time.
    """
    settings = parse(address or f"sqlite:///{default}")
    on_file = "sqlite" in settings["ENGINE"]
    extra = on_sqlite() if on_file else on_postgresql(threads)
    options: dict[str, Any] = settings.get("OPTIONS", {})
    engine = settings["ENGINE"] if on_file else "dashboard.postgresql"
    return settings | {"ENGINE": engine, "OPTIONS": options | extra}


def parse(address: str) -> dict[str, Any]:
    return cast(dict[str, Any], dict(dj_database_url.parse(address)))


def on_sqlite() -> dict[str, Any]:
    journal = "WAL" if sqlite.is_wal_safe() else "DELETE"
    pragmas = {
        "journal_mode": journal,
        "synchronous": "FULL",
        "foreign_keys": "ON",
        "recursive_triggers": "ON",
    }
    command = "".join(f"PRAGMA {name}={value};" for name, value in pragmas.items())
    return {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": command}


def on_postgresql(threads: int) -> dict[str, Any]:
    return {"pool": POOL | {"max_size": threads + BESIDE}}
