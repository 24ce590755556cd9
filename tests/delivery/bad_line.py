"""A line to Redis that is slow, or breaks every second: real sockets, nothing faked."""

import socket
import struct
import threading
import time

RESET = struct.pack("ii", 1, 0)


class BadLine:
    """Listens on 127.0.0.1 and passes on to a socket file.

    `delay` is how many seconds each piece is late; with `breaks` every connection is
    reset after so many seconds.
    """

    def __init__(self, path, delay=0.0, breaks=None):
        self.path, self.delay, self.breaks = str(path), delay, breaks
        self.broken = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed
            far = socket.socket(socket.AF_UNIX)
            try:
                far.connect(self.path)
            except OSError:
                near.close()
                continue
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=ends, daemon=True).start()
            if self.breaks is not None:
                threading.Timer(self.breaks, self._reset, args=[near, far]).start()

    def _pass(self, source, sink):
        try:
            while piece := source.recv(4096):
                time.sleep(self.delay)
                sink.sendall(piece)
        except OSError:
            pass  # one end is gone; so is the other
        finally:
            self._shut(source)
            self._shut(sink)

    def _reset(self, near, far):
        self.broken += 1
        try:
            near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        except OSError:
            return  # gone already
        self._shut(far)
        near.close()

    @staticmethod
    def _shut(end):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # already
