"""Settings of the simulator: everything in memory, nothing waits for a disk."""

from tests.settings import *  # noqa: F403

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA foreign_keys=ON;PRAGMA recursive_triggers=ON;",
            "cached_statements": 2000,
        },
    }
}
LOGGING = {"version": 1, "disable_existing_loggers": True}
LOGGING_CONFIG = None
