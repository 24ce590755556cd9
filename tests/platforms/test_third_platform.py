"""A third platform is one package: nothing else knows its name."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from campaigns import registry

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = [
    "test_client_contract.py",
    "test_sandbox_contract.py",
    "test_forms_contract.py",
    "test_demo_contract.py",
]
DRILL = ["-p", "tests.platforms.drill", "-k", "handbills"]
QUIET = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
OWN_DATABASE = {**os.environ, "DATABASE_URL": "", "TEST_DATABASE_URL": ""}
SANDBOX = (
    "from django.core import management; from tests.platforms import drill; "
    "management.execute_from_command_line(['manage.py', 'sandbox', *{options}])"
)


def test_a_made_up_platform_passes_every_contract_as_one_package():
    files = [f"tests/platforms/{name}" for name in CONTRACTS]
    command = [sys.executable, "-m", "pytest", *files, *DRILL, *QUIET]

    run = subprocess.run(
        command,
        cwd=ROOT,
        env=OWN_DATABASE,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )

    passed = re.search(r"(\d+) passed", run.stdout)
    assert run.returncode == 0, run.stdout[-3000:]
    assert int(passed[1]) > 200


@pytest.fixture
def sandboxes():
    """`manage.py sandbox` where the made-up platform is in place; what it tells."""
    program = SANDBOX.format(options=["--set", "handbills.page_size=7"])
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "dashboard.settings"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield json.loads(process.stdout.readline())
        process.terminate()


@pytest.mark.processes
def test_the_sandbox_command_serves_it_with_options_of_its_own(sandboxes):
    told = sandboxes["handbills"]

    listed = requests.get(
        f"{told['base_url']}/handbills?after=0",
        headers={"X-Handbills-Key": "demo-key"},
        timeout=5,
    )

    assert len(listed.json()["handbills"]) == 7


FOREIGN = [
    path
    for folder in ("campaigns", "dashboard", "templates", "static")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".html", ".js", ".css"}
    and not path.is_relative_to(ROOT / "campaigns" / "platforms")
]


@pytest.mark.parametrize("key", ["handbills", *(one.key for one in registry.all())])
def test_no_other_file_knows_it(key):
    told = [path for path in FOREIGN if key in path.read_text().lower()]

    assert told == []
