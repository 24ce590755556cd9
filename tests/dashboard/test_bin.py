"""What the scripts say to somebody whose machine lacks something."""

import os
import shutil
import subprocess

import pytest

from tests.dashboard.desk import ROOT


@pytest.fixture
def project(tmp_path):
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    return tmp_path


def run(project, *words, **environment):
    return subprocess.run(
        words,
        cwd=project,
        env={"PATH": os.environ["PATH"], "HOME": str(project), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_without_a_new_python_it_says_which_one_to_install(project):
    result = run(project, "bin/up", PYTHON="no-python-here")

    assert result.returncode == 1
    assert "needs Python 3.11 or newer" in result.stderr
    assert not (project / "var").exists()


@pytest.mark.parametrize("name", ["up", "test", "lint", "lock", "bench"])
def test_every_script_is_plain_posix_and_can_be_run(name):
    script = ROOT / "bin" / name

    checked = subprocess.run(["sh", "-n", script], capture_output=True)

    assert checked.returncode == 0
    assert os.access(script, os.X_OK)
    assert script.read_text().startswith("#!/bin/sh\n")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_by_hash_and_from_nowhere_in_particular(name):
    lines = (ROOT / name).read_text().splitlines()
    packages = [number for number, line in enumerate(lines) if "==" in line]

    assert packages
    assert all("--hash=sha256:" in lines[number + 1] for number in packages)
    assert not [line for line in lines if "://" in line or line.startswith("-")]
