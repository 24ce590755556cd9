"""Archives of months: what they hold and prove, in which order, whatever stops them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from campaigns import clock, documents
from campaigns.audit import archive, check_export, export_zip, months, seal, verify
from campaigns.audit.months import Month
from campaigns.audit.verify import Request
from campaigns.models import ArchivedMonth, AuditEntry, Seal

pytestmark = pytest.mark.django_db

JANUARY = ("2024-01", 0, 6)
MARCH = ("2024-03", 6, 9)


def run(capsys, *words):
    call_command("audit", "archive", *words)
    return capsys.readouterr().out


def refused(capsys, *words):
    with pytest.raises(CommandError) as end:
        run(capsys, *words)
    assert end.value.returncode == 2
    return str(end.value)


def archived():
    rows = ArchivedMonth.objects.order_by("first")
    return [(row.month, row.first, row.end) for row in rows]


def told(event="month archived"):
    entries = AuditEntry.objects.filter(event=event).order_by("pk")
    return [documents.loads(entry.body)["facts"] for entry in entries]


def checked(path, capsys):
    code = check_export.main([str(path), "--key", seal.newest().key])
    return code, capsys.readouterr().out


# --- what it does -----------------------------------------------------------------


def test_old_months_are_archived_in_their_order_and_told(aged, settings, capsys):
    out = run(capsys)

    assert archived() == [JANUARY, MARCH]
    assert "January 2024: 6 entries, positions 0 to 5, archived to" in out
    facts = told()[0]
    path = settings.AUDIT_ARCHIVE_DIR / facts["file"]
    row = ArchivedMonth.objects.get(pk="2024-01")
    assert (path.name, facts["count"]) == ("audit-2024-01.zip", 6)
    assert facts["sha256"] == row.sha256 == archive.digest(path)
    assert sorted(facts) == sorted(
        ["count", "end", "file", "first", "month", "root", "sha256", "size"]
    )
    seal.run_once()
    assert verify.run(Request()).findings.kept == []


def test_the_file_proves_that_nothing_between_is_missing(aged, settings, capsys):
    run(capsys)

    code, out = checked(settings.AUDIT_ARCHIVE_DIR / "audit-2024-03.zip", capsys)

    assert code == 0
    assert "Positions 6 to 8, none left out." in out


def test_a_file_with_a_gap_does_not_hold(aged, settings, capsys, monkeypatch):
    def without_one(asked):
        return ([row for row in piece if row[0] != 2] for piece in every(asked))

    every = archive.export.Stretch.every
    monkeypatch.setattr(archive.export.Stretch, "every", without_one)

    said = refused(capsys, "--month", "2024-01")

    assert "does not hold" in said
    assert archived() == []


def test_nothing_is_doubled_by_running_again(aged, settings, capsys):
    run(capsys)
    before = AuditEntry.objects.count()

    out = run(capsys)
    again = run(capsys, "--month", "2024-01")

    assert "No month up to" in out
    assert "January 2024 is archived already: audit-2024-01.zip." in again
    assert AuditEntry.objects.count() == before
    names = sorted(path.name for path in settings.AUDIT_ARCHIVE_DIR.iterdir())
    assert names == ["audit-2024-01.zip", "audit-2024-03.zip"]


def test_what_was_sealed_late_lies_in_a_later_month(aged, append, settings, capsys):
    run(capsys)
    with clock.replaced(lambda: datetime(2024, 1, 20, tzinfo=UTC)):
        late = append()
    seal.run_once()

    with clock.replaced(lambda: datetime(2100, 1, 1, tzinfo=UTC)):
        run(capsys, "--older-than", "0")

    this, position = Month.of(aged[-1].at), Seal.objects.get(entry=late).position
    assert archived()[:3] == [JANUARY, MARCH, (str(this), 9, position + 1)]
    path = settings.AUDIT_ARCHIVE_DIR / f"audit-{this}.zip"
    assert checked(path, capsys)[0] == 0
    assert verify.run(Request()).findings.kept == []


# --- what it refuses, and how -----------------------------------------------------


def test_a_history_without_entries_has_no_month(capsys):
    assert "No month up to" in run(capsys)


def test_an_empty_month_is_passed_over(aged, capsys):
    run(capsys, "--month", "2024-01")

    assert "Nothing was written in February 2024." in run(capsys, "--month", "2024-02")
    assert archived() == [JANUARY]


def test_a_month_that_is_running_is_refused(aged, capsys):
    this = str(Month.of(clock.now()))

    assert "is not over" in refused(capsys, "--month", this)


def test_months_come_in_order(aged, capsys):
    assert "January 2024 comes first" in refused(capsys, "--month", "2024-03")


def test_a_month_with_pending_entries_is_refused(aged, append, capsys, monkeypatch):
    with clock.replaced(lambda: datetime(2024, 1, 20, tzinfo=UTC)):
        append()
    monkeypatch.setattr(seal, "run_once", lambda: 0)

    assert "wait for their seal" in refused(capsys)


@pytest.mark.parametrize("text", ["2024", "2024-13", "soon", "0000-01"])
def test_what_is_no_month_is_refused(text, capsys):
    with pytest.raises(CommandError, match="no month"):
        run(capsys, "--month", text)


def test_a_folder_that_is_missing_is_not_made(aged, settings, tmp_path, capsys):
    assert "No such file" in refused(capsys, "--to", str(tmp_path / "nowhere"))
    settings.AUDIT_ARCHIVE_DIR = Path("/mnt-that-is-not-there/archive")
    assert "No such file" in refused(capsys)


def test_a_file_instead_of_a_folder_is_refused(aged, tmp_path, capsys):
    (tmp_path / "file").touch()

    assert "Not a directory" in refused(capsys, "--to", str(tmp_path / "file"))


def test_a_folder_that_cannot_be_written_is_refused(aged, capsys):
    before = AuditEntry.objects.count()

    refused(capsys, "--to", "/proc")

    assert (archived(), AuditEntry.objects.count()) == ([], before)


def test_two_do_not_archive_to_one_folder(aged, settings, capsys):
    with archive.folder(None):
        assert "Another process" in refused(capsys)


def test_another_file_of_that_name_is_left_alone(aged, settings, capsys):
    settings.AUDIT_ARCHIVE_DIR.mkdir()
    path = settings.AUDIT_ARCHIVE_DIR / "audit-2024-01.zip"
    path.write_bytes(b"mine")

    assert "cannot be read as an archive" in refused(capsys)
    assert (path.read_bytes(), archived()) == (b"mine", [])


def test_the_archive_of_another_month_is_not_taken(aged, settings, capsys):
    run(capsys, "--month", "2024-01")
    place = settings.AUDIT_ARCHIVE_DIR
    (place / "audit-2024-01.zip").rename(place / "audit-2024-03.zip")

    assert "something else than March 2024" in refused(capsys, "--month", "2024-03")


# --- killed at any moment ---------------------------------------------------------


class Killed(BaseException):
    """What stops a process where it stands."""


@pytest.mark.parametrize(
    "place", ["_write", "_prove", "_sync", "_tell", "append", "facts_of"]
)
def test_stopped_anywhere_it_goes_on(place, aged, settings, capsys, monkeypatch):
    def stop(*words, **more):
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(archive, place, stop)
        run(capsys)

    run(capsys)

    assert archived() == [JANUARY, MARCH]
    assert [facts["month"] for facts in told()] == ["2024-01", "2024-03"]
    names = sorted(path.name for path in settings.AUDIT_ARCHIVE_DIR.iterdir())
    assert names == ["audit-2024-01.zip", "audit-2024-03.zip"]


def test_stopped_while_writing_it_leaves_no_archive(
    aged, settings, capsys, monkeypatch
):
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(
            export_zip, "_proof", lambda *words: (_ for _ in ()).throw(Killed)
        )
        run(capsys)

    assert list(settings.AUDIT_ARCHIVE_DIR.glob("*.zip")) == []
    run(capsys)
    assert archived() == [JANUARY, MARCH]


def test_a_full_disk_ends_with_2_and_leaves_no_draft(
    aged, settings, capsys, monkeypatch
):
    def full(*words):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(archive.os, "fsync", full)
        assert "No space left" in refused(capsys)

    assert list(settings.AUDIT_ARCHIVE_DIR.iterdir()) == []


# --- months -----------------------------------------------------------------------


def test_months_count_across_years():
    assert str(Month(2024, 11).later(3)) == "2025-02"
    assert str(Month(2024, 1).later(-1)) == "2023-12"
    assert Month.read("2024-12").end == datetime(2025, 1, 1, tzinfo=UTC)


def test_a_moment_lies_in_the_month_of_utc():
    east = datetime.fromisoformat("2024-02-01T05:00:00+09:00")

    assert str(Month.of(east)) == "2024-01"


@pytest.mark.parametrize(("count", "last"), [(24, "2024-05"), (0, "2026-05")])
def test_older_than_counts_whole_months(count, last):
    with clock.replaced(lambda: datetime(2026, 6, 1, tzinfo=UTC)):
        assert str(months.older_than(count)) == last
