"""A web server that says exactly the bytes a test wants, and stops when told.

Each request takes the next play; the last one is repeated. A play is the bytes to
send, or a function of the connection that returns whether to keep it open.
"""

import gzip
import json
import socket
import struct
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass

CRLF = b"\r\n"


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


class RawServer:
    def __init__(self, plays, context=None):
        self._plays = list(plays)
        self._context = context
        self._stopping = threading.Event()
        self._open = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.seen = []
        self.closed = threading.Semaphore(0)
        self.accepted = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def play(self, *plays):
        self._plays = list(plays)

    def stop(self):
        self._stopping.set()
        shut(self._listener)
        for connection in self._open:
            shut(connection)

    def wait(self, seconds):
        return self._stopping.wait(seconds)

    def _accept(self):
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            self._open.append(connection)
            arguments = (connection, self.accepted)
            threading.Thread(target=self._serve, args=arguments, daemon=True).start()

    def _serve(self, connection, number):
        try:
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as reader:
                while (request := read_request(reader, number)) is not None:
                    self.seen.append(request)
                    if not self._perform(connection):
                        return
        except (OSError, ValueError):
            return  # gone, or no HTTP
        finally:
            self.closed.release()

    def _perform(self, connection):
        play = self._plays.pop(0) if len(self._plays) > 1 else self._plays[0]
        if isinstance(play, bytes):
            connection.sendall(play)
            return True
        return play(self, connection)


@contextmanager
def raw_server(*plays, context=None):
    server = RawServer(plays, context)
    try:
        yield server
    finally:
        server.stop()


def read_request(reader, number):
    start = reader.readline()
    if not start:
        return None
    headers = {}
    while (line := reader.readline().strip()) != b"":
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    body = reader.read(int(headers.get("content-length", 0)))
    method, target, _ = start.decode("latin-1").split(" ")
    return Seen(method, target, headers, body, number)


def shut(connection):
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def free_port():
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


# --- plays ----------------------------------------------------------------------


def answer(status=200, body=b"{}", *, kind="application/json", **headers):
    """The bytes of a complete answer. A header given as None is left out."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Whatever"]
    shown = {"Content-Type": kind, "Content-Length": str(len(body))}
    shown |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines += [f"{name}: {value}" for name, value in shown.items() if value is not None]
    return "\r\n".join(lines).encode() + CRLF * 2 + body


def zipped(body):
    return answer(200, gzip.compress(body), Content_Encoding="gzip")


def echo(status):
    """Answer with everything the request held, at every place an error may use."""

    def play(server, connection):
        request = server.seen[-1]
        said = f"{request.headers} {request.body!r}"
        told = {"title": said, "type": said, "detail": said, "description": said}
        told |= {"error": said, "error_description": said, "pointer": said}
        body = told | {"violations": [told], "meta": {"errors": [told]}}
        connection.sendall(answer(status, json.dumps(body)))
        return True

    return play


def hang(server, connection):
    """Read the request, then say nothing until the test is over."""
    server.wait(30)
    return False


def close(server, connection):
    """Read the request, then close without a word."""
    return False


def reset(server, connection):
    """Read the request, then reset the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def cut(data, at):
    """Send the first bytes of an answer, then close."""

    def play(server, connection):
        connection.sendall(data[:at])
        return False

    return play


def drip(data, every):
    """Send an answer byte by byte."""

    def play(server, connection):
        for byte in data:
            connection.sendall(bytes([byte]))
            if server.wait(every):
                return False
        return True

    return play


def late(data, seconds):
    """Send an answer after a while."""

    def play(server, connection):
        server.wait(seconds)
        connection.sendall(data)
        return True

    return play


def endless(head, chunk):
    """Send a head, then the same chunk for ever."""

    def play(server, connection):
        connection.sendall(head)
        while not server.wait(0):
            connection.sendall(chunk)
        return False

    return play
