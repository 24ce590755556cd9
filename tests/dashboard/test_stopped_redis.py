"""Real web, worker and Redis processes: Redis is stopped, and no page notices."""

import os
import signal
import time

import pytest

from tests.bench.__main__ import Visitor, campaign, edit, hidden
from tests.dashboard.desk import Desk

pytestmark = pytest.mark.processes

PAGES = ("/", "/needs-you/", "/campaigns/", "/changes/", "/review", "/health")
TURNS = 5
PATIENCE = 0.3


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path).start()
    yield desk.wait_running()
    desk.leave_nothing()


def timed(act):
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def seconds(visitor, here, name):
    """Each page and a Send at its second best: the machine may have other work."""
    took = {
        page: [timed(lambda page=page: visitor.get(page)) for _ in range(TURNS)]
        for page in PAGES
    }
    took["send"] = [send(visitor, here, f"{name} {turn}") for turn in range(TURNS)]
    return {page: sorted(times)[1] for page, times in took.items()}


def send(visitor, here, name):
    edit(visitor, here, name)
    review = visitor.get("/review")
    values = {field: hidden(review, field) for field in ("key", "digest")}
    return timed(lambda: visitor.post("/review/send", values))


@pytest.mark.timeout(400)
def test_no_page_waits_for_a_redis_that_is_stopped(desk):
    visitor = Visitor(desk)
    here = campaign(visitor)
    usual = seconds(visitor, here, "With Redis")
    redis = desk.pid_of("redis.sock")
    os.kill(redis, signal.SIGSTOP)
    try:
        stopped = seconds(visitor, here, "Without")
    finally:
        os.kill(redis, signal.SIGCONT)

    lost = {page: round(stopped[page] - usual[page], 3) for page in usual}
    print(f"usual {usual}\nlost by a stopped Redis {lost}")
    assert max(lost.values()) < PATIENCE
