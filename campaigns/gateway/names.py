"""Turns a host name into addresses, in bounded time.

The system's resolver knows no timeout; an abandoned look-up ends by itself.
"""

import socket
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from threading import Thread

from campaigns.gateway.addresses import IPAddress

Found = list[IPAddress] | OSError


def look_up(host: str, seconds: float) -> list[IPAddress]:
    """Return the addresses of `host`, each once, in the resolver's order.

    Raises `socket.gaierror` when there are none and `TimeoutError` after `seconds`.
    """
    try:
        return [ip_address(host)]
    except ValueError:
        return _ask(host, seconds)


def _ask(host: str, seconds: float) -> list[IPAddress]:
    answers: SimpleQueue[Found] = SimpleQueue()
    Thread(target=lambda: answers.put(_resolve(host)), daemon=True).start()
    try:
        found = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError("the name was not resolved in time") from None
    if isinstance(found, OSError):
        raise found
    return found


def _resolve(host: str) -> Found:
    try:
        entries = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        return error
    except UnicodeError:
        return socket.gaierror(socket.EAI_NONAME, "no possible host name")
    texts = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in entries)
    return [ip_address(text) for text in texts]
