"""Pollers for a real worker: one that beats and tells, one that falls silent.

SAID names the file they write to.
"""

import os
import time
from pathlib import Path

SAID = Path(os.environ.get("SAID", os.devnull))
started = time.monotonic()
silent = "SILENT" in os.environ


def run(stop):
    say("started")
    while not stop.wait(0.1):
        pass
    say("stopped")


def last_beat():
    return started if silent else time.monotonic()


def say(word):
    with SAID.open("a") as file:
        print(word, file=file)
