import socket
import time
from threading import Event

import pytest

from campaigns.gateway import names


def test_a_literal_address_needs_no_look_up(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("asked"))

    assert [str(ip) for ip in names.look_up("192.0.2.1", 1.0)] == ["192.0.2.1"]


def test_a_resolver_that_hangs_is_left_in_time(monkeypatch):
    over = Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(10) and [])
    begun = time.monotonic()

    with pytest.raises(TimeoutError):
        names.look_up("slow.example", 0.1)
    over.set()

    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 64 + ".example", "a..b"])
def test_a_name_without_address_is_a_resolver_s_error(host):
    with pytest.raises(socket.gaierror):
        names.look_up(host, 5.0)
