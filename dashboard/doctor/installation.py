"""What everything stands on: database, keys, disk, who can sign in."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection

from campaigns import checks, keyring
from campaigns.audit import triggers
from campaigns.delivery import tables
from campaigns.models import Connection, Person
from dashboard import backup, sqlite
from dashboard.doctor.finding import Finding, note, well, wrong

LOW_BYTES = 500 * 1024 * 1024


def look_at_database() -> list[Finding]:
    """That it answers, and how safely it keeps what it was given."""
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
        return [well("Database", f"PostgreSQL {version} answers.")]
    with connection.cursor() as cursor:
        journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    words = f"{sqlite.describe()}; journal {journal}."
    if journal == "wal" and not sqlite.is_wal_safe():
        return [wrong("Database", words, "Install pysqlite3 or a newer Python.")]
    if synchronous < 2:
        return [wrong("Database", f"{words} synchronous is not FULL.", "Set it.")]
    if not sqlite.is_wal_safe():
        return [note("Database", words, "Install pysqlite3 for a faster journal.")]
    return [well("Database", words)]


def look_at_migrations() -> list[Finding]:
    """That the tables are those of this version: no worker works on others."""
    if newer := tables.unknown():
        words = tables.NEWER.format(names=", ".join(newer))
        return [wrong("Migrations", words, "Update it here, then start it again.")]
    if backup.has_pending_migrations():
        words = "The tables are those of an older version."
        return [wrong("Migrations", words, "Run manage.py migrate.")]
    return [well("Migrations", "The tables fit this version.")]


def look_at_triggers() -> list[Finding]:
    """That the database itself refuses changed history."""
    if gone := triggers.missing(connection):
        words = f"Missing in the database: {', '.join(sorted(gone))}."
        return [wrong("Triggers", words, checks.HINT)]
    return [well("Triggers", "The database refuses changed history.")]


def look_at_keys() -> list[Finding]:
    """That the credentials of each connection can be opened."""
    found = [_locked(one) for one in Connection.objects.in_use()]
    locked = [finding for finding in found if finding is not None]
    words = "The credentials of each connection can be opened."
    return locked or [well("Keys", words)]


def _locked(one: Connection) -> Finding | None:
    try:
        if keyring.open_sealed(one.sealed_secrets):
            return None
    except keyring.KeyMissing as error:
        return wrong("Keys", f"{one}: {error}", connection=one.pk)
    return wrong("Keys", f"{one} has no credentials.", "Enter them again.", one.pk)


def look_at_disk() -> list[Finding]:
    """That there is room to write things down: what cannot be recorded is not sent."""
    folder = Path(settings.VAR_DIR)
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    words = f"{free / 1024**3:,.1f} GiB are free for the local folder."
    if free < LOW_BYTES:
        advice = "Make room: nothing is sent that cannot be recorded."
        return [wrong("Disk", words, advice)]
    return [well("Disk", words)]


def look_at_demo_people() -> list[Finding]:
    """That nobody with a password from the manual reaches a real platform."""
    demo = Person.objects.filter(is_demo=True, is_active=True).count()
    real = Connection.objects.in_use().filter(is_sandbox=False).count()
    if demo and real:
        words = f"{demo} demo people can sign in where a real platform is connected."
        return [wrong("Demo people", words, "Run manage.py person replace-demo.")]
    return [well("Demo people", "None can reach a real platform.")]
