"""Celery and Redis carry hints only: whatever becomes of them, everything arrives, and
no page waits."""

import os
import signal
import statistics
import subprocess
import sys
import time as wall
from contextlib import contextmanager
from functools import partial

import pytest
from celery import Celery

from campaigns import tasks
from campaigns.lifecycle import State
from campaigns.models import Attempt, Change
from dashboard.celery import app
from dashboard.up import redis as embedded
from tests import services
from tests.dashboard.desk import ROOT
from tests.delivery.bad_line import BadLine
from tests.delivery.conftest import fields
from tests.delivery.test_kills import address
from tests.services import wait_until
from tests.views.tab import Review

WAREHOUSE = "ee4d641cab17b22c"
NOBODY = "redis+socket:///nowhere/nobody.sock"
FORGED = (-1, 0, 10**6, 2**63, 10**40, "1", "'; --", None, True, 1.5, [1], {"a": 1})
PATIENCE = 0.3  # seconds that a page may lose to Redis


@contextmanager
def pointed_at(url):
    """This process's Celery app, with its broker at that address."""
    before = app.conf.broker_url
    for place in (url, before):
        app.conf.update(broker_url=place, broker_write_url=place)
        app._pool, app.amqp._producer_pool = None, None
        if place == url:
            try:
                yield
            finally:
                wait_until(tasks._hints.empty, "the hints")


@contextmanager
def redis_process():
    with services.scratch(None) as folder:
        socket = folder / "redis.sock"
        command = embedded.command(socket, folder)
        with services.running(command, stdout=subprocess.DEVNULL) as process:
            wait_until(lambda: embedded.answers(socket), "Redis starts")
            process.url, process.socket = f"redis+socket://{socket}", socket
            yield process
            process.send_signal(signal.SIGCONT)


@contextmanager
def nobody():
    """The address of a Redis that is not there."""
    yield NOBODY


@contextmanager
def stopped_redis():
    """The address of a Redis that accepts connections and never answers."""
    with redis_process() as process:
        stop(process)
        yield process.url


@contextmanager
def read_only_redis():
    """The address of a Redis that refuses whatever would write."""
    with redis_process() as process:
        refuse_writes(process)
        yield process.url


@contextmanager
def over(**line):
    """The address of a well Redis at the end of a bad line."""
    with redis_process() as process:
        bad = BadLine(process.socket, **line)
        yield bad.url
        bad.close()


slow = partial(over, delay=0.7)
breaking = partial(over, breaks=1.0)


@pytest.fixture
def stopped():
    with stopped_redis() as url:
        yield url


def test_a_hint_reaches_redis_when_it_is_well():
    with redis_process() as redis:
        with pointed_at(redis.url):
            tasks.hint_deliver(1)
        with app.connection_for_write(redis.url) as broker:
            queue = broker.default_channel.client
            wait_until(lambda: queue.llen("celery") == 1, "the hint")


@pytest.fixture
def mara(client, road):
    made = road("indeed")
    made.sync()
    client.force_login(made.person)
    return made


def sends(client, mara, times=8):
    """How long each Send takes, in seconds."""
    took = []
    for number in range(times):
        mara.edit(WAREHOUSE, "trackingToken", f"t{number}")
        review = Review(client)
        began = wall.perf_counter()
        response = review.send()
        took.append(wall.perf_counter() - began)
        assert response.status_code == 302
    return took


def test_a_hint_costs_the_request_nothing_while_redis_is_stopped(stopped):
    with pointed_at(stopped):
        began = wall.perf_counter()
        for _ in range(50):
            tasks.hint_deliver(1)
        took = wall.perf_counter() - began

        assert took < PATIENCE


BAD_REDIS = {
    "absent": nobody,
    "stopped": stopped_redis,
    "read-only": read_only_redis,
    "slow": slow,
    "resetting": breaking,
}


@pytest.mark.parametrize("state", BAD_REDIS)
def test_no_send_waits_for_redis(client, mara, state):
    usual = statistics.median(sends(client, mara))

    with BAD_REDIS[state]() as url, pointed_at(url):
        took = sends(client, mara)

    print(f"Send: usual {usual:.3f} s, Redis {state} {statistics.median(took):.3f} s")
    assert statistics.median(took) < usual + PATIENCE
    assert min(took) < usual + PATIENCE


