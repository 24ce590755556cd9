"""Does a connection that answers after 14 seconds slow the others? Pairs of runs.

`python -m tests.bench.isolation` prints one JSON line a pair, then the median. A real
worker serves both connections; the database is a file in a folder of its own.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import django

PAIRS = int(os.environ.get("PAIRS", "5"))
EDITS = int(os.environ.get("EDITS", "25"))
SLOW = 14
WAREHOUSE, TTR = "ee4d641cab17b22c", "a4c0b1d2e3f5"


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CAMPAIGN_DESK_VAR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "dashboard.settings"
        os.environ["LOG_LEVEL"] = "WARNING"
        os.environ["REDIS_URL"] = f"redis+socket://{folder}/nobody.sock"
        (Path(folder) / "data").mkdir()
        django.setup()
        pairs = import_pairs()
        pairs.prepare()
        with ExitStack() as stack:
            pairs.run(stack, Path(folder))


def import_pairs():
    """What needs Django, once it is set up."""
    return __import__("tests.bench.isolation_pairs", fromlist=["run"])


def worker(folder):
    command = [sys.executable, "-m", "celery", "-A", "dashboard", "worker"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    log = (folder / "worker.log").open("wb")
    return subprocess.Popen([*command, *quiet], stdout=log, stderr=log)


def told(pairs):
    ratios = [one["with_slow"] / one["alone"] for one in pairs]
    for one, ratio in zip(pairs, ratios, strict=True):
        print(json.dumps(one | {"ratio": round(ratio, 3)}), flush=True)
    print(json.dumps({"median_ratio": round(statistics.median(ratios), 3)}))


if __name__ == "__main__":
    main()
