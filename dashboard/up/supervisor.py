"""Keeps the programs alive, and ends them in order when told to stop.

Must never do their work: it starts, watches, restarts and stops.
"""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from dashboard.up import logs
from dashboard.up.child import Child, Program

LOOK_SECONDS = 0.2
ROTATE_SECONDS = 60
STEADY_SECONDS = 30
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STOPPING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class NotReady(Exception):
    """A program did not become ready in time."""


class Stopped(Exception):
    """We were told to stop while still starting."""


class Post:
    """One program's place: who serves there, and when to try again."""

    def __init__(self, program: Program, start: Callable[[Program], Child]) -> None:
        self.program = program
        self.start = start
        self.pause = FIRST_PAUSE
        self.fill()

    def fill(self) -> None:
        self.child = self.start(self.program)
        self.started = time.monotonic()
        self.due: float | None = None

    def look(self) -> str | None:
        """Restart what has ended, after a pause. Returns words when something did."""
        now = time.monotonic()
        if self.due is not None:
            if now >= self.due:
                self.fill()
            return None
        return self.plan_restart(now) if self.child.has_ended else None

    def plan_restart(self, now: float) -> str:
        self.child.sweep()
        if now - self.started > STEADY_SECONDS:
            self.pause = FIRST_PAUSE
        self.due = now + self.pause
        words = f"{self.program.name} ended, starts again in {self.pause:g} s"
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        return words


class Supervisor:
    """Programs are stopped in the opposite order of their start."""

    def __init__(self, folder: Path, logs: Path, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.logs = logs
        self.say = say
        self.posts: list[Post] = []
        self.is_stopping = False
        for number in STOPPING_SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self.hear)  # nohup has a hang-up ignored

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Stop warm; told a second time, at once."""
        if self.is_stopping:
            for post in self.posts:
                post.child.sweep()
        self.is_stopping = True

    def launch(self, program: Program) -> Child:
        return Child(program, self.folder, self.logs / f"{program.name}.log")

    def add(self, program: Program) -> None:
        self.check_stop()
        self.posts.append(Post(program, self.launch))

    def wait_ready(self, seconds: float = 60) -> None:
        """Until every program is ready. Raises NotReady with the log's place."""
        end = time.monotonic() + seconds
        for program in [post.program for post in self.posts]:
            while not program.is_ready():
                self.check_stop()
                self.look()
                if time.monotonic() > end:
                    log = self.logs / f"{program.name}.log"
                    raise NotReady(f"{program.name} did not start. Its log: {log}")
                time.sleep(LOOK_SECONDS / 4)

    def check_stop(self) -> None:
        if self.is_stopping:
            raise Stopped

    def watch(self) -> None:
        """Until told to stop."""
        rotated = time.monotonic()
        while not self.is_stopping:
            self.look()
            time.sleep(LOOK_SECONDS)
            if time.monotonic() - rotated > ROTATE_SECONDS:
                logs.rotate(self.logs)
                rotated = time.monotonic()

    def look(self) -> None:
        for words in filter(None, [post.look() for post in self.posts]):
            self.say(words)

    def stop(self) -> None:
        """End every program, the last started first."""
        for post in reversed(self.posts):
            post.child.stop()
        self.posts = []
