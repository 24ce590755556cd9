"""A line to Redis that is slow, or breaks every second: real sockets, nothing faked."""

import socket
import threading
import time
from contextlib import suppress

from tests.chaos.proxy import Way, reset, shut


class BadLine(Way):
    """The way to a socket file.

    `delay` is how many seconds each piece is late; with `breaks` every connection is
    reset after so many seconds.
    """

    def __init__(self, path, delay=0.0, breaks=None):
        self.path, self.delay, self.breaks = str(path), delay, breaks
        super().__init__()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def connect(self):
        far = socket.socket(socket.AF_UNIX)
        far.connect(self.path)
        return far

    def join(self, near, far):
        super().join(near, far)
        if self.breaks is not None:
            threading.Timer(self.breaks, self._break, args=[near, far]).start()

    def pass_on(self, chunk, sink):
        time.sleep(self.delay)
        super().pass_on(chunk, sink)

    @staticmethod
    def _break(near, far):
        with suppress(OSError):
            reset(near)
        shut(far)
