import base64
import json
import os
import signal
import subprocess
import sys
import threading

import pytest
import redis
from django.conf import settings

from dashboard.celery import STUCK, Poller, app
from tests import services
from tests.dashboard import pollers
from tests.dashboard.desk import ROOT

WORKER = [sys.executable, "-m", "celery", "-A", "dashboard", "worker"]
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "INFO"]


@pytest.fixture
def said(tmp_path):
    path = tmp_path / "said"
    path.touch()
    return path


@pytest.fixture
def start(said, tmp_path):
    begun = []

    def start(broker="", **environment):
        ours = {"DJANGO_SETTINGS_MODULE": "tests.dashboard.worker_settings"}
        broker = broker or f"redis+socket://{tmp_path}/nobody.sock"
        given = {"SAID": str(said), "REDIS_URL": broker, **environment}
        log = (tmp_path / "log").open("wb")
        process = subprocess.Popen(
            [*WORKER, *QUIET],
            cwd=ROOT,
            env=os.environ | ours | given,
            stdout=log,
            stderr=log,
        )
        begun.append(process)
        return process

    yield start
    for process in begun:
        process.kill()
        process.wait()


def test_messages_are_json_and_never_kept():
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"
    assert app.conf.task_ignore_result is True


def test_a_worker_takes_one_message_at_a_time_and_never_gives_up_on_its_broker():
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_acks_late is False
    assert app.conf.broker_connection_max_retries is None


def test_sending_a_hint_waits_for_nothing():
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS

    assert options["socket_timeout"] == options["socket_connect_timeout"] == 0.2
    assert app.conf.task_publish_retry is False


class StopsWhileWatched(threading.Event):
    """A stop that comes between the end of a wait and what is asked after it."""

    def wait(self, timeout=None):
        if self.is_set():
            return True
        self.set()
        return False


def test_a_poller_that_was_told_to_stop_has_not_fallen_silent(monkeypatch):
    ended = []
    monkeypatch.setattr(os, "_exit", ended.append)
    step = Poller(None)
    step.stopping = StopsWhileWatched()
    done = threading.Thread(target=str)
    done.start()
    done.join()

    step.watch(pollers, done)

    assert ended == []


@pytest.mark.processes
def test_the_poller_runs_without_a_broker_and_stops_warm(start, said):
    worker = start()
    services.wait_until(lambda: "started" in said.read_text(), "the poller")

    worker.send_signal(signal.SIGTERM)
    worker.wait(60)

    assert worker.returncode == 0
    assert said.read_text().split() == ["started", "stopped"]


@pytest.mark.processes
def test_a_worker_whose_poller_falls_silent_ends_itself(start):
    worker = start(SILENT="1")

    assert worker.wait(60) == STUCK


@pytest.mark.processes
def test_the_worker_logs_one_json_object_a_line(start, said, tmp_path):
    start()
    services.wait_until(lambda: "started" in said.read_text(), "the poller")

    lines = (tmp_path / "log").read_text().splitlines()
    events = [json.loads(line)["event"] for line in lines if line.startswith("{")]

    assert "poller started" in events


@pytest.mark.processes
def test_the_poller_survives_its_broker(start, said, tmp_path):
    with services.redis() as broker:
        worker = start(broker)
        log = tmp_path / "log"
        services.wait_until(lambda: "Connected to" in log.read_text(), "the broker")

    services.wait_until(lambda: "Connection to broker lost" in log.read_text(), "loss")
    assert worker.poll() is None
    assert said.read_text().split() == ["started"]


def forged(body, **headers):
    """A message as Celery writes them, with a body of somebody's choice."""
    said = {"task": "deliver", "id": "1", "argsrepr": "", "kwargsrepr": "", **headers}
    place = {"exchange": "", "routing_key": "celery"}
    return json.dumps(
        {
            "body": base64.b64encode(body).decode(),
            "content-type": "application/json",
            "content-encoding": "utf-8",
            "headers": said,
            "properties": {
                "body_encoding": "base64",
                "delivery_info": place,
                "delivery_tag": "1",
            },
        }
    )


FORGED = {
    "no list": [forged(b'{"a": 1}')],
    "too short": [forged(b"[[1]]")],
    "no number": [forged(b"[[1], {}, {}]", id={"a": 1})],
    "no message": ["no JSON", "5", "null", ""],
    "no headers": ['{"body": "e30=", "properties": {}}'],
}


@pytest.fixture
def served(start, tmp_path):
    """A worker that listens, its Redis, and what it logs."""
    with services.redis() as broker:
        worker, log = start(broker), tmp_path / "log"
        services.wait_until(lambda: "Connected to" in log.read_text(), "the broker")
        path = broker.removeprefix("redis+socket://")
        with redis.Redis(unix_socket_path=path) as line:
            yield worker, line, log


def is_heard(line, log):
    """Whether a hint that has nothing odd about it arrives, some seconds later."""
    line.rpush("celery", forged(b'[["heard"], {}, {}]'))
    services.wait_until(lambda: "hint of nothing" in log.read_text(), "a hint", 30)
    return True


@pytest.mark.processes
@pytest.mark.parametrize("messages", FORGED.values(), ids=FORGED)
def test_whatever_lies_in_redis_ends_no_worker(served, said, messages):
    worker, line, log = served

    line.rpush("celery", *messages)

    assert is_heard(line, log)
    assert worker.poll() is None
    assert said.read_text().split() == ["started"]


@pytest.mark.processes
def test_a_queue_that_is_none_ends_no_worker(served, said):
    worker, line, log = served

    line.set("celery", "no list")
    services.wait_until(lambda: "WRONGTYPE" in log.read_text(), "the refusal", 30)
    line.delete("celery")

    assert is_heard(line, log)
    assert worker.poll() is None
    assert said.read_text().split() == ["started"]
