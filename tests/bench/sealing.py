"""Measures sealing, verifying and exporting a history, on both databases.

`python -m tests.bench.sealing` prints a table and writes it between its marks in
docs/benchmarks.md; `--entries`, `--database` and `--only-print` as in audit.py.
"""

import os
import resource
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path

from tests import services
from tests.bench import apart
from tests.bench.apart import ROOT

EXPORTED, STEADY_SECONDS, A_SECOND, ACCEPTED = 100_000, 20, 200, 200
VERIFIED = 5
ROWS = [
    ("Sealing what has piled up", "sealed", "{}", "≥ 5,000/s"),
    (
        "Lag at 200 entries/s, the longest",
        "lag",
        "{:.2f} s",
        "≤ 2 s",
    ),
    (
        "Verifying stored bytes: hash, tree, signatures",
        "bytes",
        "{}",
        "≥ 100,000/s",
    ),
    (
        "Verifying with every search column and index",
        "columns",
        "{}",
        "≥ 40,000/s",
    ),
    ("Export of 100,000 entries with proofs", "exported", "{:.1f} s", "≤ 60 s"),
    ("The file", "megabytes", "{:.1f} MiB", "< 150 MiB"),
    ("Memory of the exporting process, peak", "memory", "{:.0f} MiB", "< 150 MiB"),
    ("Checking that file with Python alone", "checked", "{:.1f} s", ""),
    ("Audit's share of accepting a change", "share", "{:.0f} %", "≤ 20 %"),
]


def main():
    apart.run("tests.bench.sealing", __doc__, 200_000, inside, report)


# --- in the process of one database ----------------------------------------------


