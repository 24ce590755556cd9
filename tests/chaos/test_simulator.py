"""Three hundred full histories from seeds, judged; any failure names its seed."""

import os

import pytest

from tests.chaos.test_checker import play

pytestmark = [pytest.mark.chaos, pytest.mark.processes, pytest.mark.timeout(1500)]
HISTORIES = int(os.environ.get("CHAOS_HISTORIES", "330"))
FULL = 300
"""So many of them have 20 edits and 5 faults at least; lesser ones are judged too."""
SHARDS = 4


@pytest.mark.parametrize("shard", range(SHARDS))
def test_histories_keep_every_promise(shard):
    asked = "--count", str(HISTORIES), "--shard", f"{shard}/{SHARDS}"
    said, sums = play("tests.chaos.simulator", *asked)

    assert sums["failed"] == [], said
    assert sums["full"] >= min(FULL, HISTORIES // 2) // SHARDS


def test_a_seed_plays_the_same_history_again():
    _, once = play("tests.chaos.simulator", "--seed", "7")
    _, again = play("tests.chaos.simulator", "--seed", "7")

    once.pop("seconds"), again.pop("seconds")
    assert once == again
