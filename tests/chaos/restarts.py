"""PostgreSQL ends sessions, is restarted and crashes while real workers deliver.

`python -m tests.chaos.restarts` plays it once, judges it with the checker of all
histories, and prints its sums as JSON. Nobody but PostgreSQL is started again.
"""

import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import django
import psycopg
import requests

from tests import services
from tests.chaos.processes import surroundings

CAMPAIGNS, ROUNDS = 30, 2
SETTLE = 2
LEASE = 5
DRAIN_SECONDS = 120
SAFE = ("fsync=off", "full_page_writes=off", "max_connections=200")
"""A commit outlives the server's crash, if not the machine's."""


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leave no process behind
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        server = stack.enter_context(services.postgres_server(SAFE))
        os.environ.update(surroundings(folder, server.address))
        os.environ["DELIVERY_LEASE"] = str(LEASE)
        django.setup()
        # what needs settings is imported when there are some
        from tests.chaos.restarted import Scene

        sums = Scene(server, folder, stack).play()
    print(json.dumps(sums, default=str))
    sys.exit(1 if sums["violations"] else 0)


class Visitor(threading.Thread):
    """Somebody who loads a page again and again, and notes how it was answered."""

    def __init__(self, address, session):
        super().__init__(daemon=True)
        self.address, self.answers = address, Counter()
        self.leaving = threading.Event()
        self.browser = requests.Session()
        self.browser.trust_env = False
        self.browser.cookies.set("sessionid", session, domain="127.0.0.1")

    def run(self):
        while not self.leaving.wait(0.1):
            self.answers[self.look()] += 1

    def look(self):
        answer = self.browser.get(self.address, timeout=30, allow_redirects=False)
        if answer.status_code == 200 or "Not possible right now" in answer.text:
            return answer.status_code
        return f"an odd {answer.status_code}: {answer.text[-400:]}"


def end_sessions(server):
    """Every session but ours, as an administrator ends them."""
    with psycopg.connect(
        host=str(server.folder), user="desk", dbname="postgres", autocommit=True
    ) as ours:
        ours.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )


def restart(server):
    server.stop(signal.SIGINT)
    time.sleep(1)
    server.start()


def crash(server):
    server.stop(signal.SIGQUIT)
    time.sleep(1)
    server.start()


BLOWS = ((0.15, end_sessions), (0.35, restart), (0.55, crash), (0.75, end_sessions))
"""After which share of all sends what befalls the server."""


if __name__ == "__main__":
    main()
