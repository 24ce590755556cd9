"""A real receiver of webhooks on this machine: keeps what came, answers as told."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    url: str
    got: list = field(default_factory=list)
    answers: list = field(default_factory=list)


@contextmanager
def receiving():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class Answering(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        receiver = self.server.receiver
        receiver.got.append((dict(self.headers), body))
        status, headers = receiver.answers.pop(0) if receiver.answers else (200, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        """Say nothing."""
