"""What measurements share: a process and a database of its own, and a table's place.

A measurement that asks for a database is the same command twice: outside it only starts
itself again, inside it has an empty database and prints a line of JSON.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from tests import services

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
KINDS = ("sqlite", "postgresql")


def measured(module, kind, **words):
    """What a module prints inside; Django knows one database a process."""
    server = services.postgres() if kind == "postgresql" else nullcontext("")
    with server as url, tempfile.TemporaryDirectory(prefix="desk-bench-") as folder:
        environment = os.environ | {
            "BENCH_INSIDE": kind,
            "DATABASE_URL": url or f"sqlite:///{folder}/history.sqlite3",
            "CAMPAIGN_DESK_VAR": folder,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        told = [part for name, value in words.items() for part in (f"--{name}", value)]
        done = subprocess.run(
            [sys.executable, "-m", module, *map(str, told)],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
        )
    return json.loads(done.stdout.splitlines()[-1])


def run(module, words, entries, inside, report):
    """A measurement on each database asked for, printed and kept as a table."""
    parser = argparse.ArgumentParser(description=words)
    parser.add_argument("--entries", type=int, default=entries)
    parser.add_argument("--database", choices=KINDS)
    parser.add_argument("--only-print", action="store_true")
    asked = parser.parse_args()
    if "BENCH_INSIDE" in os.environ:
        print(json.dumps(inside(asked.entries)))
        return
    found, text = {}, ""
    for kind in [asked.database] if asked.database else KINDS:
        found[kind] = measured(module, kind, entries=asked.entries)
        text = report(found, asked.entries)
        print(text, flush=True)
    if not asked.only_print:
        keep(module.rpartition(".")[2], text)


def ranked(taken, share):
    """The smallest one that at least this share of all does not pass."""
    return sorted(taken)[math.ceil(len(taken) * share) - 1]


def table(rows, found):
    """Lines of a table: words, key, form and bar of each row; a column a database."""
    kinds = list(found)
    lines = [
        f"| What | {' | '.join(kinds)} | Bar |",
        "|---" * (len(kinds) + 2) + "|",
    ]
    for words, key, form, bar in rows:
        values = " | ".join(form.format(found[kind][key]) for kind in kinds)
        lines.append(f"| {words} | {values} | {bar} |")
    return lines


def keep(name, text):
    """Put a table between its marks in docs/benchmarks.md."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    head, rest = PAGE.read_text().split(begin, 1)
    PAGE.write_text(f"{head}{begin}\n{text}\n{end}{rest.split(end, 1)[1]}")
