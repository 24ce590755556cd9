"""The web server of a stand-in: HTTP/1.1 with keep-alive on the loopback only."""

import socket
import socketserver
import struct
import threading
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any

from campaigns.gateway.standin import control
from campaigns.gateway.standin.host import Delivery, Host
from campaigns.gateway.standin.messages import Answer, Request

BODY_LIMIT = 1024 * 1024
_DRIPS_A_SECOND = 10


class Server(socketserver.ThreadingTCPServer):
    """One thread a connection; stopping closes the idle ones too."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, host: Host, port: int) -> None:
        self.host = host
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def close(self) -> None:
        """Stop accepting, end every connection."""
        self.host.stop()
        self.shutdown()
        self.server_close()
        with self._lock:
            left = list(self._open)
        for connection in left:
            _silently_shut(connection)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120
    server: Server

    def log_message(self, *_: Any) -> None:
        """The journal is the log."""

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True  # the client went away

    def take(self) -> None:
        """Read one request, have it judged, send what comes of it."""
        request = self._request()
        if request is None:
            self._send(Answer(413))
            self.close_connection = True
        elif request.path.startswith(control.PREFIX):
            self._send(control.answer(request, self.server.host))
        else:
            self._deliver(self.server.host.take(request))

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_OPTIONS = take

    def _request(self) -> Request | None:
        """None when the body's length is missing, wrong or too much."""
        length = self.headers.get("Content-Length", "0")
        chunked = "Transfer-Encoding" in self.headers
        if chunked or not length.isdigit() or int(length) > BODY_LIMIT:
            return None
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise ConnectionAbortedError("The client left in the middle of its body.")
        return Request(self.command, self.path, headers, body)

    def _deliver(self, delivery: Delivery) -> None:
        try:
            self._travel(delivery)
        except OSError:
            self.server.host.broken(delivery)
            self.close_connection = True

    def _travel(self, delivery: Delivery) -> None:
        content = _bytes(delivery.answer) if delivery.answer else delivery.raw or b""
        if delivery.drip and delivery.answer:
            self._drip(content, delivery.drip)
            return
        self.wfile.write(content[: delivery.cut])
        if delivery.way != "whole":
            self._hang_up(delivery)

    def _drip(self, content: bytes, a_second: int) -> None:
        size = max(1, a_second // _DRIPS_A_SECOND)
        for start in range(0, len(content), size):
            self.wfile.write(content[start : start + size])
            if self.server.host.stopping.wait(size / a_second):
                return

    def _hang_up(self, delivery: Delivery) -> None:
        if delivery.reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.rfile.close()  # the socket closes with its last reader only
            self.connection.close()
        self.close_connection = True

    def _send(self, answer: Answer) -> None:
        self.wfile.write(_bytes(answer))


def _bytes(answer: Answer) -> bytes:
    """The whole answer in one piece, so that it leaves in one packet."""
    body = answer.body.encode("utf-8", "replace")
    head = {"Date": formatdate(usegmt=True), **answer.headers}
    if answer.status != HTTPStatus.NO_CONTENT:
        head |= {"Content-Type": answer.content_type, "Content-Length": str(len(body))}
    lines = [f"HTTP/1.1 {answer.status} {_phrase(answer.status)}"]
    lines += [f"{name}: {value}" for name, value in head.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _silently_shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # already gone
