"""`manage.py audit`: what it prints, and with which code it ends."""

from datetime import timedelta, timezone

import pytest
from django.core import checks
from django.core.management import CommandError, call_command
from django.db import connection

from campaigns.audit import check_export, keys, notes, seal, triggers, verify
from campaigns.models import AuditEntry

pytestmark = pytest.mark.django_db


def said(capsys, *words):
    call_command("audit", *words)
    return capsys.readouterr().out


def test_an_intact_history_ends_with_nothing_to_say(sealed, capsys):
    out = said(capsys, "verify")

    assert "12 sealed entries, 0 pending" in out
    assert f"Size 12, root {seal.newest().root}." in out
    assert out.endswith("Everything fits.\n")


def test_a_broken_history_ends_with_1_and_names_the_first_place(sealed, tamper, capsys):
    tamper(f"UPDATE campaigns_auditentry SET leaf = '' WHERE id = {sealed[4].pk}")

    with pytest.raises(SystemExit) as end:
        said(capsys, "verify")

    assert end.value.code == 1
    first = f"First broken place: changed leaf: entry {sealed[4].pk} (campaign:1 2)"
    assert first in capsys.readouterr().out


def test_a_size_without_checkpoint_ends_with_2(sealed, capsys):
    with pytest.raises(CommandError) as end:
        said(capsys, "verify", "--since", "8")

    assert end.value.returncode == 2


def test_an_interrupt_says_how_to_go_on(sealed, monkeypatch, capsys):
    monkeypatch.setattr(
        verify, "_go", lambda *a: (_ for _ in ()).throw(KeyboardInterrupt)
    )

    with pytest.raises(CommandError, match="--resume"):
        said(capsys, "verify")


def test_status_tells_size_pending_and_protection(sealed, append, capsys):
    append()

    out = said(capsys, "status")

    assert "12 entries sealed; last seal" in out
    assert "1 entries pending." in out
    assert "refuses to change or remove history" in out


def test_sealing_now(append, capsys):
    append()

    assert "1 entries sealed." in said(capsys, "seal")


def test_an_anchor_is_laid_down_now(sealed, capsys, settings):
    out = said(capsys, "anchor")

    assert str(settings.AUDIT_ANCHOR_FILE) in out
    assert notes.find(settings.AUDIT_ANCHOR_FILE.read_text()) == [seal.newest().note]


def test_an_anchor_out_of_reach_ends_with_2(sealed, capsys, settings):
    settings.AUDIT_SYSLOG = "/nowhere/at/all"

    with pytest.raises(CommandError) as end:
        said(capsys, "anchor", "--kind", "syslog")

    assert end.value.returncode == 2


def test_keys_tell_public_halves_only(sealed, capsys):
    old = keys.current()

    out = said(capsys, "keys", "--rotate")

    assert old.public.text in out
    assert f"{keys.current().public.text}  signs now" in out
    assert old.written().split("+", 4)[4] not in out


def test_a_key_of_the_environment_is_not_ours_to_rotate(settings, capsys):
    settings.AUDIT_KEY = notes.PrivateKey.make("desk/audit").written()

    with pytest.raises(CommandError, match="CAMPAIGN_DESK_AUDIT_TRUSTED"):
        said(capsys, "keys", "--rotate")


def test_history_sealed_elsewhere_is_trusted_by_its_public_key(
    sealed, settings, tmp_path, capsys
):
    key = keys.trusted()[0].text
    settings.AUDIT_KEYS_DIR = tmp_path / "new machine"

    assert "Everything fits." in said(capsys, "verify", "--trust", key)
    assert AuditEntry.objects.filter(event="history verified").exists()


def test_missing_triggers_are_named_and_put_back(sealed, capsys):
    connection.check_constraints()  # PostgreSQL alters no table that waits for them
    triggers.drop(connection)

    named = checks.run_checks(tags=["database"], databases=["default"])
    out = said(capsys, "protect")

    assert len(named) == out.count("Was missing") > 10
    assert "campaigns_seal_no_" in out
    assert triggers.missing(connection) == []
    assert AuditEntry.objects.filter(event="triggers put back").count() == 1
    assert checks.run_checks(tags=["database"], databases=["default"]) == []


def test_an_export_by_command_is_whole_and_holds(sealed, tmp_path, capsys):
    path = tmp_path / "all.zip"

    out = said(capsys, "export", str(path), "--event", "connection tested")

    assert "12 entries." in out
    assert check_export.main([str(path), "--key", seal.newest().key]) == 0
    assert [one.name for one in tmp_path.glob("all*")] == ["all.zip"]


@pytest.mark.parametrize(("day", "count"), [("2020-01-01", 12), ("2999-01-01", 0)])
def test_days_decide_what_is_exported_by_command(sealed, tmp_path, capsys, day, count):
    out = said(capsys, "export", str(tmp_path / "some.csv"), "--since", day)

    assert out.startswith(f"{count} entries.")


def test_a_file_of_another_kind_is_refused(sealed, tmp_path, capsys):
    with pytest.raises(CommandError, match=".csv or .zip"):
        said(capsys, "export", str(tmp_path / "all.xlsx"))


def test_a_moment_is_taken_in_the_zone_it_names(sealed, capsys, tmp_path):
    east = timezone(timedelta(hours=9))
    since = (sealed[0].at - timedelta(minutes=1)).astimezone(east).isoformat()

    out = said(capsys, "export", str(tmp_path / "some.csv"), "--since", since)

    assert out.startswith("12 entries")


@pytest.mark.parametrize("asked", [("--state", "bogus"), ("--event", "xx")])
def test_a_filter_that_no_entry_can_fit_is_refused(sealed, capsys, tmp_path, asked):
    path = tmp_path / "some.csv"

    with pytest.raises(CommandError, match="invalid choice"):
        said(capsys, "export", str(path), *asked)

    assert not path.exists()
