"""System checks of the installation. They only look; they never repair."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Warning

from dashboard import sqlite


def check_sqlite(**_: Any) -> list[CheckMessage]:
    """Say which SQLite library is in use, and warn about one that is unsafe."""
    if "sqlite" not in settings.DATABASES["default"]["ENGINE"]:
        return []
    if sqlite.is_wal_safe():
        return [Info(sqlite.describe(), id="dashboard.I001")]
    hint = "Install pysqlite3, a newer Python, or set DATABASE_URL to PostgreSQL."
    return [Warning(sqlite.describe(), hint=hint, id="dashboard.W001")]
