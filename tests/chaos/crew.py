"""The real processes of a run: started, killed, stopped, continued, started again.

Only processes that were started here are touched, by their own handle.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time

from dashboard.up import redis as embedded
from tests.dashboard.desk import ROOT

QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")


class Member:
    """One process that is started again whenever it is gone."""

    def __init__(self, name, command, environment, log):
        self.name, self.command = name, command
        self.environment, self.log = environment, log
        self.process = None
        self.killed_at = []
        self.start()

    def start(self):
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self):
        """kill -9 of the whole process group, then a new start."""
        self.signal(signal.SIGKILL)
        self.process.wait(10)
        self.killed_at.append(time.time())

    def signal(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return  # it ended by itself; it is started again

    def is_running(self):
        return self.process.poll() is None

    def end(self):
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.process.wait(10)


def worker(name, environment, folder):
    command = [sys.executable, "-m", "celery", "-A", "dashboard", "worker", *QUIET]
    command += ["--loglevel", "WARNING", "-n", f"{name}@here"]
    return Member(name, command, environment, folder / f"{name}.log")


def web(port, environment, folder):
    command = [sys.executable, "-m", "granian", "--interface", "wsgi"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "4", "--log-level", "warning"]
    command += ["dashboard.wsgi:application"]
    return Member("web", command, environment, folder / "web.log")


def redis(socket, environment, folder):
    command = [str(word) for word in embedded.command(socket, folder)]
    return Member("redis", command, environment, folder / "redis.log")


class Havoc(threading.Thread):
    """Kills and freezes members, one at a time, until it is told to stop."""

    def __init__(self, members, seed, *, kills, progress):
        super().__init__(daemon=True)
        self.members, self.dice = members, random.Random(seed)
        self.kills_wanted, self.progress = kills, progress
        self.stopping = threading.Event()
        self.kills = self.freezes = 0
        self.log = []

    def run(self):
        while not self.stopping.wait(self.dice.uniform(0.2, 1.0)):
            if self.progress() * self.kills_wanted < self.kills:
                continue  # spread over the whole of the work
            victim = self.dice.choice(self.members)
            if victim.name == "redis" or self.dice.random() < 0.85:
                self._kill(victim)
            else:
                self._freeze(victim)
            if self.kills >= self.kills_wanted:
                return

    def _kill(self, victim):
        self.log.append((time.time(), "kill", victim.name))
        victim.kill()
        self.kills += 1
        self.stopping.wait(self.dice.uniform(0.2, 1.0))
        victim.start()

    def _freeze(self, victim):
        seconds = self.dice.choice((3, 8, 12))
        self.log.append((time.time(), "freeze", victim.name))
        victim.signal(signal.SIGSTOP)
        self.freezes += 1
        self.stopping.wait(seconds)
        victim.signal(signal.SIGCONT)

    def is_over(self):
        return not self.is_alive()
