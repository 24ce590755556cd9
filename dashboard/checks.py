"""System checks of the installation. They only look; they never repair."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Warning

from dashboard import sqlite


def name_sqlite(**_: Any) -> list[CheckMessage]:
    """Say which SQLite library is in use (`check --deploy`)."""
    if is_on_sqlite() and sqlite.is_wal_safe():
        return [Info(sqlite.describe(), id="dashboard.I001")]
    return []


def check_sqlite(**_: Any) -> list[CheckMessage]:
    """Warn about a library whose write-ahead log is unsafe."""
    if not is_on_sqlite() or sqlite.is_wal_safe():
        return []
    hint = "Install pysqlite3, a newer Python, or set DATABASE_URL to PostgreSQL."
    return [Warning(sqlite.describe(), hint=hint, id="dashboard.W001")]


def is_on_sqlite() -> bool:
    return "sqlite" in settings.DATABASES["default"]["ENGINE"]
