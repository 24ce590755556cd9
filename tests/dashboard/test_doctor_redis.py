"""The doctor asks Redis as a worker would: with its password, and over TLS."""

import socket
import socketserver
import ssl
import threading
from contextlib import contextmanager
from time import monotonic

import pytest
import redis

from dashboard.doctor import Level, broker
from tests import services
from tests.certificates import certificate

PASSWORD = "from-a-vault"


@pytest.fixture(scope="module")
def place():
    """The socket of a Redis that wants a password."""
    with services.redis() as address:
        path = address.removeprefix("redis+socket://")
        with redis.Redis(unix_socket_path=path) as client:
            client.config_set("requirepass", PASSWORD)
        yield path


@pytest.fixture
def told(settings):
    """What the doctor says about Redis at an address."""

    def ask(address):
        settings.CELERY_BROKER_URL = address
        (finding,) = broker.look_at_redis()
        return finding

    return ask


@contextmanager
def listening(handle):
    """The port of 127.0.0.1 on which each caller's socket is handled."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            handle(self.request)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        yield server.server_address[1]
        server.shutdown()


def copied(source, target):
    while piece := source.recv(4096):
        target.sendall(piece)


def relayed(caller, place):
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(place)
        back = threading.Thread(target=copied, args=(line, caller), daemon=True)
        back.start()
        copied(caller, line)


def test_redis_that_is_there_is_well(told):
    with services.redis() as address:
        assert told(address).level == Level.WELL


@pytest.mark.parametrize(
    "address",
    [
        "redis+socket://:from-a-vault@{}",
        "redis+socket://{}?password=from-a-vault&virtual_host=1",
    ],
)
def test_the_password_of_the_address_is_given(told, place, address):
    assert told(address.format(place)).level == Level.WELL


@pytest.mark.parametrize("given", ["", ":wrong-password@"])
def test_a_refused_password_is_told_and_not_repeated(told, place, given):
    finding = told(f"redis+socket://{given}{place}")

    said = f"{finding.words} {finding.advice}"
    assert finding.level == Level.NOTE
    assert "Redis refuses the password" in said and "REDIS_URL" in said
    assert "wrong-password" not in said and PASSWORD not in said


def test_over_tls_redis_itself_is_asked(told, place, tmp_path):
    path = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)

    def handle(caller):
        with context.wrap_socket(caller, server_side=True) as secured:
            relayed(secured, place)

    with listening(handle) as port:
        trusted = f"127.0.0.1:{port}/0?ssl_ca_certs={path}&ssl_cert_reqs=CERT_REQUIRED"
        right = told(f"rediss://:{PASSWORD}@{trusted}")
        wrong = told(f"rediss://:wrong@{trusted}")

    assert right.level == Level.WELL
    assert "refuses the password" in wrong.words


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_what_takes_the_call_and_says_nothing_is_no_redis(told, scheme):
    over = threading.Event()
    begun = monotonic()

    with listening(lambda caller: over.wait(10)) as port:
        finding = told(f"{scheme}://127.0.0.1:{port}/0")
        over.set()

    assert "Redis does not answer" in finding.words
    assert monotonic() - begun < 3


def test_another_server_is_no_redis(told):
    with listening(lambda caller: caller.sendall(b"220 mail ready\r\n")) as port:
        assert "Redis does not answer" in told(f"redis://127.0.0.1:{port}/0").words


@pytest.mark.parametrize(
    "address",
    [
        "sentinel://127.0.0.1:1",
        "redis://127.0.0.1:none/0",
        "redis://127.0.0.1:1/0?no_such=1",
        "rediss://127.0.0.1:1/0?ssl_cert_reqs=perhaps",
    ],
)
def test_an_address_that_cannot_be_asked_is_told(told, address):
    finding = told(address)

    assert finding.level == Level.NOTE
    assert "REDIS_URL" in f"{finding.words} {finding.advice}"