@pytest.mark.parametrize("forged", FORGED)
@pytest.mark.parametrize("task", [tasks.deliver, tasks.sync])
def test_a_forged_hint_does_no_harm(db, task, forged):
    assert task(forged) is None


def test_a_full_queue_drops_hints_and_stays_quick(stopped):
    with pointed_at(stopped):
        began = wall.perf_counter()
        for _ in range(3000):
            tasks._hint("deliver", 1)

        assert wall.perf_counter() - began < 3
        while not tasks._hints.empty():
            tasks._hints.get_nowait()


# --- a real worker ------------------------------------------------------------------


@contextmanager
def worker(broker, folder):
    command = [sys.executable, "-m", "celery", "-A", "dashboard", "worker"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    ours = {
        "DATABASE_URL": address(),
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "REDIS_URL": broker,
    }
    with (folder / "worker.log").open("wb") as log:
        options = {"cwd": ROOT, "env": os.environ | ours, "stdout": log, "stderr": log}
        with services.running([*command, *quiet, "-l", "INFO"], **options) as process:
            said = folder / "worker.log"
            wait_until(lambda: "poller started" in said.read_text(), "a worker")
            yield process


def arrives(change, seconds=40):
    confirmed = Change.objects.filter(pk=change.pk, state=State.CONFIRMED)
    wait_until(confirmed.exists, "the change", seconds)


def kill(process):
    process.kill()
    process.wait(10)


def stop(process):
    process.send_signal(signal.SIGSTOP)


def flush(process):
    tell(process, "flushall")


def refuse_writes(process):
    tell(process, "config_set", "min-replicas-to-write", 1)


def tell(process, command, *words):
    """Say something to Redis by the library that Celery speaks to it with."""
    with app.connection_for_write(process.url) as connection:
        getattr(connection.default_channel.client, command)(*words)


@pytest.mark.processes
@pytest.mark.parametrize("befalls", [kill, stop, flush, refuse_writes])
def test_everything_arrives_whatever_befalls_redis(road, tmp_path, befalls):
    indeed = road("indeed")
    indeed.sync()
    with redis_process() as redis, worker(redis.url, tmp_path) as process:
        befalls(redis)

        arrives(indeed.ask(WAREHOUSE, "name", f"After {befalls.__name__}"))

        assert process.poll() is None


@pytest.mark.processes
@pytest.mark.parametrize("line", [slow, breaking], ids=["slow", "resetting"])
def test_everything_arrives_whatever_the_line_to_redis_is_like(road, tmp_path, line):
    indeed = road("indeed")
    indeed.sync()
    with line() as url, worker(url, tmp_path) as process, pointed_at(url):
        for number in range(4):
            change = indeed.ask(WAREHOUSE, "trackingToken", f"t{number}")
            tasks.hint_deliver(indeed.connection.pk)
            arrives(change)
            wall.sleep(0.5)

        assert process.poll() is None
        assert len(indeed.patches()) == 4


@pytest.mark.processes
def test_without_redis_from_the_start_sending_begins_within_seconds(road, tmp_path):
    indeed = road("indeed")
    indeed.sync()
    waits = []
    with worker(NOBODY, tmp_path):
        for number in range(8):
            change = indeed.ask(WAREHOUSE, "trackingToken", f"t{number}")
            arrives(change)
            sent = Attempt.objects.get(change=change, kind="patch")
            waits.append((sent.started_at - change.created_at).total_seconds())

    print(f"Send to sending without Redis: {sorted(waits)}")
    assert statistics.median(waits) <= 3


@pytest.mark.processes
def test_hints_doubled_reordered_and_forged_send_a_change_once(road, tmp_path):
    indeed = road("indeed")
    indeed.sync()
    with redis_process() as redis:
        forger = Celery("forger", broker=redis.url)
        for number in (*FORGED, *[indeed.connection.pk] * 100, *FORGED):
            forger.send_task("deliver", args=[number])
        forger.send_task("erase_everything", args=[1])
        forger.send_task("deliver", args=[1, 2], kwargs={"three": 4})
        change = indeed.ask(WAREHOUSE, "name", "Once")
        with worker(redis.url, tmp_path) as process:
            arrives(change)

            assert process.poll() is None
            assert len(indeed.patches()) == 1
    assert fields(change) == {"name": State.CONFIRMED}
