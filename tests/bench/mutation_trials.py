"""Tries mutants: which tests run their lines, and whether one of them fails.

Everything happens in trees of their own, laid out from a commit; what a trial leaves
behind ends with it. For `python -m tests.bench.mutation`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from coverage import CoverageData

from tests.bench import mutants

ROOT = Path(__file__).parents[2]
SHARDS = (
    ("tests/delivery", "tests/planning"),
    ("tests/views", "tests/audit", "tests/notices", "tests/reviews", "tests/test_*.py")
    + ("tests/templatetags", "tests/dashboard/test_doctor.py"),
)
PYTEST = ("-q", "-p", "no:cacheprovider")
KEPT = ("-p", "tests.bench.kept", "--reuse-db")
KINDS = ("-m", "not browser and not chaos and not processes")
MOST = 120.0
"""Seconds of tests, as they took under coverage, that one mutant is tried with."""
HANGS = 60
"""Seconds after which a test hangs, or ten times what the longest took."""
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def plant(tree, commit):
    """Lay the committed files out in a folder of their own."""
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    packed = ["git", "-C", str(ROOT), "archive", commit]
    with subprocess.Popen(packed, stdout=subprocess.PIPE) as archive:
        subprocess.run(["tar", "-x", "-C", str(tree)], stdin=archive.stdout, check=True)


def places_in(tree):
    """Folders of a run's own, and a copy of the tree's database where it has one."""
    scratch = tempfile.mkdtemp(prefix="mutant-", dir=MEMORY)
    places = {"CAMPAIGN_DESK_VAR": scratch, "TMPDIR": scratch}
    if (database := tree / "kept.sqlite3").exists():
        places["KEPT_DATABASE"] = shutil.copy(database, scratch)
    return places


def python(tree, *arguments, said=subprocess.DEVNULL, **more):
    """Run Python in a tree, to its end."""
    places = places_in(tree)
    subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=tree,
        env=os.environ | places | more,
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=said,
    )
    shutil.rmtree(places["TMPDIR"], ignore_errors=True)


class Nursery:
    """Starts the runs of pytest in one tree; see nursery.py."""

    def __init__(self, tree):
        self.tree = tree
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "bench" / "nursery.py")],
            cwd=tree,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, arguments, seconds, **more):
        """The exit code (None: out of time) and what was said."""
        said = self.tree / "said.txt"
        said.unlink(missing_ok=True)
        asked = {
            "arguments": list(arguments),
            "places": places_in(self.tree) | more,
            "said": str(said),
            "seconds": seconds,
        }
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        code = json.loads(self._process.stdout.readline())
        return code, said.read_text(errors="replace")

    def close(self):
        self._process.stdin.close()
        self._process.wait()


def cover(tree, number, folder):
    """Run the tests of a shard under coverage, unless that was done for this commit."""
    told = folder / f"{number}.json"
    if not told.exists():
        found = [file for each in SHARDS[number] for file in sorted(tree.glob(each))]
        files = [file.relative_to(tree) for file in found]
        kept = f"--data-file={folder / f'{number}.coverage'}"
        plugin = ("-p", "tests.bench.covering")
        measured = ("-m", "coverage", "run", kept, "--source=campaigns", "-m", "pytest")
        with (folder / f"{number}.txt").open("w") as said:
            options = (*measured, *PYTEST, *plugin, *KINDS, *files)
            python(tree, *options, said=said, COVERING=str(told))
    return json.loads(told.read_text())


def keep_database(tree):
    """Make the database that the trials in this tree begin with."""
    database = {"KEPT_DATABASE": str(tree / "kept.sqlite3")}
    options = ("-m", "pytest", *PYTEST, *KEPT, "tests/test_labels.py")
    python(tree, *options, **database)


class Tests:
    """Which tests run a line, and how long each takes."""

    def __init__(self, folder, told):
        self.seconds = {}
        self._lines = {}
        for number, one in enumerate(told):
            self.seconds |= one["seconds"]
            data = CoverageData(str(folder / f"{number}.coverage"))
            data.read()
            for path in data.measured_files():
                self._learn(path, data.contexts_by_lineno(path))

    def _learn(self, path, tests_by_line):
        name = "campaigns/" + path.rpartition("campaigns/")[2]
        mine = self._lines.setdefault(name, {})
        for line, tests in tests_by_line.items():
            mine.setdefault(line, set()).update(tests & self.seconds.keys())

    def of(self, mutant):
        """Those that run its lines, else its function, else its module.

        First those of its own module and part, by name; among them the quick ones.
        """
        lines = self._lines.get(mutant.path, {})
        near = [mutant.lines, mutant.around] if mutant.around else [lines]
        found = [set().union(*(lines.get(line, ()) for line in some)) for some in near]
        chosen, left = [], MOST
        near_first = partial(self._rank, Path(mutant.path).stem, mutant.part)
        for test in sorted(next(filter(None, found), ()), key=near_first):
            left -= self.seconds[test]
            if chosen and left < 0:
                break
            chosen.append(test)
        return chosen

    def _rank(self, module, part, test):
        return (module not in test, part not in test, self.seconds[test])


def attempt(mutant, nursery, tests, turn, *, is_control=False):
    """Run the tests of a mutant on it: the verdict, who noticed, how many were asked.

    A control runs them on the code as it is.
    """
    chosen = tests.of(mutant)
    if not chosen:
        return {"verdict": "no tests", "by": "", "asked": 0}
    tree = nursery.tree
    path, took = tree / mutant.path, [tests.seconds[test] for test in chosen]
    listed = tree / "chosen.json"
    listed.write_text(json.dumps(chosen))
    files = dict.fromkeys(test.split("::")[0] for test in chosen)
    limit = f"--timeout={max(HANGS, 10 * max(took)):.0f}"
    options = (*PYTEST, *KEPT, *KINDS, "-x", "-rfE", "--tb=no", limit, *files)
    text = path.read_text()
    try:
        rewrite(path, text if is_control else mutants.mutated(mutant, text), turn)
        seconds = HANGS + 3 * sum(took)
        code, said = nursery.run(options, seconds, CHOSEN=str(listed))
    finally:
        rewrite(path, text, -turn)
    return judged(code, said) | {"asked": len(chosen)}


def rewrite(path, text, turn):
    """Write a module; by its time of its own no older bytecode is taken for it."""
    path.write_text(text)
    os.utime(path, (10**9 + turn, 10**9 + turn))


def judged(code, said):
    if code is None:
        return {"verdict": "out of time", "by": ""}
    if code in (0, 5):
        return {"verdict": "no tests" if code else "survived", "by": ""}
    first = re.search(r"^(?:FAILED|ERROR) (tests/\S+)", said, re.M)
    verdict = "hung" if "+ Timeout +" in said else "killed"
    return {"verdict": verdict, "by": first.group(1) if first else said[-200:]}
