"""A worker killed at each step leaves nothing lost and nothing sent twice."""

import os
import signal
import subprocess
import sys

import pytest
from django.db import connection

from campaigns.lifecycle import State
from campaigns.models import Attempt, AuditEntry, Lane
from tests.delivery.conftest import fields

pytestmark = pytest.mark.processes

WAREHOUSE = "ee4d641cab17b22c"
WORK = (
    "import sys, django; django.setup();"
    "from campaigns.delivery.deliver import deliver; deliver(int(sys.argv[1]))"
)


def address():
    named = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{named['NAME']}"
    base = os.environ["TEST_DATABASE_URL"].rpartition("/")
    return f"{base[0]}/{named['NAME']}"


def work_and_die(connection_id, killpoint, nth=1):
    killed = subprocess.run(
        [sys.executable, "-c", WORK, str(connection_id)],
        env=os.environ
        | {
            "DATABASE_URL": address(),
            "KILLPOINT": f"{killpoint}:{nth}",
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        },
        timeout=60,
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-2000:]


@pytest.fixture
def indeed(road):
    made = road("indeed")
    made.sync()
    return made


def outlive_the_lease(indeed):
    Lane.objects.update(lease_until=None)
    indeed.wake()


@pytest.mark.parametrize(
    ("killpoint", "patches_in_all"),
    [
        ("after-claim", 1),
        ("after-compare", 1),
        ("after-intent", 1),
        ("after-answer", 1),
        ("after-outcome", 1),
    ],
)
def test_an_edit_survives_its_worker(indeed, killpoint, patches_in_all):
    change = indeed.ask(WAREHOUSE, "name", "Survivor")
    work_and_die(indeed.connection.pk, killpoint)

    for _ in range(3):
        outlive_the_lease(indeed)
        indeed.deliver()

    assert fields(change) == {"name": State.CONFIRMED}
    assert len(indeed.patches()) == patches_in_all


def test_the_intent_is_written_before_the_first_byte(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Survivor")

    work_and_die(indeed.connection.pk, "after-intent")

    assert fields(change) == {"name": State.SENDING}
    assert Attempt.objects.filter(change=change, in_flight=True).exists()
    assert AuditEntry.objects.filter(change_id=change.pk, state="sending").exists()
    assert indeed.patches() == []


def test_nothing_is_decided_before_the_settle_time_is_over(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Survivor")
    work_and_die(indeed.connection.pk, "after-answer")

    Lane.objects.update(lease_until=None)
    indeed.deliver()

    assert fields(change) == {"name": State.UNKNOWN}
    assert Lane.objects.get(campaign=change.campaign).settle_until is not None
