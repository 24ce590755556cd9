"""One process of ours: started in a session of its own, ended with all it started.

On Linux the kernel ends it when the supervisor dies, however that happens.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
ON_LINUX = sys.platform == "linux"
LIBC = ctypes.CDLL(None, use_errno=True) if ON_LINUX else None


@dataclass(frozen=True)
class Program:
    """What to run. `is_ready` is asked until it says yes; without it, once started."""

    name: str
    command: list[str]
    is_ready: Callable[[], bool] = lambda: True
    stop_seconds: float = 5
    environment: Mapping[str, str] = field(default_factory=dict)


class Child:
    """A running program: may have ended by itself at any moment."""

    def __init__(self, program: Program, folder: Path, log: Path) -> None:
        self.program = program
        with log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603  (our own commands)
                program.command,
                cwd=folder,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with(os.getpid()),
            )

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def ask_to_stop(self) -> None:
        if not self.has_ended:
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """End it and everything in its session, warm first, at the latest in time."""
        self.ask_to_stop()
        try:
            self.process.wait(self.program.stop_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.sweep()
        self.process.wait()

    def sweep(self) -> None:
        """End what the process left behind in its group."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return


def end_with(supervisor: int) -> Callable[[], None] | None:
    """What a child does before it becomes its program: tie its life to ours."""
    if LIBC is None:
        return None
    prctl = LIBC.prctl

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != supervisor:
            os._exit(1)

    return tie
