"""The checker's own test: it must see what goes wrong when a guard is gone."""

import json
import os
import subprocess
import sys

import pytest

from tests.chaos import values
from tests.chaos.sabotage import GUARDS

pytestmark = [pytest.mark.chaos, pytest.mark.processes, pytest.mark.timeout(900)]


def play(*words):
    """Run a module of the simulator in a process of its own, with its settings."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.chaos.settings"}
    environment.pop("TEST_DATABASE_URL", None)
    ended = subprocess.run(
        [sys.executable, "-m", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout, ended.stderr[-3000:]
    return ended.stdout, json.loads(ended.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("name", [guard.name for guard in GUARDS])
def test_the_loss_of_a_guard_is_found(name):
    said, caught = play("tests.chaos.sabotage", name)

    assert caught[name], said


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("12.50", "12.5", True),
        ('"a "', '"a"', True),
        ("null", "false", True),
        ("1", "true", False),
        ("1", '"1"', False),
        ('{"a":1}', '{"a":1.0}', True),
        ("[1,2]", "[2,1]", False),
    ],
)
def test_values_are_compared_by_what_they_are(one, other, is_same):
    assert values.same(values.said(one), values.said(other)) is is_same
