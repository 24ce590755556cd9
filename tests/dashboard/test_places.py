import json
import os
import socket
from pathlib import Path

import pytest

from dashboard import places
from dashboard.up import lock, logs, ports


@pytest.mark.parametrize("length", [10, 60, 88, 89, 150, 400])
def test_the_socket_fits_into_an_address(length):
    var = Path("/" + "v" * length)

    assert len(os.fsencode(places.redis_socket(var))) <= places.SOCKET_LIMIT


def test_two_deep_folders_never_share_a_socket():
    first, second = (Path("/" + letter * 200) for letter in "ab")

    assert places.redis_socket(first) != places.redis_socket(second)


def test_the_lock_tells_the_second_one_where_the_first_is(tmp_path):
    path = tmp_path / "lock"

    with (
        lock.hold(path, "http://127.0.0.1:1"),
        pytest.raises(lock.AlreadyRunning, match="http://127.0.0.1:1"),
        lock.hold(path, "http://127.0.0.1:2"),
    ):
        pass


def test_the_lock_is_free_again_afterwards(tmp_path):
    with lock.hold(tmp_path / "lock", "http://127.0.0.1:1"):
        pass

    with lock.hold(tmp_path / "lock", "http://127.0.0.1:2"):
        pass


def test_the_same_ports_are_taken_at_every_start(tmp_path):
    first = ports.remembered(tmp_path / "ports.json", ["indeed", "microworkers"])

    assert ports.remembered(tmp_path / "ports.json", list(first)) == first


def test_a_port_that_is_gone_is_replaced(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        (tmp_path / "ports.json").write_text(json.dumps({"indeed": taken}))

        chosen = ports.remembered(tmp_path / "ports.json", ["indeed"])

    assert chosen["indeed"] != taken


def test_a_large_log_is_set_aside_and_its_writer_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "LARGEST", 10)
    path = tmp_path / "web.log"
    with path.open("a") as writer:
        print("a line longer than that", file=writer, flush=True)

        logs.rotate(tmp_path)
        print("next", file=writer, flush=True)

    assert path.read_text() == "next\n"
    assert (tmp_path / "web.log.1").read_text() == "a line longer than that\n"
