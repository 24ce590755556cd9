"""Ways to tamper with texts that were removed and with archives: found, and located."""

import zipfile
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from campaigns import clock
from campaigns.audit import Event, Told, seal, verify
from campaigns.audit.verify import Request
from campaigns.lifecycle import State
from tests.asked import ask
from tests.audit.tampered import COLUMNS, ENTRY, FIELD, SEAL, VALUE, at

pytestmark = pytest.mark.django_db
MONTHS = "campaigns_archivedmonth"
JANUARY = "archive of 2024-01"


@pytest.fixture
def removed(append, monkeypatch):
    """A change and four more entries of January, in an archive alone; one of now."""
    monkeypatch.setattr("campaigns.planning.as_of.OF_A_FIELD", 0)
    with clock.replaced(lambda: datetime(2024, 1, 10, tzinfo=UTC)):
        ask(State.CANCELLED)  # positions 0 and 1
        for number in range(4):
            told = [Told("a", "A", "1", "2", "one", "two")]
            append(f"user:{number % 2}", fields=told)
    append()
    call_command("audit", "archive", "--remove-texts")
    seal.run_once()
    assert found() == []


def found(**request):
    report = verify.run(Request(**request))
    return [f"{one} at position {one.position}" for one in report.findings.kept]


def names(lines, kind, place):
    return [one for one in lines if one.startswith(kind) and place in one]


OTHER_TEXT = """'{"event":"history verified","facts":{}}'"""
TOLD = f"(SELECT entry_id FROM {MONTHS})"

PLAIN = {
    "a body emptied without an archive": (
        [f"UPDATE {ENTRY} SET body = '' WHERE id = {at(6)}"],
        "changed entry",
        "position 6",
    ),
    "a body put in place of a removed one": (
        [f"UPDATE {ENTRY} SET body = '{{}}' WHERE id = {at(2)}"],
        "changed entry",
        "position 2",
    ),
    "leaf of an entry without text": (
        [f"UPDATE {ENTRY} SET leaf = '00' || substr(leaf, 3) WHERE id = {at(2)}"],
        "changed entry",
        "position 2",
    ),
    "seal of an entry without text": (
        [f"UPDATE {SEAL} SET leaf = '00' || substr(leaf, 3) WHERE position = 2"],
        "changed entry",
        "position 2",
    ),
    "leaf and seal of an entry without text": (
        [
            f"UPDATE {ENTRY} SET leaf = '00' || substr(leaf, 3) WHERE id = {at(2)}",
            f"UPDATE {SEAL} SET leaf = '00' || substr(leaf, 3) WHERE position = 2",
        ],
        "another root",
        "checkpoint",
    ),
    "an entry without text removed": (
        [f"DELETE FROM {ENTRY} WHERE id = {at(2)}"],
        "removed entry",
        "position 2",
    ),
    "a field put where there is no text": (
        [
            f"INSERT INTO {FIELD} (id, entry_id, field) "
            f"SELECT 999999, id, 'a' FROM {ENTRY} WHERE id = {at(2)}"
        ],
        "changed field index",
        "position 2",
    ),
    "a value put where there is no text": (
        [
            f"INSERT INTO {VALUE} (id, entry_id, field, value) "
            f"SELECT 999999, id, 'a', 'x' FROM {ENTRY} WHERE id = {at(2)}"
        ],
        "changed field index",
        "position 2",
    ),
    **{
        f"column {column} of an entry without text": (
            [f"UPDATE {ENTRY} SET {column} = {value} WHERE id = {at(2)}"],
            "changed search column",
            "position 2",
        )
        for column, value in COLUMNS.items()
    },
    "wanted value told by a removed text": (
        ["UPDATE campaigns_fieldchange SET wanted = '99'"],
        "state without its entry",
        "ttr of change",
    ),
    "field told by a removed text": (
        ["DELETE FROM campaigns_fieldchange"],
        "state without its entry",
        "",
    ),
    "the row of a month removed": (
        [f"DELETE FROM {MONTHS}"],
        "changed archive",
        f"{JANUARY}: entry",
    ),
    **{
        f"{column} of a month": (
            [f"UPDATE {MONTHS} SET {column} = {value}"],
            "changed archive",
            " not as entry",
        )
        for column, value in {
            '"first"': "1",
            '"end"': "7",
            "file": "'x'",
            "sha256": "'x'",
            "month": "'2024-02'",
        }.items()
    },
    "entry of a month": (
        [f"UPDATE {MONTHS} SET entry_id = {at(6)}"],
        "changed archive",
        "no entry tells of it",
    ),
    "the entry of a month emptied": (
        [f"UPDATE {ENTRY} SET body = '' WHERE id = {TOLD}"],
        "changed archive",
        JANUARY,
    ),
    "the entry of a month told of something else": (
        [f"UPDATE {ENTRY} SET body = {OTHER_TEXT} WHERE id = {TOLD}"],
        "changed archive",
        JANUARY,
    ),
    "a month that nobody archived": (
        [
            f'INSERT INTO {MONTHS} (month, "first", "end", file, sha256, entry_id, at) '
            f"SELECT '2024-02', 6, 7, file, sha256, {at(6)}, at FROM {MONTHS}",
            f"UPDATE {ENTRY} SET body = '' WHERE id = {at(6)}",
        ],
        "changed archive",
        "archive of 2024-02",
    ),
}


