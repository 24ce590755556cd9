"""At most one supervisor per local folder. The lock dies with its process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another supervisor serves this folder; `address` says where."""

    def __init__(self, address: str) -> None:
        super().__init__(f"Campaign Desk is already running at {address}")
        self.address = address


@contextmanager
def hold(path: Path, address: str) -> Iterator[None]:
    """Hold the lock and leave our address in it. Raises AlreadyRunning."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        take(handle)
        os.ftruncate(handle, 0)
        os.pwrite(handle, address.encode(), 0)
        yield
    finally:
        os.close(handle)


def take(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise AlreadyRunning(os.pread(handle, 200, 0).decode()) from error
