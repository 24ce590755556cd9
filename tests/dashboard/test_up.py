import signal
import socket

import psutil
import pytest

from tests.dashboard.desk import Desk
from tests.services import wait_until

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("desk"), None, "--no-demo")
    yield desk.start().wait_running()
    desk.end()
    desk.leave_nothing()


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path, None, "--no-demo")
    yield desk
    desk.leave_nothing()


def test_the_printed_address_answers(running):
    assert f"http://127.0.0.1:{running.port}" in running.said()
    assert running.is_healthy()


def test_everything_local_is_private(running):
    modes = {path.stat().st_mode & 0o077 for path in running.folder.rglob("*key*")}

    assert running.folder.stat().st_mode & 0o077 == 0
    assert modes == {0}


def test_second_start_says_where_the_first_one_runs(running):
    second = Desk(running.folder, None, "--no-demo")
    second.output = running.folder / "second.txt"

    second.start().process.wait(60)

    assert second.process.returncode == 0
    assert f"already running at http://127.0.0.1:{running.port}" in second.said()


@pytest.mark.parametrize("word", ["valkey", "granian", "celery"])
def test_a_killed_process_comes_back(running, word):
    killed = running.kill(word)

    wait_until(lambda: running.pid_of(word) not in (None, killed), f"{word} back")
    wait_until(running.is_healthy, "health")


def test_the_web_servers_own_child_comes_back(running):
    (killed,) = psutil.Process(running.pid_of("granian")).children()

    killed.kill()

    wait_until(lambda: not killed.is_running() and running.is_healthy(), "health")


def test_a_taken_port_is_said_in_words(desk):
    with socket.create_server(("127.0.0.1", desk.port)):
        desk.start().process.wait(60)

    assert desk.process.returncode == 1
    assert f"Port {desk.port} is used by another program" in desk.said()
    assert "Traceback" not in desk.said()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_leaves_no_process(desk, number):
    desk.start().wait_running()

    desk.end(number)

    assert desk.process.returncode == 0
    assert desk.processes() == []


def test_killed_it_leaves_no_process(desk):
    desk.start().wait_running()

    desk.end(signal.SIGKILL)

    wait_until(lambda: desk.processes() == [], "all gone")


def test_it_starts_again_after_it_was_killed(desk):
    desk.start().wait_running().end(signal.SIGKILL)
    wait_until(lambda: desk.processes() == [], "all gone")
    desk.output.unlink()

    desk.start().wait_running()

    assert desk.is_healthy()
    desk.end()


def test_told_to_stop_while_starting_it_leaves_no_process(desk):
    desk.start()
    wait_until(lambda: desk.pid_of("valkey") is not None, "Redis")

    desk.end()

    assert desk.processes() == []
