"""The Celery app, and the poller that every worker runs beside its tasks.

Messages are hints and may all be lost: the poller finds the work in the database. It
starts after the pool and needs no broker.
"""

import os
import threading
import time
from importlib import import_module
from typing import Any, Protocol, cast

import structlog
from celery import Celery, bootsteps
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")

STUCK = 70  # the exit code of a worker whose poller fell silent
JOIN_SECONDS = 25

log = structlog.get_logger(__name__)


class Poll(Protocol):
    """What the module named by DELIVERY_POLLER offers."""

    def run(self, stop: threading.Event) -> None: ...
    def last_beat(self) -> float: ...


class Poller(bootsteps.StartStopStep):
    """Runs the poller in a thread, and a watch that ends the process without it."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self.stopping = threading.Event()
        self.threads: list[threading.Thread] = []

    def start(self, worker: Any) -> None:
        poll = cast(Poll, import_module(settings.DELIVERY_POLLER))
        runner = threading.Thread(target=self.run, args=[poll], name="poller")
        watch = threading.Thread(target=self.watch, args=[poll, runner], daemon=True)
        self.threads = [runner, watch]
        for thread in self.threads:
            thread.start()

    def run(self, poll: Poll) -> None:
        log.info("poller started", module=settings.DELIVERY_POLLER)
        poll.run(self.stopping)

    def watch(self, poll: Poll, runner: threading.Thread) -> None:
        started = time.monotonic()
        while not self.stopping.wait(1):
            silent = time.monotonic() - max(started, poll.last_beat())
            is_over = not runner.is_alive()  # asked first: a stop may come meanwhile
            is_gone = is_over and not self.stopping.is_set()
            if silent > settings.POLLER_SILENCE_SECONDS or is_gone:
                log.critical("poller fell silent, ending the worker", seconds=silent)
                os._exit(STUCK)

    def stop(self, worker: Any) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join(JOIN_SECONDS)

    def terminate(self, worker: Any) -> None:
        self.stop(worker)


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Being connected is enough: Celery then leaves Django's logging alone."""


app = Celery("campaign-desk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["campaigns"])
app.steps["worker"].add(Poller)
