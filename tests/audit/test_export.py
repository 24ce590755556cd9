"""Exports: exactly what the filters show, counted before, provable by Python alone."""

import csv
import io
import itertools
import json
import random
import re
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
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


def test_an_export_at_a_full_second_holds(client, me, tmp_path, capsys):
    ask(State.CONFIRMED)
    now, seconds = clock.now().replace(microsecond=0), itertools.count(1)
    with clock.replaced(lambda: now + timedelta(seconds=next(seconds))):
        (tmp_path / "export.zip").write_bytes(download(client, "zip")[1])

    assert checked(capsys, tmp_path / "export.zip")[0] == 0


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
    assert export_csv.neutral(text) in cells


@pytest.mark.parametrize(
    "text", ["x;=1+1;y", "x; =1", "x\t+1", "x\n@y", "x;－1", "\n\n=1"]
)
def test_no_part_of_a_cell_becomes_a_formula_where_others_part_cells(text):
    parts = re.split(r"[;\t\r\n]", export_csv.neutral(text))

    assert not [p for p in parts if p.strip()[:1] in tuple("=+-@＝＋－＠")]
    assert export_csv.neutral(text).replace("'", "") == text


@pytest.mark.parametrize("text", ["", "Night nurses", "7 → 5", "a; b-c", "1\n\n2"])
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
