"""What must be true before the processes start: folders, tables, static files."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connections

from dashboard import backup

FOLDERS = ("data", "log", "redis", "run", "sandbox", "static")

Say = Callable[[str], None]


def folders() -> None:
    """Make the local folder and its parts, for us alone."""
    os.umask(0o077)
    for path in [settings.VAR_DIR, *(settings.VAR_DIR / name for name in FOLDERS)]:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.VAR_DIR.chmod(0o700)
    settings.EMBEDDED_REDIS_SOCKET.parent.mkdir(exist_ok=True, mode=0o700)


def database(say: Say) -> None:
    """Bring the tables up to date; copy the database first when that changes them."""
    if backup.has_pending_migrations():
        copy = backup.copy(settings.VAR_DIR / "data" / "copies")
        if copy:
            say(f"Database copied to {copy}")
        say("Preparing the database")
        call_command("migrate", interactive=False, verbosity=0)
    connections.close_all()


def static_files(say: Say) -> None:
    """Collect the static files again when one of them changed."""
    stamp = settings.VAR_DIR / "run" / "static.stamp"
    now = static_state()
    if stamp.exists() and stamp.read_text() == now:
        return
    say("Collecting static files")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(now)


def static_state() -> str:
    """One text that changes when any static file does."""
    found = [
        Path(storage.path(name))
        for finder in get_finders()
        for name, storage in finder.list([])
    ]
    lines = sorted(map(describe, found))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def describe(path: Path) -> str:
    state = path.stat()
    return f"{path} {state.st_size} {state.st_mtime_ns}"
