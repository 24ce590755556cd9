"""Connections that keep one deadline and remember how far a request got.

A read timeout of the library starts again with every byte that arrives, so a peer
that drips could hold a worker for hours; and its exceptions do not say whether a
byte had left. A `Trip` bounds everything from name look-up to last byte and knows.
"""

import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from campaigns.gateway.addresses import IPAddress, refusal
from campaigns.gateway.contract import Timeout
from campaigns.gateway.names import look_up

IDLE_LIMIT: Final = 4.0
"""Seconds after which an idle connection is not used again.

Servers close idle connections after five seconds and more; a request written into
one that is just being closed would end as "may have been applied".
"""


class Stage(StrEnum):
    """How far a request got."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    SECURE = "secure"
    SEND = "send"
    ANSWER = "answer"


@dataclass(slots=True)
class Trip:
    """One request on its way: its bounds, and what is known about it.

    `left` turns true immediately before the first byte is given to the system,
    `ended` when the other side has closed its end.
    """

    timeout: Timeout
    deadline: float
    loopback_allowed: bool
    stage: Stage = Stage.RESOLVE
    left: bool = False
    ended: bool = False
    trouble: Exception | None = None

    def remaining(self, at_most: float) -> float:
        """Return the seconds left, or raise `TimeoutError` when there are none."""
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the time for the whole exchange is over")
        return min(seconds, at_most)

    @property
    def is_over(self) -> bool:
        """Whether the time for the whole exchange is used up."""
        return time.monotonic() >= self.deadline

    @contextmanager
    def witnessed(self) -> Iterator[None]:
        """Keep what went wrong inside the block, before a library rewords it."""
        try:
            yield
        except Exception as error:
            self.trouble = error
            raise


class ForbiddenAddress(OSError):
    """The name resolved to an address that this connection must not call."""


_current: ContextVar[Trip] = ContextVar("trip")


@contextmanager
def travelling(trip: Trip) -> Iterator[None]:
    """Bind every connection used inside the block to this trip."""
    token = _current.set(trip)
    try:
        yield
    finally:
        _current.reset(token)


class _BoundedReader(io.RawIOBase):
    """Reads a socket, each time with no more than what is left of the trip."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        trip = _current.get()
        trip.stage = Stage.ANSWER
        with trip.witnessed():
            self._sock.settimeout(trip.remaining(trip.timeout.read))
            count = self._raw.readinto(buffer)
        trip.ended = count == 0
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedSocket:
    """A connected socket whose reads and writes keep to the trip's deadline."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: Any) -> None:
        trip = _current.get()
        trip.stage = Stage.SEND
        with trip.witnessed():
            self._sock.settimeout(trip.remaining(trip.timeout.read))
            trip.left = True
            self._sock.sendall(data)

    def makefile(self, mode: str = "rb", buffering: int = -1) -> io.BufferedReader:
        raw = self._sock.makefile("rb", buffering=0)
        return io.BufferedReader(_BoundedReader(raw, self._sock))


class _Bounded(HTTPConnection):
    """A connection that opens, sends and reads within the current trip."""

    _plain = True
    _used_at = 0.0

    def _new_conn(self) -> socket.socket:
        trip = _current.get()
        trip.stage = Stage.RESOLVE
        found = look_up(self.host, trip.remaining(trip.timeout.connect))
        _refuse_forbidden(found, trip, plain=self._plain)
        trip.stage = Stage.CONNECT
        sock = _reach(found, self.port, trip)
        trip.stage = Stage.SECURE
        sock.settimeout(trip.remaining(trip.timeout.connect))
        return sock

    def connect(self) -> None:
        with _current.get().witnessed():
            super().connect()
        self.sock = cast(socket.socket, _BoundedSocket(self.sock))

    @property
    def is_connected(self) -> bool:
        is_fresh = time.monotonic() - self._used_at < IDLE_LIMIT
        return is_fresh and super().is_connected

    def getresponse(self) -> Any:
        self._used_at = time.monotonic()
        return super().getresponse()


class _SecureBounded(_Bounded, HTTPSConnection):
    _plain = False


class PlainPool(HTTPConnectionPool):
    """Connections to this machine, without encryption."""

    ConnectionCls = _Bounded


class SecurePool(HTTPSConnectionPool):
    """Connections to everything else."""

    ConnectionCls = _SecureBounded


POOLS: Final = {"http": PlainPool, "https": SecurePool}


def _refuse_forbidden(found: list[IPAddress], trip: Trip, *, plain: bool) -> None:
    allowed = trip.loopback_allowed
    for ip in found:
        reason = refusal(ip, plain=plain, loopback_allowed=allowed)
        if reason:
            raise ForbiddenAddress(reason)


def _reach(found: list[IPAddress], port: int | None, trip: Trip) -> socket.socket:
    trouble: OSError = ConnectionError("the name has no address")
    for ip in found:
        seconds = trip.remaining(trip.timeout.connect)
        try:
            sock = socket.create_connection((str(ip), port or 0), seconds)
        except OSError as error:
            trouble = error
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    raise trouble
