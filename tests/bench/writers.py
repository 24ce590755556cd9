"""Many writers on one history, some killed at any moment: is a false alarm raised?

`python -m tests.bench.writers` lets eight processes write 100,000 entries on each
database while a sealer seals, kills one of the nine every second, verifies all
the time, and prints what was found; `--entries`, `--database` make it smaller.
"""

import argparse
import json
import multiprocessing
import os
import random
import time

from tests.bench import apart

WRITERS, KILL_EVERY = 8, 1.0
LIMIT_SECONDS = int(os.environ.get("BENCH_SECONDS", "3000"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--writers", type=int, default=WRITERS)
    parser.add_argument("--database", choices=apart.KINDS)
    asked = parser.parse_args()
    if "BENCH_INSIDE" in os.environ:
        print(json.dumps(inside(asked.entries, asked.writers)))
        return
    for kind in [asked.database] if asked.database else apart.KINDS:
        print(kind, json.dumps(run(kind, asked.entries, asked.writers)))


def run(kind, entries, writers):
    """What was written, killed and found, in a process of its own."""
    module = "tests.bench.writers"
    return apart.measured(module, kind, entries=entries, writers=writers)


# --- in that process: it forks the others, and never touches the database again ------


def inside(entries, writers):
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    # Here, so that what is killed and forked again need not import it each time.
    import tests.asked
    import tests.factories  # noqa: F401
    from campaigns.audit import verify  # noqa: F401

    call_command("migrate", verbosity=0)
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()
    return drive(entries, writers)


def drive(entries, writers):
    fork = multiprocessing.get_context("fork")
    told, telling = fork.Pipe(duplex=False)
    most = 40 if entries < 10_000 else 200

    def start(act, *words):
        process = fork.Process(target=act, args=words, daemon=True)
        process.start()
        return process

    watcher = start(watch, entries, telling)
    others = [start(keep_sealing), *(start(write, most) for _ in range(writers))]
    kills, began = 0, time.monotonic()
    found = {"sealed": 0, "alarms": []}
    while found["sealed"] < entries and time.monotonic() < began + LIMIT_SECONDS:
        if told.poll(KILL_EVERY):
            found = told.recv()
        place = random.randrange(len(others))
        others[place].kill()
        others[place].join()
        others[place] = start(write, most) if place else start(keep_sealing)
        kills += 1
    for process in [watcher, *others]:
        process.kill()
    return found | {"kills": kills, "seconds": round(time.monotonic() - began)}


def patiently(act):
    """SQLite gives up on a lock after a while where many wait: then once more."""
    from django.db import OperationalError

    while True:
        try:
            return act()
        except OperationalError:
            time.sleep(random.random())


def write(most):
    """Transactions of one to `most` entries, a tenth of them rolled back."""
    from campaigns.lifecycle import State
    from tests import factories
    from tests.asked import ask

    random.seed()
    mark = f"{os.getpid()}-{time.time_ns()}"
    names = (f"{mark}-{turn}" for turn in range(1000))

    def campaign():
        connection = factories.ConnectionFactory(name=next(names))
        return factories.CampaignFactory(connection=connection)

    def request():
        person = factories.PersonFactory(email=f"{next(names)}@example.com")
        state = random.choice([State.CONFIRMED, State.REJECTED, State.WAITING])
        ask(state, campaign=mine, person=person)

    mine = patiently(campaign)
    while True:
        patiently(lambda: append_some(most))
        if random.random() < 0.1:
            patiently(request)


def append_some(most):
    from django.db import transaction

    from campaigns import audit, clock

    class NotKept(Exception):
        pass

    streams = sorted(random.choices(range(20), k=random.randint(1, most)))
    try:
        with transaction.atomic():
            for number in streams:  # in one order, as lanes are locked
                stream = f"campaign:{1_000_000 + number}"
                told = [audit.Told("ttr", "Time to rate", "7", "5", "7", "5")]
                audit.append(audit.Event.TESTED, stream, at=clock.now(), fields=told)
            if random.random() < 0.1:
                raise NotKept
    except NotKept:
        pass


def keep_sealing():
    from campaigns.audit import seal

    while True:
        patiently(seal.run_once)
        time.sleep(0.2)


def watch(entries, telling):
    """Verify again and again until so many are sealed."""
    from campaigns.audit import verify
    from campaigns.audit.findings import Kind
    from campaigns.audit.verify import Request

    runs, behind, alarms, sealed = 0, 0, [], 0
    while sealed < entries:
        report = patiently(lambda: verify.run(Request()))
        runs, sealed = runs + 1, report.size
        behind += Kind.BEHIND in report.findings.counts
        kept = [one for one in report.findings.kept if one.kind != Kind.BEHIND]
        alarms += [str(finding) for finding in kept]
        told = {"verifications": runs, "sealing behind": behind, "alarms": alarms[:10]}
        telling.send({"sealed": sealed, **told})
        time.sleep(1 + entries / 20_000)


if __name__ == "__main__":
    main()
