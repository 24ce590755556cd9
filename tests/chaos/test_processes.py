"""Real processes killed while people edit: nothing is lost, doubled or reordered.

The same checker as for the simulator judges what the platforms, the database and the
people hold afterwards.
"""

import json
import os
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.chaos, pytest.mark.processes, pytest.mark.timeout(1800)]
EDITS = int(os.environ.get("CHAOS_EDITS", "1000"))
KILLS = 20


def sums_of(*command):
    """What a run in a process of its own printed last."""
    own = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "TEST_DATABASE_URL", "REDIS_URL")
    environment = {k: v for k, v in os.environ.items() if k not in own}
    ended = subprocess.run(
        [sys.executable, "-m", *command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout, ended.stderr[-3000:]
    return json.loads(ended.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_edits_survive_killed_processes(database):
    asked = ["--edits", str(EDITS), "--kills", str(KILLS)]

    sums = sums_of("tests.chaos.processes", "--database", database, *asked)

    assert sums["violations"] == 0, sums["found"]
    assert sums["edits"] >= EDITS and sums["kills"] >= KILLS
    assert sums["drained after"] is not None


def test_edits_survive_restarts_and_a_crash_of_postgresql():
    """The workers and the web process live on by themselves; pages say it plainly."""
    sums = sums_of("tests.chaos.restarts")

    assert sums["violations"] == 0, sums["found"]
    assert sums["states"] == {"confirmed": sums["edits"]}
    assert sums["patches"] == sums["edits"]
    assert sums["lived on"]
    assert {*sums["answers"]} <= {"200", "503"}, sums["answers"]
