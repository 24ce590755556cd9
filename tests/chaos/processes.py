"""Real processes under real trouble: Celery, web, Redis, a database, toxic wires.

`python -m tests.chaos.processes --database sqlite --edits 1000 --kills 20 --seed 1`
plays one run, judges it with the same checker, and prints its sums as JSON.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import django

from tests import services

SETTLE = 30
DRAIN_SECONDS = 300
WORKERS = 3


def main():
    asked = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leave no process behind
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        address = stack.enter_context(services.database(asked.database, folder))
        environment = surroundings(folder, address)
        os.environ.update(environment)
        django.setup()
        # what needs settings is imported when there are some
        from tests.chaos.run import Run

        sums = Run(asked, folder, dict(os.environ), stack).play()
    print(json.dumps(sums, default=str))
    sys.exit(1 if sums["violations"] else 0)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--edits", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--redis", choices=("killed", "absent"), default="killed")
    parser.add_argument("--clerks", type=int, default=6)
    return parser.parse_args()


def surroundings(folder, address):
    return {
        "DJANGO_SETTINGS_MODULE": "tests.chaos.live",
        "CAMPAIGN_DESK_VAR": str(folder),
        "DATABASE_URL": address,
        "REDIS_URL": f"redis+socket://{folder}/redis.sock",
        "LOG_LEVEL": "WARNING",
    }


if __name__ == "__main__":
    main()
