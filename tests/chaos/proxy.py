"""A toxic way between two programs: slow, cut, reset or dripping, by its dice."""

import random
import socket
import struct
import threading
import time

CHUNK = 4096
RESET = struct.pack("ii", 1, 0)


class Way:
    """Listens on 127.0.0.1 and passes on what comes, both ways, piece by piece."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def connect(self):
        """The other end. Raises `OSError`."""
        raise NotImplementedError

    def join(self, near, far):
        """Begin to pass on between two ends."""
        for ends in ((near, far), (far, near)):
            self.start(self.carry, *ends)

    def carry(self, source, sink):
        """Pass on until one end is gone."""
        try:
            while chunk := source.recv(CHUNK):
                self.pass_on(chunk, sink)
        except OSError:
            pass  # so is the other
        finally:
            shut(source)
            shut(sink)

    def pass_on(self, chunk, sink):
        sink.sendall(chunk)

    @staticmethod
    def start(act, *given):
        threading.Thread(target=act, args=given, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed
            self.start(self._open, near)

    def _open(self, near):
        try:
            far = self.connect()
        except OSError:
            near.close()
            return
        self.join(near, far)


class Proxy(Way):
    """The way to `port`; `share` of the connections suffer."""

    def __init__(self, port, seed, share=0.1):
        self.target, self.share = ("127.0.0.1", port), share
        self.dice = random.Random(seed)
        self.harmed = 0
        super().__init__()

    def connect(self):
        far = socket.create_connection(self.target, timeout=5)
        far.settimeout(None)
        return far

    def join(self, near, far):
        poison = self._poison()
        for way in ((near, far, poison, "there"), (far, near, poison, "back")):
            self.start(self._pass, *way)

    def _poison(self):
        """What befalls one connection: (kind, direction, after how many bytes)."""
        if self.dice.random() >= self.share:
            return None
        self.harmed += 1
        kind = self.dice.choice(("cut", "reset", "drip", "latency"))
        way = self.dice.choice(("there", "back", "back"))
        return kind, way, self.dice.randint(1, 1200)

    def _pass(self, source, sink, poison, way):
        passed = 0
        mine = poison if poison and poison[1] == way else None
        try:
            while chunk := source.recv(CHUNK):
                if mine and passed + len(chunk) > mine[2]:
                    if self._harm(source, sink, chunk, mine, passed):
                        return
                else:
                    sink.sendall(chunk)
                passed += len(chunk)
        except OSError:
            pass  # one end is gone; so is the other
        finally:
            shut(source)
            shut(sink)

    def _harm(self, source, sink, chunk, poison, passed):
        """True when the connection is over."""
        kind, _, after = poison
        if kind == "latency":
            time.sleep(self.dice.uniform(0.2, 3))
        elif kind == "drip":
            for start in range(0, len(chunk), 50):
                sink.sendall(chunk[start : start + 50])
                time.sleep(0.01)
            return False
        else:
            sink.sendall(chunk[: max(0, after - passed)])
            if kind == "reset":
                reset(source)
                reset(sink)
            return True
        sink.sendall(chunk)
        return False


def reset(end):
    """Close an end so that the other side sees a reset. Raises `OSError` if gone."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    end.close()


def shut(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # already
