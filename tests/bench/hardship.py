"""What delivery does under hardship, measured: `python -m tests.bench.hardship NAME`.

`cancel`: cancelling raced against sending, pair by pair. `killed`: how long until
what a killed worker had in flight is decided. `absent`: how soon sending begins
without Redis. `compare`: from the compare answer to the PATCH, at the platform. Each
prints one line of JSON; `--database postgres` takes a PostgreSQL of its own.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from importlib import import_module
from pathlib import Path

import django

from tests import services

WHERE = {
    "cancel": "tests.bench.hardship_races",
    "killed": "tests.bench.hardship_workers",
    "absent": "tests.bench.hardship_workers",
    "compare": "tests.bench.hardship_workers",
}
USUAL = {"cancel": 10_000, "killed": 120, "absent": 60, "compare": 200}
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=sorted(WHERE))
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--count", type=int, help="pairs, lanes or sends")
    asked = parser.parse_args()
    count = asked.count or USUAL[asked.what]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hard-")))
        (folder / "data").mkdir()
        address = stack.enter_context(services.database(asked.database, folder))
        os.environ |= surroundings(folder, address)
        django.setup()
        django.core.management.call_command("migrate", verbosity=0)
        act = getattr(import_module(WHERE[asked.what]), asked.what)
        told = {"what": asked.what, "database": asked.database}
        print(json.dumps(told | act(count, folder, stack)), flush=True)


def surroundings(folder, address):
    """Nobody listens where Redis would be: hints are lost, and that is right here."""
    return {
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "CAMPAIGN_DESK_VAR": str(folder),
        "DATABASE_URL": address,
        "REDIS_URL": f"redis+socket://{folder}/nobody.sock",
        "LOG_LEVEL": "WARNING",
    }


def worker(folder, name, **more):
    """A real worker in a process group of its own; `more` goes to its environment."""
    command = [sys.executable, "-m", "celery", "-A", "dashboard", "worker", *QUIET]
    with (folder / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            [*command, "-n", f"{name}@here", "--loglevel", "WARNING"],
            env=os.environ | more,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def go_first(*pids):
    """Let nothing else on this machine go before these, where that is allowed."""
    with suppress(OSError):
        for pid in pids:
            os.setpriority(os.PRIO_PROCESS, pid, -20)
            Path(f"/proc/{pid}/autogroup").write_text("-20")


def spread(seconds, digits=1, unit=1000):
    """Median, 95th and 99th percentile and worst of a sample, in ms by default."""
    values = sorted(seconds)
    at = lambda share: values[min(len(values) - 1, int(len(values) * share))]  # noqa: E731
    found = {"median": at(0.5), "p95": at(0.95), "p99": at(0.99), "worst": values[-1]}
    return {name: round(value * unit, digits) for name, value in found.items()}


if __name__ == "__main__":
    main()
