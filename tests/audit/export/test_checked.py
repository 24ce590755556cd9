"""An export is provable by Python alone, and any change to it is found."""

import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from campaigns.audit import check_export, export, seal
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Checkpoint
from tests.asked import ask
from tests.audit.export.files import checked, download, packed, unpacked
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db


def test_an_export_holds(exported, capsys):
    code, out = checked(capsys, exported, "--key", seal.newest().key)

    assert code == 0, out
    assert "All of it holds." in out


def test_a_clean_python_checks_it_with_the_program_inside(exported, tmp_path):
    program = tmp_path / "check_export.py"
    program.write_bytes(unpacked(exported.read_bytes())["check_export.py"])

    ran = subprocess.run(
        [sys.executable, "-I", "-S", program, exported],
        capture_output=True,
        text=True,
        env={},
        cwd=tmp_path,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "All of it holds." in ran.stdout


def test_the_program_inside_needs_the_standard_library_alone():
    text = Path(check_export.__file__).read_text()
    imported = re.findall(r"^(?:from|import) (\w+)", text, re.M)

    assert set(imported) <= set(sys.stdlib_module_names)


def test_it_says_which_campaigns_are_complete(client, me, tmp_path, capsys):
    campaign = CampaignFactory()
    ask(State.CONFIRMED, campaign=campaign)
    path, part = tmp_path / "a.zip", tmp_path / "b.zip"
    path.write_bytes(download(client, "zip", f"?campaign={campaign.pk}")[1])
    part.write_bytes(
        download(client, "zip", f"?campaign={campaign.pk}&state=confirmed")[1]
    )

    whole, some = checked(capsys, path), checked(capsys, part)

    total = AuditEntry.objects.filter(stream=f"campaign:{campaign.pk}").count()
    assert f"campaign:{campaign.pk}: {total} of {total} entries, complete." in whole[1]
    assert f"campaign:{campaign.pk}: 1 of {total} entries, in part." in some[1]
    assert (whole[0], some[0]) == (0, 0)


FILES = (
    "README.txt",
    "check_export.py",
    "checkpoint.txt",
    "entries.jsonl",
    "manifest.json",
    "people.json",
    "proofs.jsonl",
    "public-key.txt",
    "statement-proof.json",
    "statement.json",
    "streams.json",
)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_found_in_every_file_and_said_in_words(
    exported, tmp_path, capsys, name
):
    files = unpacked(exported.read_bytes())
    whole, dice = files[name], random.Random(7)
    free = whole.index(b'"anchors"') if name == "manifest.json" else -10
    letters = [
        at
        for at in range(len(whole))
        if not whole[at : at + 1].isspace() and not free < at < free + 10
    ]

    for at in dice.sample(letters, min(25, len(letters))):
        files[name] = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        code, out = checked(capsys, packed(tmp_path / "forged.zip", files))
        assert (code, at if "This does NOT hold." in out else None) == (1, at), out


def test_what_is_no_export_is_told_in_words(tmp_path, capsys):
    (tmp_path / "cut.zip").write_bytes(b"PK")

    for path in (tmp_path, tmp_path / "cut.zip", tmp_path / "nowhere.zip"):
        code, out = checked(capsys, path)
        assert code == 1
        assert "cannot be read" in out


def test_nothing_sealed_is_said_in_words(monkeypatch):
    monkeypatch.setattr(seal, "run_once", lambda: 0)

    with pytest.raises(export.NothingSealed):
        export.survey(lambda after: [], "everything")

    assert not Checkpoint.objects.exists()
