"""Texts that lie in an archive may leave the database; nothing else may."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from campaigns import clock, documents, reviews
from campaigns.audit import Event, Told, anchors, removal, seal, texts, triggers, verify
from campaigns.audit.verify import Request
from campaigns.lifecycle import State
from campaigns.models import (
    ArchivedMonth,
    AuditEntry,
    AuditField,
    AuditValue,
)
from dashboard.doctor import Level, history
from tests.asked import ask
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
OLD = datetime(2024, 1, 10, tzinfo=UTC)


def run(capsys, *words):
    call_command("audit", "archive", "--remove-texts", *words)
    return capsys.readouterr().out


def refused(capsys, *words):
    with pytest.raises(CommandError) as end:
        run(capsys, *words)
    assert end.value.returncode == 2
    return str(end.value)


def found(**request):
    seal.run_once()
    return [str(one) for one in verify.run(Request(**request)).findings.kept]


def gone():
    return AuditEntry.objects.filter(body="")


def told():
    entries = AuditEntry.objects.filter(event=Event.TEXTS_REMOVED).order_by("pk")
    return [documents.loads(entry.body)["facts"] for entry in entries]


# --- what goes, and what stays ----------------------------------------------------


def test_texts_and_what_finds_them_go_and_all_else_stays(aged, settings, capsys):
    settings.AUDIT_ANCHORS = {"file": "0"}
    anchors.place_due()
    before = list(AuditEntry.objects.order_by("pk").values(*triggers.STAYS))[:9]

    out = run(capsys)

    rows = AuditEntry.objects.order_by("pk")
    assert list(rows.values(*triggers.STAYS))[:9] == before
    assert "January 2024: 0 texts removed now, 0 in all; 6 stay." in out
    assert found() == []


@pytest.fixture
def plain(append):
    """Nine old entries on which nothing of the present rests, and two of now."""
    made = []
    for day in range(9):
        at = datetime(2024, 1 if day < 6 else 3, day + 1, tzinfo=UTC)
        with clock.replaced(lambda at=at: at):
            person = PersonFactory()
            told = [Told("ttr", "Time to rate", "7", "5", "7 days", "5 days")]
            made.append(append("user:1", person=person, fields=told, reason="why"))
    made += [append(), append()]
    seal.run_once()
    return made


def test_what_nothing_rests_on_goes(plain, settings, capsys):
    settings.AUDIT_ANCHORS = {"file": "0"}
    anchors.place_due()

    out = run(capsys)

    assert "January 2024: 6 texts removed now, 6 in all; 0 stay." in out
    assert list(gone().values_list("pk", flat=True).order_by("pk")) == [
        entry.pk for entry in plain[:9]
    ]
    for index in (AuditField, AuditValue):
        assert not index.objects.filter(entry__body="").exists()
    assert [(one["month"], one["removed"], one["kept"]) for one in told()] == [
        ("2024-01", 6, 0),
        ("2024-03", 3, 0),
    ]
    assert found() == found(sample=20) == found(columns=False) == []
    assert texts.here_since() == datetime(2024, 4, 1, tzinfo=UTC)


def test_running_again_says_nothing_twice(plain, capsys):
    run(capsys)
    before = AuditEntry.objects.count()

    out = run(capsys)

    assert "January 2024: 0 texts removed now, 6 in all; 0 stay." in out
    assert AuditEntry.objects.count() == before


def test_what_is_not_finished_stays_whole(capsys, append):
    with clock.replaced(lambda: OLD):
        open_one, done = ask(State.WAITING), ask(State.REJECTED)
        asked, flagged = ask(State.CANCELLED), ask(State.CANCELLED)
    manager = PersonFactory(manager=True)
    reviews.ask(asked.change_set, manager, "Why?")
    reviews.mark(flagged.change_set, manager, "flagged", seen=2**40)
    append()

    run(capsys)

    for change in (open_one, done, asked, flagged):
        assert not gone().filter(change_id=change.pk).exists()
    assert found() == []


def test_the_result_of_the_last_verification_and_keys_stay(plain, append, capsys):
    with clock.replaced(lambda: datetime(2024, 1, 30, tzinfo=UTC)):
        told = (Event.KEY_CHANGED, Event.PROTECTED, Event.CHECKED, Event.CHECKED)
        for event in told:
            append(event=event, facts={"says": "well"})
    run(capsys, "--older-than", "0")

    kept = set(AuditEntry.objects.exclude(body="").values_list("event", flat=True))
    assert set(told) <= kept


def test_an_alarm_stays_though_later_looks_at_a_part_found_nothing(
    plain, append, capsys
):
    alarm = {"mode": "full", "findings": {"changed leaf": 1}, "says": "changed leaf"}
    part = {"mode": "sample of 3", "findings": {}, "says": "Everything fits."}
    with clock.replaced(lambda: datetime(2024, 1, 30, tzinfo=UTC)):
        for facts in (alarm, part, part):
            append(event=Event.CHECKED, facts=facts)
    run(capsys, "--older-than", "0")

    found = history.look_at_verification()[0]
    assert (found.level, "changed leaf" in found.words) == (Level.WRONG, True)


# --- what is refused --------------------------------------------------------------


@pytest.mark.parametrize("harm", ["missing", "cut", "changed"])
def test_without_the_file_that_was_archived_nothing_goes(harm, plain, settings, capsys):
    call_command("audit", "archive")
    path = settings.AUDIT_ARCHIVE_DIR / "audit-2024-03.zip"
    whole = path.read_bytes()
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(whole[:-1] if harm == "cut" else whole[:-1] + b"x")

    assert "texts of March 2024 stay" in refused(capsys)

    assert not gone().exists()
    assert told() == []


def test_a_file_that_was_taken_away_since_stops_no_later_month(plain, settings, capsys):
    run(capsys, "--month", "2024-01")
    (settings.AUDIT_ARCHIVE_DIR / "audit-2024-01.zip").unlink()

    out = run(capsys)

    assert "January 2024: audit-2024-01.zip is not in" in out
    assert "March 2024: 3 texts removed now" in out
    assert gone().count() == 9


def test_a_database_that_refuses_ends_with_2(plain, capsys, monkeypatch):
    def refuse(*words):
        raise DatabaseError("permission denied for table campaigns_auditentry")

    monkeypatch.setattr(removal, "_empty", refuse)

    assert "permission denied" in refused(capsys)


ENTRY = "campaigns_auditentry"
REFUSED = [
    f"UPDATE {ENTRY} SET body = '' WHERE id = {{now}}",
    f"UPDATE {ENTRY} SET body = 'x' WHERE id = {{full}}",
    f"UPDATE {ENTRY} SET body = 'x' WHERE id = {{gone}}",
    f"UPDATE {ENTRY} SET body = '' WHERE id = {{gone}}",
    f"DELETE FROM {ENTRY} WHERE id = {{gone}}",
    *(
        f"UPDATE {ENTRY} SET body = '', {column} = {value} WHERE id = {{full}}"
        for column, value in {
            "stream": "'x'",
            "number": "99",
            "leaf": "'x'",
            "schema_version": "9",
            "at": "'2020-01-01 00:00:00+00:00'",
            "event": "'x'",
            "state": "'x'",
            "channel": "'x'",
            "person_id": "99",
            "campaign_id": "99",
            "connection_id": "99",
            "change_id": "99",
        }.items()
    ),
    "DELETE FROM campaigns_auditfield WHERE entry_id = {full}",
    "DELETE FROM campaigns_auditvalue WHERE entry_id = {full}",
    "UPDATE campaigns_archivedmonth SET sha256 = 'x'",
    "DELETE FROM campaigns_archivedmonth",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_lets_nothing_else_go(statement, plain, capsys):
    run(capsys, "--month", "2024-01")
    call_command("audit", "archive")
    keys = {"gone": plain[0].pk, "full": plain[7].pk, "now": plain[10].pk}

    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(statement.format(**keys))


def test_every_column_of_an_entry_is_named():
    columns = {field.column for field in AuditEntry._meta.concrete_fields}

    assert columns - {"body"} == set(triggers.STAYS)


def test_triggers_before_the_first_archive_table_are_the_plain_ones(plain):
    connection.check_constraints()
    triggers.drop(connection)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE campaigns_archivedmonth")

    triggers.install(connection)

    assert [n for n in triggers.missing(connection) if "archived" not in n] == []


# --- stopped at any moment --------------------------------------------------------


class Killed(BaseException):
    """What stops a process where it stands."""


@pytest.mark.parametrize("passes", [0, 1, 3, 4])
def test_stopped_between_batches_it_goes_on(passes, plain, capsys, monkeypatch):
    monkeypatch.setattr(removal, "BATCH", 2)
    empty, count = removal._empty, iter(range(100))

    def stop(*words):
        if next(count) >= passes:
            raise Killed
        empty(*words)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(removal, "_empty", stop)
        run(capsys)
    assert found() == []
    assert texts.here_since() is not None

    run(capsys)

    assert gone().count() == 9
    assert [one["month"] for one in told()] == ["2024-01", "2024-03"]
    assert found() == []


SCRIPT = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
from pathlib import Path
from campaigns.audit import archive, removal
for name, value in {names!r}.items():
    setattr(settings, name, Path(value))
removal.BATCH = 2
def kill(module, name, passes):
    act, left = getattr(module, name), [passes]
    def until(*words, **more):
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return act(*words, **more)
    setattr(module, name, until)
kill({module}, {name!r}, {passes})
from django.core.management import call_command
call_command("audit", "archive", "--remove-texts")
"""


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("module", "name", "passes"),
    [("archive", "_prove", 1), ("archive", "_tell", 1), ("removal", "_empty", 2)],
)
def test_killed_it_goes_on(module, name, passes, plain, settings, capsys):
    names = ("AUDIT_ARCHIVE_DIR", "AUDIT_KEYS_DIR", "AUDIT_ANCHOR_FILE", "VAR_DIR")
    told_names = {each: str(getattr(settings, each)) for each in names}
    script = SCRIPT.format(names=told_names, module=module, name=name, passes=passes)
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor != "sqlite":
        url = os.environ["TEST_DATABASE_URL"].rsplit("/", 1)[0] + f"/{database['NAME']}"
    environment = os.environ | {"DATABASE_URL": url}
    ended = subprocess.run([sys.executable, "-c", script], env=environment, cwd=ROOT)
    assert ended.returncode == -signal.SIGKILL

    run(capsys)

    rows = ArchivedMonth.objects.order_by("first").values_list("pk", "first", "end")
    assert list(rows) == [("2024-01", 0, 6), ("2024-03", 6, 9)]
    assert gone().count() == 9
    assert len(told()) == 2
    assert found() == []
