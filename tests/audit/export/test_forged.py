"""Exports that a forger made fit again do not hold."""

import json

import pytest

from campaigns.audit import check_export, notes, seal
from tests.audit.export.files import checked, packed, unpacked

pytestmark = pytest.mark.django_db


def without_line(files):
    for name in ("entries.jsonl", "proofs.jsonl"):
        lines = files[name].splitlines(keepends=True)
        files[name] = b"".join(lines[:2] + lines[3:])
    redo_sums(files)


def change_entry(files):
    files["entries.jsonl"] = files["entries.jsonl"].replace(b"5 days", b"6 days", 1)
    redo_sums(files)


def swap_proofs(files):
    lines = files["proofs.jsonl"].splitlines(keepends=True)
    files["proofs.jsonl"] = b"".join([lines[1], lines[0], *lines[2:]])
    redo_sums(files)


def change_file(files):
    files["people.json"] += b" "


def change_total(files):
    totals = json.loads(files["streams.json"])
    name = max(totals)
    files["streams.json"] = json.dumps(totals | {name: totals[name] - 1}).encode()
    redo_sums(files)


def sign_anew(files):
    key = notes.PrivateKey.make("desk/audit")
    said = notes.Checkpoint.read(files["checkpoint.txt"].decode())
    note = notes.sign(notes.Checkpoint("desk/audit", said.size, said.root), key)
    files["checkpoint.txt"] = note.encode()
    files["public-key.txt"] = key.public.text.encode()
    redo_sums(files)


def break_signature(files):
    note = files["checkpoint.txt"].decode()
    size = notes.Checkpoint.read(note).size
    files["checkpoint.txt"] = note.replace(f"\n{size}\n", f"\n{size + 1}\n").encode()
    redo_sums(files)


def redo_sums(files):
    """As a forger would."""
    told = json.loads(files["manifest.json"])
    told["entries"] = files["entries.jsonl"].count(b"\n")
    digest = check_export.hashlib.sha256
    told["sha256"] = {name: digest(files[name]).hexdigest() for name in told["sha256"]}
    files["manifest.json"] = json.dumps(told).encode()


@pytest.mark.parametrize(
    "forge",
    [
        without_line,
        change_entry,
        swap_proofs,
        change_file,
        change_total,
        sign_anew,
        break_signature,
    ],
)
def test_a_forged_export_does_not_hold(exported, tmp_path, capsys, forge):
    files = unpacked(exported.read_bytes())
    forge(files)
    forged = packed(tmp_path / "forged.zip", files)

    code, out = checked(capsys, forged, "--key", seal.newest().key)

    assert code == 1
    assert "This does NOT hold." in out
