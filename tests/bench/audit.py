"""Measures the audit log over a million entries: each filter, pairs, any depth.

`python -m tests.bench.audit` fills SQLite and PostgreSQL anew, prints a table and
writes it between its marks in docs/benchmarks.md; `--entries` and `--database` make
it smaller; `--only-print` leaves the page as it is.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from tests import services

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- audit: begin -->", "<!-- audit: end -->"
DEPTHS = (None, 0.9, 0.5, 0.25, 0.05)
TIMES = 4
BARS = {"read": 50, "page": 150}
FREE = ("", "(bar 300)")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    parser.add_argument("--only-print", action="store_true")
    asked = parser.parse_args()
    if "BENCH_INSIDE" in os.environ:
        print(json.dumps(inside(asked.entries)))
        return
    kinds = [asked.database] if asked.database else ["sqlite", "postgresql"]
    measured = {}
    for kind in kinds:
        measured[kind] = apart(kind, asked.entries)
        text = report(measured, asked.entries)
        print(text, flush=True)
    if not asked.only_print:
        keep(text)


def apart(kind, entries):
    """Measure in a process of its own: Django knows one database a process."""
    server = services.postgres() if kind == "postgresql" else nullcontext("")
    with server as url, tempfile.TemporaryDirectory(prefix="desk-bench-") as folder:
        environment = os.environ | {
            "BENCH_INSIDE": kind,
            "DATABASE_URL": url or f"sqlite:///{folder}/history.sqlite3",
            "CAMPAIGN_DESK_VAR": folder,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        command = [sys.executable, "-m", "tests.bench.audit", "--entries", str(entries)]
        done = subprocess.run(
            command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True
        )
    return json.loads(done.stdout.splitlines()[-1])


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
        "Each row: newest page and four depths, milliseconds; *read* is the whole "
        "reading of the page's entries (queries and rows), *page* the whole answer, "
        "*CPU* what the answer cost this process: the rest was spent waiting for a "
        "database or a busy machine.",
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
    middle, high = statistics.median(taken), sorted(taken)[int(len(taken) * 0.95)]
    return f"{middle:.0f} | {high:.0f}{f' {bar}' if bar else ''}"


def keep(text):
    page = PAGE.read_text() if PAGE.exists() else "# Benchmarks\n"
    if BEGIN not in page:
        page = f"{page.rstrip()}\n\n## The audit log\n\n{BEGIN}\n{END}\n"
    head, rest = page.split(BEGIN, 1)
    PAGE.write_text(f"{head}{BEGIN}\n{text}\n{END}{rest.split(END, 1)[1]}")


if __name__ == "__main__":
    main()
