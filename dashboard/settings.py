"""Settings: one file, read from environment variables, safe when nothing is set.

Everything local lives in one private folder, `var/` (CAMPAIGN_DESK_VAR moves it).
docs/operations.md lists the variables.
"""

from pathlib import Path
from typing import Any

import environs
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key

from campaigns import limits
from dashboard import databases, keys, log, places

env = environs.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("CAMPAIGN_DESK_VAR", str(BASE_DIR / "var"))).resolve()
KEYS_DIR = VAR_DIR / "keys"

# --- who we are -----------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or keys.read_or_make(
    KEYS_DIR / "secret-key", get_random_secret_key
)
# Fernet keys that seal platform credentials: the first seals, every one opens.
CAMPAIGN_DESK_KEYS: list[str] = env.list("CAMPAIGN_DESK_KEYS", []) or [
    keys.read_or_make(KEYS_DIR / "sealing-key", lambda: Fernet.generate_key().decode())
]
# Signs the audit history; without one, keys are made in files. campaigns/audit/keys.py
AUDIT_KEY = env.str("CAMPAIGN_DESK_AUDIT_KEY", "")
AUDIT_TRUSTED_KEYS: list[str] = env.list("CAMPAIGN_DESK_AUDIT_TRUSTED", [])
AUDIT_KEYS_DIR = KEYS_DIR / "audit"
# Where checkpoints are laid down, every so many minutes: file, syslog, mail.
AUDIT_ANCHORS: dict[str, str] = env.dict("CAMPAIGN_DESK_ANCHORS", {"file": "60"})
AUDIT_ANCHOR_FILE = Path(
    env.str("CAMPAIGN_DESK_ANCHOR_FILE", str(VAR_DIR / "anchors" / "checkpoints.txt"))
)
# Months of the history as files, from `manage.py audit archive`.
AUDIT_ARCHIVE_DIR = Path(env.str("CAMPAIGN_DESK_ARCHIVE", str(VAR_DIR / "archive")))
AUDIT_PROGRESS_FILE = VAR_DIR / "run" / "audit-verify.json"
AUDIT_SYSLOG = env.str("CAMPAIGN_DESK_SYSLOG", "/dev/log")
# When people are expected to work, in their own zones: first hour, hour of the end.
WORK_HOURS: list[int] = env.list("CAMPAIGN_DESK_HOURS", [7, 20], subcast=int)
# Connections that are no sandbox may reach this machine and private networks.
CAMPAIGN_DESK_ALLOW_LOOPBACK = env.bool("CAMPAIGN_DESK_ALLOW_LOOPBACK", False)
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"]
)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "dashboard",
    "campaigns",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "heroicons",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dashboard.accounts.gate.GateMiddleware",
]
ROOT_URLCONF = "dashboard.urls"
WSGI_APPLICATION = "dashboard.wsgi.application"
APPEND_SLASH = False

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "campaigns.views.shell.shell",
            ],
            "builtins": ["django_htmx.templatetags.django_htmx"],
        },
    }
]

# --- what we keep ---------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", "")
EMBEDDED_REDIS_SOCKET = places.redis_socket(VAR_DIR)
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{EMBEDDED_REDIS_SOCKET}"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.2,
    "socket_timeout": 0.2,
    "retry_on_timeout": False,
    "max_retries": 0,
}
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_CONSUMER = "dashboard.consumer:Patient"
CELERY_WORKER_CONCURRENCY = env.int("WORKER_THREADS", 4)
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_REDIRECT_STDOUTS = False
# The module every worker runs beside its tasks: run(stop) and last_beat().
DELIVERY_POLLER = "campaigns.delivery.poll"
POLLER_SILENCE_SECONDS = 90
DELIVERY = {
    name: env.float(f"DELIVERY_{name}", usual) for name, usual in limits.USUAL.items()
}
DATABASES = {
    "default": databases.read(
        env.str("DATABASE_URL", ""),
        default=VAR_DIR / "data" / "desk.sqlite3",
        threads=CELERY_WORKER_CONCURRENCY + int(DELIVERY["THREADS"]),
    )
}

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
# Never to disk: anybody could fill it. A larger file counts as not sent.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE

# --- who comes in ---------------------------------------------------------------

AUTH_USER_MODEL = "campaigns.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
HTTPS = env.bool("HTTPS", False)  # set it when browsers reach us over TLS
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "dashboard.accounts.adapter.InvitedOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an admin vouches for the address
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = True
# Failed sign-ins are counted by address: with proxies in front, by the one they name.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Campaign Desk"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers then insist on localhost

# Where people reach us: links in mails begin with it.
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "campaign-desk@localhost")

# --- sessions and headers -------------------------------------------------------

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "manifest-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}

# --- words, time, logs ----------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LOGGING = log.dictionary(env.str("LOG_LEVEL", "INFO"))
log.configure()
