"""Three hundred histories from seeds, judged; any failure names its seed."""

import os
import subprocess
import sys

import pytest

from tests.chaos.test_checker import play

pytestmark = [pytest.mark.chaos, pytest.mark.processes, pytest.mark.timeout(1500)]
HISTORIES = int(os.environ.get("CHAOS_HISTORIES", "310"))
SHARDS = 2


def test_histories_keep_every_promise(tmp_path):
    command = [sys.executable, "-m", "tests.chaos.simulator", "--keep", str(tmp_path)]
    shards = [
        subprocess.Popen(
            [*command, "--count", str(HISTORIES), "--shard", f"{n}/{SHARDS}"],
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.chaos.settings"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(SHARDS)
    ]

    said = [shard.communicate()[0] for shard in shards]

    assert [shard.returncode for shard in shards] == [0] * SHARDS, "\n".join(said)


def test_a_seed_plays_the_same_history_again():
    _, once = play("tests.chaos.simulator", "--seed", "7")
    _, again = play("tests.chaos.simulator", "--seed", "7")

    once.pop("seconds"), again.pop("seconds")
    assert once == again
