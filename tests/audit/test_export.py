"""Exports: exactly what the filters show, counted before, provable by Python alone."""

import csv
import io
import json
import random
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from campaigns import audit, clock
from campaigns.audit import Event, check_export, export, export_csv, notes, seal
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Checkpoint
from tests.asked import ask
from tests.factories import CampaignFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client):
    person = PersonFactory(manager=True, full_name="=Mara")
    client.force_login(person)
    return person


def download(client, kind, query=""):
    page = client.get(f"/audit/export{query}")
    assert page.status_code == 200
    form = {"kind": kind, "size": page.context["asked"].size}
    response = client.post(f"/audit/export{query}", form)
    assert response.status_code == 200
    return page.context["asked"].count, b"".join(response)


def rows(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def unpacked(content):
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def packed(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def checked(capsys, path, *more):
    code = check_export.main([str(path), *more])
    return code, capsys.readouterr().out


@pytest.fixture
def exported(client, me, tmp_path):
    """A zip of the history of two campaigns."""
    for campaign in (CampaignFactory(), CampaignFactory()):
        ask(State.CONFIRMED, campaign=campaign)
    path = tmp_path / "export.zip"
    path.write_bytes(download(client, "zip")[1])
    return path


# --- what is in it ----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "zip"])
def test_the_count_is_said_before_and_in_the_file(client, me, kind):
    ask(State.CONFIRMED)

    count, content = download(client, kind)

    if kind == "csv":
        told = rows(content)
        assert told[0][0] == f"Audit history: {count:,} entries."
        assert told[-1] == [f"End of the export: {count} of {count} entries."]
        assert len(told) == count + 3
    else:
        files = unpacked(content)
        assert json.loads(files["manifest.json"])["entries"] == count
        assert files["entries.jsonl"].count(b"\n") == count


def test_a_csv_tells_it_in_the_words_of_the_page(client, me):
    ask(State.ALREADY_SO)
    with transaction.atomic():
        audit.append(Event.OUTSIDE, "campaign:1", at=clock.now(), channel="system")
        audit.append(Event.HELD, "system", at=clock.now(), facts={"scope": "indeed"})

    told = rows(download(client, "csv")[1])
    lines = [dict(zip(told[1], row, strict=True)) for row in told[2:-1]]

    assert lines[-3]["State"] == "Already so"
    assert lines[-2]["Person"] == "outside"
    assert (lines[-2]["What"], lines[-2]["Channel"]) == (
        "Changed outside",
        "Campaign Desk",
    )
    assert lines[-1]["About"] == "Indeed"


def test_filters_decide_what_is_in_it(client, me):
    wanted, other = CampaignFactory(name="Night nurses"), CampaignFactory(name="Cooks")
    for campaign in (wanted, other):
        ask(State.CONFIRMED, campaign=campaign)

    for query in (f"?campaign={wanted.pk}", "?q=night", f"?campaign={wanted.pk}&q=n"):
        count, content = download(client, "csv", query)
        shown = AuditEntry.objects.filter(campaign_id=wanted.pk)
        assert sorted(int(row[1]) for row in rows(content)[2:-1]) == sorted(
            shown.values_list("pk", flat=True)
        )
        assert count == shown.count()


def test_many_pages_lose_and_double_nothing(client, me, monkeypatch):
    monkeypatch.setattr("campaigns.queries.every.PAGE", 3)
    with transaction.atomic():
        made = [
            audit.append(Event.TESTED, "system", at=clock.now()).pk for _ in range(20)
        ]

    _, content = download(client, "csv", "?event=connection+tested")

    assert [int(row[1]) for row in rows(content)[2:-1]] == made


def test_what_comes_later_is_no_part_of_it(client, me, append):
    append()
    page = client.get("/audit/export")
    asked = page.context["asked"]
    append("campaign:9")

    response = client.post("/audit/export", {"kind": "csv", "size": asked.size})

    assert len(rows(b"".join(response))) == asked.count + 3


def test_an_export_is_itself_an_entry(client, me, append):
    append()
    count, _ = download(client, "csv")

    entry = AuditEntry.objects.get(event=Event.EXPORTED)
    facts = json.loads(entry.body)["facts"]
    assert (entry.person_id, facts["entries"], facts["asked"]) == (
        me.pk,
        count,
        "everything",
    )


def test_a_connection_closed_to_me_is_not_in_it(client, me, append):
    append(campaign=CampaignFactory(name="Hidden", connection__open_to_all=False))

    _, content = download(client, "csv")

    assert b"Hidden" not in content


def test_marketers_export_nothing(client):
    client.force_login(PersonFactory())

    assert client.get("/audit/export").status_code == 403


@pytest.mark.parametrize("form", [{}, {"kind": "exe"}])
def test_only_known_kinds_leave(client, me, append, form):
    append()

    assert client.post("/audit/export", form).status_code == 422
    assert not AuditEntry.objects.filter(event=Event.EXPORTED).exists()


def test_a_filter_that_is_wrong_exports_nothing(client, me):
    response = client.get("/audit/export?since=yesterday")

    assert response.status_code == 302
    assert response.url.startswith("/audit/")


# --- CSV --------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1"])
def test_no_cell_is_a_formula(client, me, text):
    audit.remember_name(me)
    ask(campaign=CampaignFactory(name=text), person=me, reason=text)

    _, content = download(client, "csv")

    cells = [cell for row in rows(content) for cell in row]
    assert not [c for c in cells if c.lstrip()[:1] in tuple("=+-@＝＋－＠")]
    assert f"'{text}" in cells


@pytest.mark.parametrize("text", ["", "Night nurses", "7 → 5"])
def test_plain_text_stays_as_it_is(text):
    assert export_csv.neutral(text) == text


def test_position_and_leaf_stand_on_each_line(client, me, append):
    entry = append()

    _, content = download(client, "csv", "?event=connection+tested")

    row = rows(content)[2]
    entry.refresh_from_db()
    assert (row[0], row[1], row[-1]) == (
        str(entry.seal.position),
        str(entry.pk),
        entry.leaf,
    )


# --- the zip, checked by Python alone ---------------------------------------------


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


# --- Ed25519 by hand, against the RFC and a second implementation -------------------

# RFC 8032 section 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize("vector", VECTORS)
def test_the_vectors_of_the_rfc_verify(vector):
    assert check_export.is_signature(*map(bytes.fromhex, vector))


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("part", [0, 2])
def test_a_changed_bit_does_not_verify(vector, part):
    given = [bytearray.fromhex(text) for text in vector]
    given[part][random.randrange(32)] ^= 1 << random.randrange(7)

    assert not check_export.is_signature(*map(bytes, given))


def test_what_another_implementation_signs_verifies():
    key = Ed25519PrivateKey.generate()
    message = random.randbytes(100)

    signature = key.sign(message)

    public = key.public_key().public_bytes_raw()
    assert check_export.is_signature(public, message, signature)
    assert not check_export.is_signature(public, message + b"x", signature)
    assert not check_export.is_signature(public, message, signature[:63])


def test_a_signature_with_a_number_too_large_is_refused():
    public, message, signature = map(bytes.fromhex, VECTORS[0])
    s = int.from_bytes(signature[32:], "little") + check_export.ORDER

    assert not check_export.is_signature(
        public, message, signature[:32] + s.to_bytes(32, "little")
    )


def test_nothing_sealed_is_said_in_words(monkeypatch):
    monkeypatch.setattr(seal, "run_once", lambda: 0)

    with pytest.raises(export.NothingSealed):
        export.survey(lambda after: [], "everything")

    assert not Checkpoint.objects.exists()