def inside(entries):
    import django

    django.setup()
    from django.core.management import call_command

    from tests.bench import history

    call_command("migrate", verbosity=0)
    manager, campaigns = history.world()
    fill(history, entries, campaigns)
    found = {}
    for key, measured in (
        ("sealed", lambda: rate(entries, seal_all)),
        ("settled", history.settle),
        ("bytes", lambda: rate(entries, verify, times=VERIFIED, columns=False)),
        ("columns", lambda: rate(entries, verify, times=VERIFIED, columns=True)),
        ("export", lambda: export_some(manager)),
        ("memory", lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        ("lag", lag),
        ("share", share),
    ):
        value = measured()
        print(key, value, file=sys.stderr)
        found |= value if isinstance(value, dict) else {key: value}
    return found


def fill(history, entries, campaigns):
    """The history of the audit benchmark, with streams that count themselves."""
    import random

    from django.core.management.color import no_style
    from django.db import connection, transaction

    from campaigns.models import AuditEntry, AuditField, AuditStream, AuditValue

    chance, numbers = random.Random(7), {}
    made = (
        history.entry(key, entries, chance, numbers, campaigns)
        for key in range(1, entries + 1)
    )
    fields, values = count(1), count(1)
    while chunk := list(islice(made, history.CHUNK)):
        told = [(row[0], row[11], *pair) for row, pairs in chunk for pair in pairs]
        with transaction.atomic(), connection.cursor() as cursor:
            rows = [(*row[:-1], 1) for row, _ in chunk]
            history.pour(cursor, AuditEntry, rows)
            named = [(next(fields), key, field) for key, _, field, _ in told]
            history.pour(cursor, AuditField, named)
            shown = [
                (next(values), key, campaign, field, value)
                for key, campaign, field, pair in told
                for value in pair
            ]
            history.pour(cursor, AuditValue, shown)
    AuditStream.objects.bulk_create(
        AuditStream(name=name, last_number=last) for name, last in numbers.items()
    )
    with connection.cursor() as cursor:
        models = [AuditEntry, AuditField, AuditValue]
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
    history.settle()


def rate(entries, act, times=1, **words):
    """Entries a second, and a second of this process's CPU: others use it too.

    Of several times the one in the middle, by the clock on the wall.
    """
    taken = []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        act(**words)
        taken.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall, cpu = sorted(taken)[times // 2]
    return f"{entries / wall:,.0f}/s ({entries / cpu:,.0f} a CPU second)"


def seconds(act, **words):
    began = time.perf_counter()
    act(**words)
    return time.perf_counter() - began


def seal_all():
    from campaigns.audit import seal

    seal.run_once()


def verify(columns):
    from campaigns.audit import keys
    from campaigns.audit import verify as verifying

    report = verifying._walk(
        verifying.Request(columns=columns), keys.trusted(), lambda at, end: None
    )
    assert report.is_intact, report.findings.kept[:3]


def export_some(manager):
    """What the page does for a filter that leaves half of it, cut at 100,000."""
    from campaigns.audit import export, export_zip, seal
    from campaigns.models import AuditEntry, Channel
    from campaigns.queries import EntryFilter, every

    last = AuditEntry.objects.order_by("pk")[EXPORTED - 1 :][0]
    wanted = EntryFilter(until=last.at)
    path = Path(os.environ["CAMPAIGN_DESK_VAR"]) / "export.zip"
    began = time.perf_counter()
    asked = export.survey(
        every.pages_of(manager, wanted),
        "bench",
        rows=every.countable(manager, wanted),
    )
    begun = export.begin(asked, "zip", None, Channel.COMMAND)
    with path.open("wb") as file:
        for piece in export_zip.write(begun):
            file.write(piece)
    took = time.perf_counter() - began
    assert asked.count >= EXPORTED - 1, asked.count
    assert seal.count_pending() == 0
    program = ROOT / "campaigns" / "audit" / "check_export.py"
    command = [sys.executable, "-I", "-S", program, path]
    checked = seconds(
        subprocess.run, args=command, check=True, stdout=subprocess.DEVNULL
    )
    size = path.stat().st_size / 2**20
    return {"exported": took, "megabytes": size, "checked": checked}


def lag():
    """Entries at a steady pace, sealed by the worker's own poller; the longest wait."""
    from django.db import connection

    from campaigns.delivery import poll

    before = newest_position()
    stop = threading.Event()
    poller = threading.Thread(target=poll.run, args=[stop])
    poller.start()
    write_steadily()
    services.wait_until(lambda: not pending(), "all is sealed", 30)
    stop.set()
    poller.join()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.at, (SELECT MIN(c.at) FROM campaigns_checkpoint c "
            "WHERE c.size > s.position) FROM campaigns_seal s "
            "JOIN campaigns_auditentry e ON e.id = s.entry_id WHERE s.position > %s",
            [before],
        )
        waits = [(moment(end) - moment(at)).total_seconds() for at, end in cursor]
    assert len(waits) >= STEADY_SECONDS * A_SECOND
    return max(waits)


def write_steadily():
    from django.db import transaction

    from campaigns import audit, clock

    began = time.monotonic()
    for turn in range(STEADY_SECONDS * A_SECOND):
        with transaction.atomic():
            stream = f"campaign:{turn % 7}"
            audit.append(audit.Event.TESTED, stream, at=clock.now())
        ahead = began + (turn + 1) / A_SECOND - time.monotonic()
        time.sleep(max(ahead, 0))


def newest_position():
    from campaigns.models import Seal

    return Seal.objects.order_by("-position").values_list("position", flat=True)[0]


def pending():
    from campaigns.audit import seal

    return seal.count_pending()


def moment(value):
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def share():
    """How much of the transaction that accepts a change is spent on its entry."""
    from unittest import mock

    from campaigns import audit
    from tests import asked, factories

    connection = factories.ConnectionFactory(name="Share")
    campaign = factories.CampaignFactory(connection=connection)
    person = factories.PersonFactory()
    spent, append = [], audit.append

    def timed(*words, **more):
        began = time.perf_counter()
        entry = append(*words, **more)
        spent.append(time.perf_counter() - began)
        return entry

    with mock.patch.object(audit, "append", timed):
        asked.ask(person=person, campaign=campaign)
        spent.clear()
        began = time.perf_counter()
        for _ in range(ACCEPTED):
            asked.ask(person=person, campaign=campaign)
        whole = time.perf_counter() - began
    return 100 * sum(spent) / whole


# --- the page --------------------------------------------------------------------


def report(found, entries):
    machine = f"{os.cpu_count()} cores, Python {sys.version.split()[0]}"
    head = (
        f"`python -m tests.bench.sealing --entries {entries}`, {machine}, "
        f"{datetime.now(UTC):%Y-%m-%d}, one process:"
    )
    return "\n".join([head, "", *apart.table(ROWS, found)])


if __name__ == "__main__":
    main()
