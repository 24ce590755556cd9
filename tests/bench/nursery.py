"""Runs pytest again and again, each time in a process that loaded nothing of ours.

Started by `tests.bench.mutation_trials` as a script, in the tree to be tried: reads a
JSON line for each run, forks, answers with its exit code (null: out of time). What
others wrote is loaded beforehand; that is most of what a start of pytest costs.
"""

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from importlib import import_module

FOREIGN = (
    "celery",
    "cryptography.fernet",
    "django.contrib.admin.options",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.executor",
    "django.forms",
    "django.template.defaulttags",
    "django.test",
    "factory.django",
    "http.server",
    "hypothesis.strategies",
    "playwright.sync_api",
    "psycopg",
    "pytest",
    "requests",
    "structlog",
    "valkey",
)
PAUSE = 0.05


def run(arguments, places, said):
    """In the new process: pytest, its words going to the file `said`."""
    os.setsid()
    os.environ.update(places)
    for number, name in enumerate((os.devnull, said, said)):
        file = os.open(name, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
    tempfile.tempdir = None
    sys.path[0] = os.getcwd()
    try:
        code = int(import_module("pytest").main(arguments))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def wait(process, seconds):
    """Its exit code, or None when time is up; nothing of its group is left behind."""
    end, ended, status = time.monotonic() + seconds, 0, 0
    while not ended and time.monotonic() < end:
        time.sleep(PAUSE)
        ended, status = os.waitpid(process, os.WNOHANG)
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    if not ended:
        os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status) if ended else None


def main():
    for name in FOREIGN:
        import_module(name)
    for line in sys.stdin:
        asked = json.loads(line)
        process = os.fork()
        if not process:
            try:
                run(asked["arguments"], asked["places"], asked["said"])
            finally:
                os._exit(3)
        print(json.dumps(wait(process, asked["seconds"])), flush=True)
        shutil.rmtree(asked["places"]["CAMPAIGN_DESK_VAR"], ignore_errors=True)


if __name__ == "__main__":
    main()
