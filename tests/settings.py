"""The project's own settings, moved to a place of their own for the tests."""

import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

PLACE = Path(tempfile.gettempdir()) / f"campaign-desk-tests-{os.getuid()}"
SCRATCH = Path(os.environ.setdefault("CAMPAIGN_DESK_VAR", str(PLACE)))
(SCRATCH / "static").mkdir(parents=True, exist_ok=True)
os.environ.setdefault("SECRET_KEY", "only for tests")
os.environ.setdefault("CAMPAIGN_DESK_KEYS", Fernet.generate_key().decode())
os.environ.setdefault("DATABASE_URL", os.environ.get("TEST_DATABASE_URL", ""))
# Databases come and go under one folder: none is older than a checkpoint of another.
os.environ.setdefault("CAMPAIGN_DESK_ANCHORS", "")
os.environ.setdefault("CAMPAIGN_DESK_ANCHOR_FILE", str(SCRATCH / "none" / "anchors"))
# Nobody listens there: a test that wants a broker starts a real one.
os.environ.setdefault("REDIS_URL", f"redis+socket://{SCRATCH}/nobody.sock")

from dashboard.settings import *  # noqa: E402, F403
from dashboard.settings import DATABASES, STORAGES  # noqa: E402

DATABASES["default"]["TEST"] = {"NAME": None}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file, as in real life: threads and processes see the locks they will meet.
    DATABASES["default"]["TEST"] = {
        "NAME": str(SCRATCH / f"test-{os.getpid()}.sqlite3")
    }
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ACCOUNT_RATE_LIMITS = False
