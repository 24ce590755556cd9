"""Shows that a worker lives: one row a worker, renewed by its poller."""

import os
import socket
from datetime import datetime, timedelta

from campaigns import clock
from campaigns.models import WorkerBeat

EVERY = timedelta(seconds=10)
FORGOTTEN = timedelta(days=1)
"""After so long a worker that is gone is no longer told of."""


class Beat:
    """The row of this process. A call is cheap between two beats."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()[:80]}:{os.getpid()}"
        self._last: datetime | None = None

    def show(self) -> None:
        """Write that this worker lives, unless it did so a moment ago."""
        now = clock.now()
        if self._last is not None and self._last <= now < self._last + EVERY:
            return
        if self._last is None:
            WorkerBeat.objects.filter(at__lt=now - FORGOTTEN).delete()
        WorkerBeat.objects.update_or_create(
            name=self.name,
            defaults={"at": now},
            create_defaults={"at": now, "began_at": now},
        )
        self._last = now

    def end(self) -> None:
        """A worker that was stopped in order is not missed."""
        WorkerBeat.objects.filter(name=self.name).delete()
