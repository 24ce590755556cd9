"""A whole Campaign Desk in a folder of its own: started, looked at, ended."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil

from dashboard.up import ports
from tests.services import wait_until

LAST_WORDS = "Ctrl-C ends everything."
ROOT = Path(__file__).resolve().parent.parent.parent


class Desk:
    def __init__(self, folder, port=None, *options):
        self.folder = folder
        self.port = port or ports.any_free()
        self.output = folder / "said.txt"
        self.options = options

    def environment(self):
        ours = ("PATH", "HOME", "LANG", "PYTHONPATH", "DESK_POLLER")
        kept = {name: os.environ[name] for name in ours if name in os.environ}
        return kept | {"CAMPAIGN_DESK_VAR": str(self.folder)}

    def start(self):
        command = [sys.executable, "manage.py", "up", "--port", str(self.port)]
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, *self.options],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return self

    def said(self):
        return self.output.read_text()

    def wait_running(self):
        wait_until(
            lambda: LAST_WORDS in self.said() or self.has_ended(), "a start", 120
        )
        assert "running at" in self.said(), self.said()
        return self

    def has_ended(self):
        return self.process.poll() is not None

    def processes(self):
        """Every process of this desk, however it is related: by what it was given."""
        return [process for process in psutil.process_iter() if self.is_ours(process)]

    def is_ours(self, process):
        try:
            # Redis writes its title over its environment, but its title has the socket.
            place = process.environ().get("CAMPAIGN_DESK_VAR")
            named = str(self.folder) in " ".join(process.cmdline())
            return process.status() != "zombie" and (named or place == str(self.folder))
        except psutil.Error:
            return False

    def pid_of(self, word):
        """The first process whose command line has this word; None without one."""
        found = [one.pid for one in self.processes() if word in " ".join(words(one))]
        return min(found, default=None)

    def kill(self, word):
        pid = self.pid_of(word)
        assert pid, f"no {word} to kill"
        os.kill(pid, signal.SIGKILL)
        return pid

    def is_healthy(self):
        try:
            address = f"http://127.0.0.1:{self.port}/health"
            with urllib.request.urlopen(address, timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait(60)

    def leave_nothing(self):
        if not self.has_ended():
            self.end(signal.SIGKILL)
        for process in self.processes():
            process.kill()


def words(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []
