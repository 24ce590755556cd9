"""The long form: seeds in any number of sittings, their sums over all of them.

Each finished seed is one line of JSON in a file, so that a run can be ended at any
moment and taken up again, on this machine or another; files can be put together.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / "var" / "chaos"
SUMMED = ("edits", "faults", "kills", "freezes", "patches")


def main():
    asked = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # whoever runs here ends too
    KEPT.mkdir(parents=True, exist_ok=True)
    if asked.what == "simulate":
        simulate(asked)
    elif asked.what == "processes":
        processes(asked)
    report()


def arguments():
    parser = argparse.ArgumentParser(prog="bin/chaos", description=__doc__)
    parser.add_argument("what", choices=("simulate", "processes", "report"))
    parser.add_argument("--from", dest="first", type=int, default=1)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--edits", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--redis", choices=("killed", "absent"), default="killed")
    return parser.parse_args()


def simulate(asked):
    """Shards over the seeds: each process takes every nth that is not done yet."""
    command = [sys.executable, "-m", "tests.chaos.simulator", "--keep", str(KEPT)]
    command += ["--seed", str(asked.first), "--count", str(asked.count)]
    command += ["--code", state_of_code()]
    shards = [
        subprocess.Popen([*command, "--shard", f"{n}/{asked.at_once}"], cwd=ROOT)
        for n in range(asked.at_once)
    ]
    try:
        while any(shard.poll() is None for shard in shards):
            time.sleep(30)
            report()
    finally:
        for shard in shards:
            shard.terminate()


def processes(asked):
    """Runs of real processes, one after the other, each with the next seed."""
    kept = KEPT / "processes.jsonl"
    done = {(row["database"], row["redis"], row["seed"]) for row in lines(kept)}
    vendor = "postgresql" if asked.database == "postgres" else "sqlite"
    code = state_of_code()
    count = 1 if asked.count == 50_000 else asked.count
    for seed in range(asked.first, asked.first + count):
        if (vendor, asked.redis, seed) in done:
            continue
        command = [sys.executable, "-m", "tests.chaos.processes", "--seed", str(seed)]
        for name in ("edits", "kills", "database", "redis"):
            command += [f"--{name}", str(getattr(asked, name))]
        if not (words := said(command)):
            sys.exit(f"seed {seed} ended without a result")
        told = json.loads(words[-1])
        with kept.open("a") as file:
            file.write(json.dumps(told | {"code": code}) + "\n")
        report()


def said(command):
    """The lines a program says; when we are ended it may end what it has started."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as one:
        try:
            return one.communicate()[0].strip().splitlines()
        except BaseException:
            one.terminate()
            one.wait(90)
            raise


def state_of_code():
    """What is played, as git names it, so that a sum can say what it is a sum of."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    return told.stdout.strip()


def lines(path):
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def report():
    """The sums over everything that is kept."""
    rows = [row for file in sorted(KEPT.glob("seeds-*.jsonl")) for row in lines(file)]
    rows = list({row["seed"]: row for row in rows}.values())
    full = [r for r in rows if r["edits"] >= 20 and r["faults"] >= 5]
    sums = Counter()
    for row in rows:
        sums.update({name: row[name] for name in SUMMED})
    broken = sorted(row["seed"] for row in rows if row["violations"])
    codes = Counter(row.get("code", "not told") for row in rows)
    print(
        f"simulator: {len(rows):,} histories, {len(full):,} of them with 20 edits and "
        f"5 faults or more; {len(broken)} with violations {broken[:20]}; "
        + ", ".join(f"{sums[name]:,} {name}" for name in SUMMED)
        + "; code: "
        + ", ".join(f"{code} ({count:,})" for code, count in codes.items()),
        flush=True,
    )
    ran = lines(KEPT / "processes.jsonl")
    for kind in sorted({row["database"] for row in ran}):
        sums = Counter()
        for row in (row for row in ran if row["database"] == kind):
            sums.update({name: row[name] for name in ("edits", "kills", "violations")})
        words = ", ".join(f"{value:,} {name}" for name, value in sums.items())
        print(f"processes on {kind}: {words}", flush=True)
    for row in ran:
        print(
            f"processes: {row['database']}, Redis {row['redis']}, seed {row['seed']}: "
            f"{row['edits']} edits, {row['kills']} kill -9, {row['freezes']} stops, "
            f"{row['violations']} violations, quiet after {row['drained after']} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
