"""Measures archiving a month of 100,000 entries and removing its texts.

`python -m tests.bench.archive` prints a table and writes it between its marks in
docs/benchmarks.md; `--entries`, `--database` and `--only-print` as in audit.py. Two
months of whole changes, half of all entries each, on a hundred campaigns.
"""

import hashlib
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path

from tests.bench import apart
from tests.bench.apart import ROOT

CAMPAIGNS, STEPS = 100, 4
BEGAN = datetime(2024, 3, 1, tzinfo=UTC)
ROWS = [
    ("Archiving it: written, read back, proven", "archived", "{}", "≤ 90 s"),
    ("Memory of that process, peak", "memory", "{:.0f} MiB", "< 150 MiB"),
    ("The file", "megabytes", "{:.1f} MiB", ""),
    ("Removing its texts", "removal", "{}", ""),
    ("Memory of that process, peak", "more", "{:.0f} MiB", "< 150 MiB"),
    ("Texts removed", "removed", "{:,}", ""),
    ("Verifying everything before", "before", "{:,.0f} a CPU second", ""),
    ("Verifying after, archive included", "after", "{:,.0f} a CPU second", ""),
]


def main():
    apart.run("tests.bench.archive", __doc__, 200_000, inside, report)


# --- in the process of one database ----------------------------------------------


def inside(entries):
    import django

    django.setup()
    from django.core.management import call_command

    from campaigns.audit import seal
    from tests.bench import history

    call_command("migrate", verbosity=0)
    _, campaigns = history.world()
    fill(history, entries, campaigns[:CAMPAIGNS])
    seal.run_once()
    before = verified()
    seconds, memory, _ = command("archive", "--month", "2024-03")
    (path,) = (Path(os.environ["CAMPAIGN_DESK_VAR"]) / "archive").glob("*.zip")
    megabytes = path.stat().st_size / 2**20
    removal, more, out = command("archive", "--month", "2024-03", "--remove-texts")
    removed = int(re.search(r"([\d,]+) texts removed", out)[1].replace(",", ""))
    return {
        "archived": seconds,
        "memory": memory,
        "megabytes": megabytes,
        "removal": removal,
        "more": more,
        "removed": removed,
        "before": entries / before,
        "after": entries / verified(),
    }


def fill(history, entries, campaigns):
    """Whole changes, one after the other, with streams that count themselves."""
    import random

    from django.core.management.color import no_style
    from django.db import connection, transaction

    from campaigns.models import AuditEntry, AuditField, AuditStream, AuditValue

    chance, numbers = random.Random(7), {}
    made = entries_of(history, entries, chance, numbers, campaigns)
    fields, values = count(1), count(1)
    while chunk := list(islice(made, history.CHUNK)):
        told = [(row[0], row[11], *pair) for row, pairs in chunk for pair in pairs]
        with transaction.atomic(), connection.cursor() as cursor:
            history.pour(cursor, AuditEntry, [row for row, _ in chunk])
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


def entries_of(history, entries, chance, numbers, campaigns):
    """Requested, sent, answered, read back; each four on one campaign and field."""
    span = timedelta(days=61) / entries
    for key in range(1, entries + 1):
        change, step = divmod(key - 1, STEPS)
        if step == 0:
            campaign, told = history.where(chance, campaigns), history.what(chance)
        event, state, channel = history.EVENTS[step]
        stream, at = f"campaign:{campaign.pk}", BEGAN + span * key
        numbers[stream] = number = numbers.get(stream, 0) + 1
        person = history.who(chance, 0.5) if channel == "screen" else None
        body = history.spelled(
            stream, number, event, at, person, campaign, state, told, channel
        ).replace('"change":1,', f'"change":{change + 1},', 1)
        leaf = hashlib.sha256(b"\0" + body.encode()).hexdigest()
        found = (at, event, state, channel, person, campaign.pk)
        connection = campaign.connection_id
        yield (key, stream, number, body, leaf, 1, *found, connection, change + 1), told


def verified():
    """CPU seconds of a walk with every column, archives included."""
    from campaigns.audit import archive_check, findings, keys
    from campaigns.audit import verify as verifying

    began, found = time.process_time(), findings.Findings()
    months = archive_check.check_rows(found)
    gone = archive_check.ranges(months)
    asked = verifying.Request()
    report = verifying._walk(asked, keys.trusted(), lambda at, end: None, gone)
    folders = [Path(os.environ["CAMPAIGN_DESK_VAR"]) / "archive"]
    archive_check.check_files(found, months, folders)
    assert report.is_intact, report.findings.kept[:3]
    assert not found.counts, found.kept[:3]
    return time.process_time() - began


COMMAND = """
import resource, sys, time, django
django.setup()
from django.core.management import call_command
call_command("audit", *sys.argv[1:])
print("CPU", round(time.process_time(), 1))
print("PEAK", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def command(*words):
    """Time, peak of memory in MiB, and words of one command, as people run it."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    print(done.stdout, file=sys.stderr)
    peak = int(re.search(r"PEAK (\d+)", done.stdout)[1]) / 1024
    cpu = re.search(r"CPU ([\d.]+)", done.stdout)[1]
    took = f"{time.perf_counter() - began:.0f} s ({cpu} s of CPU)"
    return took, peak, done.stdout


# --- the page --------------------------------------------------------------------


def report(found, entries):
    load = os.getloadavg()[0]
    head = (
        f"`python -m tests.bench.archive --entries {entries}`, {os.cpu_count()} cores, "
        f"load {load:.0f}, {datetime.now(UTC):%Y-%m-%d}; a month of half of them:"
    )
    return "\n".join([head, "", *apart.table(ROWS, found)])


if __name__ == "__main__":
    main()
