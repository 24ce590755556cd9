"""Real workers killed with lanes in flight, or left without Redis; and one that idles.

Leases, settle times and polls are the usual ones; only how many a worker serves at once
is turned up, so that enough is in flight.
"""

import os
import signal
import time

from campaigns.gateway.standin import serve
from campaigns.lifecycle import OPEN
from campaigns.models import Attempt, AuditEntry, Campaign, Change, Connection
from tests.bench.hardship import go_first, spread, worker
from tests.delivery.conftest import Road
from tests.services import wait_until

TTR, NAMED = "a4c0b1d2e3f5", "ee4d641cab17b22c"
WORKERS = 3
ENOUGH = 100
LATE = {"match": {"method": "PATCH"}, "do": {"late": 15}, "times": 0}


class Own(Road):
    """One of many connections, each to a platform of its own."""

    def campaign(self, remote_id):
        return self.connection.campaigns.get(remote_id=remote_id)


def killed(count, folder, stack):
    """Seconds from `kill -9` of every worker until each lane in flight is decided."""
    sandboxes = [stack.enter_context(serve("microworkers")) for _ in range(count)]
    for sandbox in sandboxes:
        road = Own("microworkers", sandbox)
        road.sync()
        road.ask(TTR, "ttr", "9")
        sandbox.script(LATE)
    Connection.objects.update(sync_due_at=None)
    threads = str(-(-count // WORKERS) + 2)
    start = lambda turn: crew(folder, stack, turn, DELIVERY_THREADS=threads)  # noqa: E731
    first = start("first")
    wait_until(lambda: in_flight().count() >= min(ENOUGH, count), "lanes in flight", 60)
    for process in first:
        os.killpg(process.pid, signal.SIGKILL)
    died = time.time()
    lanes = set(in_flight().values_list("change_id", flat=True))
    for sandbox in sandboxes:
        sandbox.clear()
    start("second")
    mine = Change.objects.filter(pk__in=lanes, state__in=[*OPEN])
    wait_until(lambda: not mine.exists(), "decisions", 400)
    waits = decisions(lanes, died)
    return {"lanes": len(lanes)} | spread(waits.values(), unit=1) | {"unit": "s"}


def crew(folder, stack, turn, **more):
    made = [worker(folder, f"{turn}{n}", **more) for n in range(WORKERS)]
    for process in made:
        stack.callback(end, process)
    return made


def end(process):
    if process.poll() is None:
        process.terminate()
        process.wait(60)


def in_flight():
    return Attempt.objects.filter(kind="patch", in_flight=True)


def decisions(lanes, died):
    """When each of these changes left the unknown, in seconds after `died`."""
    found, lost = {}, set()
    entries = AuditEntry.objects.filter(change_id__in=lanes).exclude(state="")
    for entry in entries.order_by("pk"):
        if entry.state == "unknown":
            lost.add(entry.change_id)
        elif entry.change_id in lost:
            found.setdefault(entry.change_id, entry.at.timestamp() - died)
    assert found.keys() == lanes, "something in flight was never decided"
    return found


def absent(count, folder, stack):
    """From Send to the intent, where no Redis is there from the start."""
    sandbox = stack.enter_context(serve("indeed"))
    indeed = Road("indeed", sandbox)
    indeed.sync()
    process = worker(folder, "worker")
    stack.callback(end, process)
    go_first(os.getpid(), process.pid)
    sent(indeed, "warm")
    waits = []
    for number in range(count):
        change = sent(indeed, f"t{number}")
        attempt = Attempt.objects.get(change=change, kind="patch")
        waits.append((attempt.started_at - change.created_at).total_seconds())
    return {"sends": count} | spread(waits, unit=1, digits=2) | {"unit": "s"}


def sent(road, value):
    """One edit from Send to its end."""
    change = road.ask(NAMED, "trackingToken", value)
    mine = Change.objects.filter(pk=change.pk, state="confirmed")
    wait_until(mine.exists, "an edit", 60)
    return change


def compare(count, folder, stack):
    """From the compare answer's end to the PATCH's arrival, both at the platform."""
    sandbox = stack.enter_context(serve("indeed"))
    indeed = Road("indeed", sandbox)
    indeed.sync()
    Connection.objects.update(sync_due_at=None)
    Campaign.objects.update(read_due_at=None)
    process = worker(folder, "worker")
    stack.callback(end, process)
    go_first(os.getpid(), process.pid)
    sent(indeed, "warm")
    for number in range(count):
        sent(indeed, f"t{number}")
    gaps = [gap for gap in between(sandbox.journal()) if gap is not None][1:]
    return {"sends": len(gaps)} | spread(gaps) | {"unit": "ms"}


def between(journal):
    """Seconds from each answered GET to the PATCH that follows it."""
    last = None
    for entry in journal:
        if entry["method"] == "PATCH":
            yield last and float(entry["started"] - last["ended"])
        last = entry if entry["method"] == "GET" and entry["campaign"] else None
