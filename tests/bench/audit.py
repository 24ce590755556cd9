"""Measures the audit log over a million entries: each filter, pairs, any depth.

`python -m tests.bench.audit` fills SQLite and PostgreSQL anew, prints a table and
writes it between its marks in docs/benchmarks.md; `--entries` and `--database` make
it smaller; `--only-print` leaves the page as it is.
"""

import os
import random
import statistics
import time
from datetime import UTC, datetime

from tests.bench import apart

_anywhere = random.Random(2026)
DEPTHS = (None, 0.9, 0.5, 0.25, 0.05, *(_anywhere.random() for _ in range(15)))
TIMES = 3
BARS = {"read": 50, "page": 150}
FREE = ("", "(bar 300)")


def main():
    apart.run("tests.bench.audit", __doc__, 1_000_000, inside, report)


# --- in the process of one database ----------------------------------------------


def inside(entries):
    import django

    django.setup()
    from django.core.management import call_command

    from tests.bench import history, pages

    call_command("migrate", verbosity=0)
    manager, campaigns = history.world()
    began = time.monotonic()
    history.fill(entries, campaigns)
    filled = time.monotonic() - began
    return {"filled": filled, **pages.measure(manager, campaigns, entries)}


# --- what is told ------------------------------------------------------------------


def report(measured, entries):
    machine = f"{os.cpu_count()} cores, {datetime.now(UTC):%Y-%m-%d}"
    load = f"load average {os.getloadavg()[0]:.1f}, measured at raised priority"
    lines = [
        f"`python -m tests.bench.audit`, {entries:,} entries, {machine}, {load}. "
        f"Each row: the newest page and {len(DEPTHS) - 1} depths, each {TIMES} times, "
        "milliseconds; *read* is the whole reading of the page's entries (queries and "
        "rows), *page* the whole answer, *CPU* what the answer cost this process: the "
        "rest was spent waiting for a database or a busy machine.",
        "",
    ]
    for kind, found in measured.items():
        lines += [f"**{kind}** (filled in {found['filled']:.0f} s)", "", *table(found)]
    return "\n".join(lines)


def table(found):
    rows = [
        "| Asked for | Read, median | 95th | Page, median | 95th | Page, CPU |",
        "|---|---|---|---|---|---|",
        *(row(name, *taken) for name, taken in found["single"].items()),
    ]
    every = [sum(column, []) for column in zip(*found["single"].values(), strict=True)]
    bars = f"(bar {BARS['read']})", f"(bar {BARS['page']})"
    rows.append(row("**all of these**", *every, bars))
    searched = found["free"].items()
    rows += [row(f"{name}, searched", *taken, FREE) for name, taken in searched]
    return [*rows, ""]


def row(name, reads, whole, worked, bars=("", "")):
    middle = statistics.median(worked)
    first, second = told(reads, bars[0]), told(whole, bars[1])
    return f"| {name} | {first} | {second} | {middle:.0f} |"


def told(taken, bar=""):
    middle, high = statistics.median(taken), apart.ranked(taken, 0.95)
    return f"{middle:.0f} | {high:.0f}{f' {bar}' if bar else ''}"


if __name__ == "__main__":
    main()
