"""A third platform is one package: nothing else knows its name."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = [
    "test_client_contract.py",
    "test_sandbox_contract.py",
    "test_forms_contract.py",
]
DRILL = ["-p", "tests.platforms.drill", "-k", "handbills"]
QUIET = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist"]


def test_a_made_up_platform_passes_every_contract_as_one_package():
    files = [f"tests/platforms/{name}" for name in CONTRACTS]
    command = [sys.executable, "-m", "pytest", *files, *DRILL, *QUIET]

    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False
    )

    passed = re.search(r"(\d+) passed", run.stdout)
    assert run.returncode == 0, run.stdout[-3000:]
    assert int(passed[1]) > 200


def test_no_other_file_knows_it():
    told = [
        path
        for folder in ("campaigns", "dashboard", "templates", "static")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".js", ".css"}
        and "handbills" in path.read_text().lower()
    ]

    assert told == []
