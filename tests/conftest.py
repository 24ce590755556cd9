"""What every test shares: the browser, the flush, real Redis and Celery on demand."""

import os
import shutil
from importlib import import_module

import pytest
from django.db import connections
from django.test import TransactionTestCase

from tests import services

# Browser tests use the ORM on the thread that runs Playwright's event loop.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = (
    "No Chromium found. Install one (Debian: apt-get install chromium), "
    "or set CHROMIUM to its path."
)
QUIET = (
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
)

_flush = TransactionTestCase._fixture_teardown


def databases_of(case):
    return [connections[name] for name in case._databases_names(include_mirrors=False)]


def flush_despite_the_triggers(case):
    """History refuses DELETE and TRUNCATE: only a test's end may set that aside."""
    triggers = import_module("campaigns.audit.triggers")
    for connection in databases_of(case):
        triggers.drop(connection)
    try:
        _flush(case)
    finally:
        for connection in databases_of(case):
            triggers.install(connection)


TransactionTestCase._fixture_teardown = flush_despite_the_triggers


def chromium():
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = chromium()
    if path is None:
        pytest.fail(NO_BROWSER)
    root = ["--no-sandbox"] if os.getuid() == 0 else []
    return browser_type_launch_args | {
        "executable_path": path,
        "args": [*QUIET, *root],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"timezone_id": "Europe/Vienna", "locale": "en-GB"}


@pytest.fixture(scope="session")
def redis_url():
    """A real Redis of this test run's own."""
    with services.redis() as url:
        yield url
