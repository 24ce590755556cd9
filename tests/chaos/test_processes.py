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


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_edits_survive_killed_processes(database):
    command = [sys.executable, "-m", "tests.chaos.processes", "--database", database]
    command += ["--edits", str(EDITS), "--kills", str(KILLS)]
    own = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "TEST_DATABASE_URL", "REDIS_URL")
    environment = {k: v for k, v in os.environ.items() if k not in own}

    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False
    )

    assert ended.stdout, ended.stderr[-3000:]
    sums = json.loads(ended.stdout.strip().splitlines()[-1])
    assert sums["violations"] == 0, sums["found"]
    assert sums["edits"] >= EDITS and sums["kills"] >= KILLS
    assert sums["drained after"] is not None
