"""Celery's entry points: hints to look for work, one call each.

A hint may be lost, doubled or late; the poller finds the same work by itself.
Sending a hint never makes a request wait: it leaves from a thread of its own.
"""

import queue
import threading
from typing import cast

import structlog
from celery import shared_task

from campaigns.delivery import poll

LARGEST = 2**63 - 1

log = structlog.get_logger(__name__)

_hints: "queue.Queue[tuple[str, int]]" = queue.Queue(maxsize=1000)
_starting = threading.Lock()
_threads: list[threading.Thread] = []


@shared_task(name="deliver")
def deliver(connection_id: int) -> None:
    """Look for due lanes on one connection."""
    if _may_be(connection_id):
        poll.deliver_now(connection_id)


@shared_task(name="sync")
def sync(connection_id: int) -> None:
    """Read what is due on one connection."""
    if _may_be(connection_id):
        poll.sync_now(connection_id)


def _may_be(connection_id: object) -> bool:
    """Whether this can be the number of a row: whoever reaches Redis can forge one."""
    is_number = isinstance(connection_id, int) and not isinstance(connection_id, bool)
    if is_number and 0 < cast(int, connection_id) <= LARGEST:
        return True
    log.warning("hint of nothing", kind=type(connection_id).__name__)
    return False


def hint_deliver(connection_id: int) -> None:
    """Ask any worker to deliver soon. Returns at once; may be lost."""
    _hint("deliver", connection_id)


def hint_sync(connection_id: int) -> None:
    """Ask any worker to read soon. Returns at once; may be lost."""
    _hint("sync", connection_id)


def _hint(name: str, connection_id: int) -> None:
    _start_thread()
    try:
        _hints.put_nowait((name, connection_id))
    except queue.Full:
        log.warning("hint dropped", task=name)


def _start_thread() -> None:
    with _starting:
        if not any(thread.is_alive() for thread in _threads):
            thread = threading.Thread(target=_send_hints, name="hints", daemon=True)
            _threads[:] = [thread]
            thread.start()


def _send_hints() -> None:
    tasks = {"deliver": deliver, "sync": sync}
    while True:
        name, connection_id = _hints.get()
        try:
            tasks[name].apply_async((connection_id,), retry=False, expires=60)
        except Exception as error:  # noqa: BLE001  a lost hint is only a later poll
            log.warning("hint lost", task=name, error=type(error).__name__)
