"""The clock of each worker: about once a second it looks for due work itself.

So delivery goes on, slower, when every hint is lost. Jobs of one connection never
stand in the way of another's.
"""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import DatabaseError, close_old_connections
from django.db import connections as databases
from django.db.models import Exists, OuterRef, Q

from campaigns import clock, digests, limits
from campaigns.audit import upkeep
from campaigns.delivery import lanes, notices, restored, tables
from campaigns.delivery.beats import Beat
from campaigns.delivery.deliver import deliver
from campaigns.delivery.syncing import may_sync, sync
from campaigns.models import Campaign, Change, Connection, Lane

log = structlog.get_logger(__name__)


class _Beat:
    at = time.monotonic()


class Jobs:
    """At most one job of a kind per connection in this process.

    A job asked for while it runs is run once more afterwards.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[tuple[str, int]] = set()
        self._again: set[tuple[str, int]] = set()

    def run(self, kind: str, connection_id: int, work: Callable[[int], object]) -> None:
        """Do `work` for a connection, unless it is being done already."""
        key = (kind, connection_id)
        with self._lock:
            if key in self._running:
                self._again.add(key)
                return
            self._running.add(key)
        while True:
            try:
                _do(kind, connection_id, work)
            finally:
                with self._lock:
                    is_over = key not in self._again
                    self._again.discard(key)
                    if is_over:
                        self._running.discard(key)
            if is_over:
                return

    def is_running(self, kind: str, connection_id: int) -> bool:
        """Whether this job is under way here."""
        with self._lock:
            return (kind, connection_id) in self._running


JOBS = Jobs()


def _do(kind: str, connection_id: int, work: Callable[[int], object]) -> None:
    close_old_connections()
    try:
        if tables.fit():
            restored.look_once()
            work(connection_id)
    except Exception:  # noqa: BLE001  the outermost place: a job must not end the worker
        log.exception("job failed", kind=kind, connection=connection_id)
    finally:
        databases.close_all()


def deliver_now(connection_id: int) -> None:
    """What a hint asks for: look for due lanes on this connection."""
    JOBS.run("deliver", connection_id, deliver)


def sync_now(connection_id: int) -> None:
    """What a hint asks for: read what is due on this connection."""
    JOBS.run("sync", connection_id, sync)


def keep_history() -> None:
    """Seal what was written and lay its state down where that is due."""
    JOBS.run("history", 0, lambda _: upkeep.run_once())


def tell_notices() -> None:
    """Tell people and partners what they asked to hear of."""
    JOBS.run("notices", 0, lambda _: notices.run_once())


def send_digests() -> None:
    """Send the mails that people asked for and that are due."""
    JOBS.run("digests", 0, lambda _: digests.send_due())


def last_beat() -> float:
    """When the poller last went round, on the monotonic clock."""
    return _Beat.at


def run(stop: threading.Event) -> None:
    """Go round until `stop` is set. Called once in each worker process."""
    with ThreadPoolExecutor(
        limits.count("THREADS"), thread_name_prefix="delivery"
    ) as pool:
        beat = Beat()
        while not stop.is_set():
            _Beat.at = time.monotonic()
            _go_round(pool, beat)
            if not JOBS.is_running("history", 0):
                pool.submit(keep_history)
            if not JOBS.is_running("digests", 0):
                pool.submit(send_digests)
            if not JOBS.is_running("notices", 0):
                pool.submit(tell_notices)
            stop.wait(limits.seconds("POLL") * random.uniform(0.8, 1.2))  # noqa: S311
        _take_leave(beat)


def _take_leave(beat: Beat) -> None:
    try:
        beat.end()
    except DatabaseError:
        log.exception("the database did not answer")
    finally:
        databases.close_all()


def _go_round(pool: ThreadPoolExecutor, beat: Beat) -> None:
    close_old_connections()
    try:
        delivering, syncing = _look(beat)
    except DatabaseError:
        log.exception("the database did not answer")
        return
    for connection_id in delivering:
        if not JOBS.is_running("deliver", connection_id):
            pool.submit(deliver_now, connection_id)
    for connection_id in syncing:
        if not JOBS.is_running("sync", connection_id):
            pool.submit(sync_now, connection_id)


def _look(beat: Beat) -> tuple[list[int], list[int]]:
    """The connections to deliver for and to read; who may not work shows itself not."""
    if not tables.fit():
        return [], []
    beat.show()
    return _delivering(), _syncing()


def _delivering() -> list[int]:
    """The connections with a lane that is due, or with a change nothing holds now."""
    now = clock.now()
    wanting = Lane.objects.filter(lanes.free(now), lanes.is_due(now))
    ids = wanting.values_list("campaign__connection_id", flat=True)
    marked = Change.objects.filter(held_with=OuterRef("pk"))
    freed = Connection.objects.going().filter(Exists(marked)).order_by()
    both = ids.distinct().union(freed.values_list("pk", flat=True), all=True)
    return list(dict.fromkeys(both[:500]))


def _syncing() -> list[int]:
    now = clock.now()
    reads = Campaign.objects.filter(read_due_at__lte=now).values("connection_id")
    due = Q(sync_due_at__lte=now) | Q(pk__in=reads)
    rows = may_sync(now).filter(due)
    return list(rows.values_list("pk", flat=True)[:500])
