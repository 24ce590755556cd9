import re
import signal
import socket
import sqlite3
from contextlib import closing

import psutil
import pytest
import requests

from tests.dashboard.desk import Desk
from tests.services import wait_until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("desk"))
    try:
        yield desk.start().wait_running()
    finally:
        desk.leave_nothing()


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path, None, "--no-demo")
    yield desk
    desk.leave_nothing()


def test_the_printed_address_answers(running):
    assert f"http://127.0.0.1:{running.port}" in running.said()
    assert running.is_healthy()


@pytest.mark.parametrize("name", ["mara", "priya", "ada"])
def test_the_printed_demo_people_can_sign_in(running, name):
    password = re.search(r"password (\S+)", running.said())[1]
    session = requests.Session()
    sign_in = f"http://127.0.0.1:{running.port}/account/login/"
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', session.get(sign_in).text)
    typed = {"login": f"{name}@example.com", "password": password}

    answer = session.post(
        sign_in,
        typed | {"csrfmiddlewaretoken": token[1]},
        allow_redirects=False,
        timeout=10,
    )

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_the_demo_campaigns_arrive_by_themselves(running):
    def count():
        with closing(
            sqlite3.connect(running.folder / "data" / "desk.sqlite3")
        ) as opened:
            return opened.execute("SELECT count(*) FROM campaigns_campaign").fetchone()[
                0
            ]

    wait_until(lambda: count() > 20, "campaigns of both sandboxes")


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


@pytest.mark.parametrize("word", ["valkey", "granian", "celery", "sandbox"])
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


def test_started_in_the_background_of_a_script_it_still_hears_ctrl_c(desk):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # a child inherits that
    try:
        desk.start()
    finally:
        signal.signal(signal.SIGINT, before)
    desk.wait_running()

    desk.end(signal.SIGINT)

    assert desk.process.returncode == 0


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
