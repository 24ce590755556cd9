"""How many small wrong steps in lifecycle, changes and delivery do the tests notice?

`python -m tests.bench.mutation --sample 300 --seed 2026` draws mutants of the committed
code, tries each with the tests that run its lines, and prints the score of each part
with its interval of 95 %, then every mutant that nobody noticed. It needs an
environment of its own, with requirements-dev.txt and what pyproject.toml names as
`mutation`.

Results are kept in var/mutation; a second call goes on where the first ended. What was
noticed stands while neither the module nor the test that noticed it has changed; what
was not is tried again on a new commit.
"""

import argparse
import ast
import hashlib
import json
import os
import queue
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import count
from math import sqrt

from tests.bench import mutants
from tests.bench.mutation_trials import (
    ROOT,
    SHARDS,
    Nursery,
    Tests,
    attempt,
    cover,
    keep_database,
    plant,
)

PLACE = ROOT / "var" / "mutation"
RESULTS = PLACE / "results.jsonl"
NOTICED = ("killed", "hung")
CONTROLS = 2


def main():
    asked = arguments()
    os.nice(10)
    head = ("git", "-C", str(ROOT), "rev-parse", "HEAD")
    commit = subprocess.check_output(head, text=True).strip()[:12]
    folder = PLACE / commit
    trees = [
        folder / f"tree-{number}" for number in range(max(asked.at_once, len(SHARDS)))
    ]
    clean = folder / "clean"
    for tree in (clean, *trees):
        plant(tree, commit)
    pools = mutants.everywhere(clean, asked.part)
    sample = mutants.drawn(pools, asked.sample, asked.seed)
    print(
        f"{commit}: {sizes(pools)}; seed {asked.seed} draws {len(sample)}", flush=True
    )
    ledger = Ledger(clean, commit)
    left = [mutant for mutant in sample if not ledger.knows(mutant)]
    if left and not asked.report:
        work_off(left, trees, ledger, folder, asked.at_once)
    tell(sample, ledger, clean)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--part", choices=mutants.PARTS, help="one part alone")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--report", action="store_true", help="only tell what is known")
    return parser.parse_args()


def sizes(pools):
    return ", ".join(f"{len(pool)} of {part}" for part, pool in pools.items())


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Ledger:
    """What is known of mutants, a line each; the newest line stands."""

    def __init__(self, tree, commit):
        self._tree, self._commit = tree, commit
        lines = RESULTS.read_text().splitlines() if RESULTS.exists() else ()
        self._rows = {row["name"]: row for row in map(json.loads, lines)}

    def knows(self, mutant):
        row = self._rows.get(mutant.name)
        if row is None or row["module"] != self._digest(mutant.path):
            return False
        if row["verdict"] in NOTICED:
            return row["witness"] == self._witness(row["by"])
        return row["commit"] == self._commit

    def verdict(self, mutant):
        return self._rows[mutant.name]["verdict"] if self.knows(mutant) else "not tried"

    def write(self, mutant, result):
        more = {"name": mutant.name, "commit": self._commit}
        more["module"] = self._digest(mutant.path)
        self._rows[mutant.name] = row = (
            more | result | {"witness": self._witness(result["by"])}
        )
        with RESULTS.open("a") as results:
            results.write(json.dumps(row) + "\n")

    def _witness(self, by):
        """The text of the test that noticed; empty where there is none."""
        path, _, name = by.partition("::")
        text = (self._tree / path).read_text() if path.startswith("tests/") else ""
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.name == name.split("[")[0]:
                return digest(ast.get_source_segment(text, node))
        return ""

    def _digest(self, path):
        return digest((self._tree / path).read_text())


def work_off(left, trees, ledger, folder, at_once):
    with ThreadPoolExecutor(len(SHARDS)) as pool:
        told = list(pool.map(cover, trees, range(len(SHARDS)), [folder] * len(SHARDS)))
    for one in told:
        print(f"{len(one['seconds'])} tests; left out: {one['left out']}", flush=True)
    team = Team(Tests(folder, told), trees[:at_once])
    with ThreadPoolExecutor(at_once) as pool:
        for control in pool.map(team.control, left[:CONTROLS]):
            assert control["verdict"] in ("survived", "no tests"), control
        jobs = {pool.submit(team.attempt, mutant): mutant for mutant in left}
        for number, job in enumerate(as_completed(jobs), 1):
            mutant, result = jobs[job], job.result()
            ledger.write(mutant, result)
            words = f"[{number}/{len(left)}] {result['verdict']:11} {mutant.name}"
            print(words, result["by"].splitlines()[-1:], flush=True)
    team.close()


class Team:
    """Nurseries that take turns, one in each tree."""

    def __init__(self, tests, trees):
        self._tests, self._turns = tests, count(1)
        self._free = queue.SimpleQueue()
        for tree in trees:
            keep_database(tree)
            self._free.put(Nursery(tree))

    def control(self, mutant):
        """The same on the code as it is: nothing may be noticed."""
        return self.attempt(mutant, is_control=True)

    def attempt(self, mutant, **options):
        nursery = self._free.get()
        try:
            return attempt(mutant, nursery, self._tests, next(self._turns), **options)
        finally:
            self._free.put(nursery)

    def close(self):
        while not self._free.empty():
            self._free.get().close()


def tell(sample, ledger, tree):
    for part in (*mutants.PARTS, "all"):
        mine = [m for m in sample if part in (m.part, "all")]
        verdicts = Counter(map(ledger.verdict, mine))
        tried = len(mine) - verdicts["not tried"]
        if tried:
            hits = sum(verdicts[one] for one in NOTICED)
            low, high = interval(hits, tried)
            words = ", ".join(f"{n} {one}" for one, n in verdicts.most_common())
            score = f"{hits / tried:.1%} ({low:.1%} to {high:.1%})"
            print(f"{part:10} {score}, {tried} tried: {words}")
    for mutant in sample:
        if (verdict := ledger.verdict(mutant)) not in (*NOTICED, "not tried"):
            print(f"\n{verdict}: {mutant.name}")
            print(mutants.diff(mutant, (tree / mutant.path).read_text()))


def interval(hits, tried, z=1.96):
    """Wilson's, for the share of hits."""
    share, size = hits / tried, 1 + z * z / tried
    middle = share + z * z / (2 * tried)
    spread = z * sqrt(share * (1 - share) / tried + z * z / (4 * tried * tried))
    return (middle - spread) / size, (middle + spread) / size


if __name__ == "__main__":
    main()
