"""What databases do on bad days: locks, limits, ended sessions, and all of it real."""

import resource
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import psycopg
from django.db import connection

HOLDS_THE_LOCK = """
import sys
from dashboard import sqlite
sqlite.choose()
import sqlite3
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def is_sqlite():
    return connection.vendor == "sqlite"


@contextmanager
def locked(patience=0.3):
    """Another process keeps the SQLite file longer than we wait: so many seconds.

    In life it is 20; SQLite refuses in the same way.
    """
    settings = connection.settings_dict
    command = [sys.executable, "-c", HOLDS_THE_LOCK, settings["NAME"]]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as other:
        assert other.stdout.readline() == "locked\n"
        try:
            with mock.patch.dict(settings["OPTIONS"], timeout=patience):
                connection.close()  # the next connection has less patience
                yield
        finally:
            other.stdin.close()
            connection.close()


@contextmanager
def read_only():
    """The database lets nobody write."""
    if is_sqlite():
        on, off = "PRAGMA query_only=ON", "PRAGMA query_only=OFF"
    else:
        mode = "SET SESSION CHARACTERISTICS AS TRANSACTION READ"
        on, off = f"{mode} ONLY", f"{mode} WRITE"
    with _told(on, off):
        yield


@contextmanager
def full():
    """No byte more goes into SQLite's write-ahead log: as on a disk without room.

    Real writes fail. Other files of this process may not become larger either.
    """
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_autocheckpoint=0")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("VACUUM")  # now the log is larger than what else is written
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


@contextmanager
def _told(on, off):
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(off)


def end_sessions():
    """Let PostgreSQL end every session of this database but the one that asks."""
    ours = connection.get_connection_params()
    where = {key: ours[key] for key in ("host", "user", "dbname")}
    with psycopg.connect(**where, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
