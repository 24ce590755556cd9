"""Which ports of 127.0.0.1 we take."""

import json
import socket
from contextlib import closing
from pathlib import Path

HOST = "127.0.0.1"


class PortTaken(Exception):
    def __init__(self, port: int) -> None:
        words = f"Port {port} is used by another program. Choose one: --port {port + 1}"
        super().__init__(words)


def is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def claim(port: int) -> None:
    """Raises PortTaken when something else listens there."""
    if not is_free(port):
        raise PortTaken(port)


def any_free() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


def remembered(path: Path, names: list[str]) -> dict[str, int]:
    """A port per name, the same ones at every start as long as they are free."""
    known: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
    chosen = {name: keep(known.get(name, 0)) for name in names}
    path.write_text(json.dumps(chosen))
    return chosen


def keep(port: int) -> int:
    """This port where there is one and it is free, else any free one."""
    return port if port and is_free(port) else any_free()