@pytest.mark.parametrize("name", PLAIN)
def test_it_is_found_and_located(name, removed, tamper):
    statements, kind, place = PLAIN[name]

    tamper(*statements)

    lines = found()
    assert names(lines, kind, place), lines


def test_a_month_that_nobody_archived_excuses_no_missing_text(removed, tamper):
    tamper(*PLAIN["a month that nobody archived"][0])

    assert names(found(), "changed entry", "position 6")
    assert names(found(sample=100), "changed entry", "position 6")


@pytest.fixture
def path(settings):
    return settings.AUDIT_ARCHIVE_DIR / "audit-2024-01.zip"


def test_a_cut_file_is_found(removed, path):
    path.write_bytes(path.read_bytes()[:-30])

    lines = found()

    assert names(lines, "changed archive", "not the file that was archived")
    assert names(lines, "changed archive", "cannot be read")


def test_a_changed_byte_of_a_file_is_found(removed, path):
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)

    assert names(found(), "changed archive", "not the file that was archived")


def rewritten(path, change):
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["entries.jsonl"] = change(files["entries.jsonl"])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def test_a_changed_text_in_a_file_is_located(removed, path):
    rewritten(path, lambda text: text.replace(b'"user:1"', b'"user:7"', 1))

    assert names(found(), "changed archive", "position 3")


def test_a_text_left_out_of_a_file_is_found(removed, path):
    rewritten(path, lambda text: b"".join(text.splitlines(keepends=True)[:-1]))

    assert names(found(), "changed archive", "it ends before position 5")


def test_a_missing_file_is_said_and_is_no_finding(removed, path, capsys):
    path.unlink()

    call_command("audit", "verify")

    out = capsys.readouterr().out
    assert "Texts not looked at: January 2024 (they lie in archives" in out
    assert out.endswith("Everything fits.\n")


def test_files_of_another_folder_are_read(removed, path, tmp_path, capsys):
    (tmp_path / "vault").mkdir()
    path.rename(tmp_path / "vault" / path.name)

    call_command("audit", "verify", "--archives", str(tmp_path / "vault"))

    assert "1 archives read in full." in capsys.readouterr().out


def test_a_month_removed_while_it_is_verified_fits(append, monkeypatch):
    with clock.replaced(lambda: datetime(2024, 1, 10, tzinfo=UTC)):
        for _ in range(6):
            append("user:1")
    append()
    seal.run_once()
    begin = verify._begin

    def then_remove(*words):
        walk = begin(*words)
        call_command("audit", "archive", "--remove-texts")
        return walk

    monkeypatch.setattr(verify, "_begin", then_remove)

    assert found() == []
    assert Event.TEXTS_REMOVED == "texts removed"
