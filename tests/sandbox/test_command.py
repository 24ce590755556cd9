import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from django.core.management import CommandError, call_command

ROOT = Path(__file__).parents[2]


@pytest.fixture
def command(tmp_path):
    """`manage.py sandbox` in a process of its own, without a database."""
    words = [sys.executable, "manage.py", "sandbox", "--demo"]
    words += ["--set", "indeed.report_jobs=true", "--set", "indeed.page_limit=3"]
    environment = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none"}
    process = subprocess.Popen(
        [*words, "--state", str(tmp_path)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate(timeout=10)


@pytest.mark.processes
def test_the_command_tells_its_addresses_serves_and_ends_cleanly(command):
    told = json.loads(command.stdout.readline())
    options = requests.get(f"{told['indeed']['control_url']}/options", timeout=5).json()
    listed = requests.get(
        f"{told['microworkers']['base_url']}/hire-group-campaigns",
        headers={"MicroworkersApiKey": "demo-key"},
        timeout=5,
    )

    command.send_signal(signal.SIGTERM)

    assert (options["report_jobs"], options["page_limit"]) == (True, 3)
    assert listed.status_code == 200
    assert command.wait(10) == 0
    assert command.stderr.read() == ""


@pytest.mark.parametrize(
    "option",
    [
        "report_jobs=true",
        "indeed.report_jobs",
        "indeed.report_jobs=yes",
        "indeed.no_such=true",
        "nobody.settle=1",
        "",
    ],
)
def test_an_option_that_says_nothing_is_named(option):
    with pytest.raises(CommandError, match="PLATFORM.OPTION=JSON"):
        call_command("sandbox", "--set", option)
