"""Settings of the workers that test_celery.py starts."""

from tests.settings import *  # noqa: F403

DELIVERY_POLLER = "tests.dashboard.pollers"
POLLER_SILENCE_SECONDS = 3
