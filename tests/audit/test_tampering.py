"""Twelve ways to tamper with a history, on every table of it: found, and located.

Whoever tampers here has the database's password and takes the triggers away first.
"""

import pytest
from django.db import connection, transaction

from campaigns import audit, clock
from campaigns.audit import Event, Told, anchors, entries, keys, notes, seal, verify
from campaigns.audit.verify import Request
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Checkpoint, Seal
from tests.asked import ask
from tests.audit.tampered import (
    ANCHOR,
    CHECKPOINT,
    ENTRY,
    NODE,
    PLAIN,
    SEAL,
    STREAM,
    at,
)
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db


@transaction.atomic
def write(count, streams):
    for number in range(count):
        stream = f"campaign:{900 + number % streams}"
        audit.append(Event.TESTED, stream, at=clock.now())


@pytest.fixture
def history(settings):
    """261 entries, sealed as 7 and 254; a change that was rejected; an anchor."""
    settings.AUDIT_ANCHORS = {"file": "0"}
    ask(State.REJECTED)  # positions 0, 1, 2
    write(4, streams=2)
    seal.run_once()
    write(254, streams=5)
    seal.run_once()
    anchors.place_due()
    assert verify.run(Request()).is_intact


def found(**request):
    findings = verify.run(Request(**request)).findings
    return [f"{one} at position {one.position}" for one in findings.kept]


def names(lines, kind, place):
    return [one for one in lines if one.startswith(kind) and place in one]


@pytest.mark.parametrize("name", PLAIN)
def test_it_is_found_and_located(name, history, tamper):
    statements, kind, place = PLAIN[name]

    tamper(*statements)

    lines = found()
    assert names(lines, kind, place), lines


def test_the_first_broken_place_is_named_first(history, tamper):
    tamper(
        f"DELETE FROM {ENTRY} WHERE id = {at(40)}",
        f"UPDATE {ENTRY} SET leaf = '' WHERE id = {at(30)}",
    )

    assert verify.run(Request()).findings.first.position == 30


# --- 5 to 8, 10 and 12: by whoever can do more than change rows ----------------------


def test_a_text_written_anew_with_all_its_leaves_is_found(history, tamper):
    body = AuditEntry.objects.get(seal__position=5).body.replace("tested", "Tested")
    leaf = entries.leaf(body)
    tamper(
        f"UPDATE {ENTRY} SET body = '{body}', leaf = '{leaf}' WHERE id = {at(5)}",
        f"UPDATE {SEAL} SET leaf = '{leaf}' WHERE position = 5",
    )

    assert names(found(), "another root", "checkpoint 7: entries at positions 0 to 6")


def write_anew(tamper, settings, tmp_path, position=5):
    """Change one entry and seal everything again, under a key of one's own."""
    body = AuditEntry.objects.get(seal__position=position).body
    changed = body.replace("tested", "Tested")
    tamper(
        f"UPDATE {ENTRY} SET body = '{changed}', leaf = '{entries.leaf(changed)}', "
        f"event = 'connection Tested' WHERE id = {at(position)}",
        *(f"DELETE FROM {table}" for table in (SEAL, NODE, CHECKPOINT)),
    )
    mine, settings.AUDIT_KEYS_DIR = settings.AUDIT_KEYS_DIR, tmp_path / "forged"
    seal.run_once()
    settings.AUDIT_KEYS_DIR = mine


def test_a_history_sealed_anew_with_another_key_is_found(
    history, tamper, settings, tmp_path
):
    write_anew(tamper, settings, tmp_path)

    lines = found()

    assert names(lines, "unknown key", "checkpoint")
    assert names(lines, "anchor not kept", "anchor of 261 entries")


def test_a_history_sealed_anew_with_the_stolen_key_is_found_by_an_anchor(
    history, tamper, settings
):
    write_anew(tamper, settings, settings.AUDIT_KEYS_DIR.parent)
    stolen = keys.current()
    tamper(f"DELETE FROM {CHECKPOINT}", f"DELETE FROM {SEAL}", f"DELETE FROM {NODE}")
    seal.run_once()

    lines = found()

    assert not names(lines, "unknown key", "")
    assert seal.newest().key == stolen.public.text
    assert names(lines, "anchor not kept", "anchor of 261 entries")


def test_another_key_put_into_the_checkpoint_is_found(history, tamper):
    own = notes.PrivateKey.make(keys.current().name)
    said = notes.Checkpoint.read(Checkpoint.objects.get(size=7).note)
    note = notes.sign(said, own)

    tamper(
        f"UPDATE {CHECKPOINT} SET note = '{note}', key = '{own.public.text}' "
        "WHERE size = 7"
    )

    assert names(found(), "unknown key", "checkpoint 7")


def test_a_database_rolled_back_is_found_by_an_anchor(append, settings):
    settings.AUDIT_ANCHORS = {"file": "0"}
    older = transaction.savepoint()
    [append() for _ in range(3)]
    seal.run_once()
    anchors.place_due()
    transaction.savepoint_rollback(older)

    assert names(found(), "anchor not kept", "anchor of 3 entries: the history ends")


def test_a_fork_that_outgrew_its_anchor_is_found(append, settings):
    settings.AUDIT_ANCHORS = {"file": "0"}
    older = transaction.savepoint()
    [append() for _ in range(3)]
    seal.run_once()
    anchors.place_due()
    transaction.savepoint_rollback(older)
    [append("campaign:900") for _ in range(5)]
    seal.run_once()

    assert names(found(), "anchor not kept", "is another one now")


def test_a_whole_tail_cut_without_a_trace_is_found_by_an_anchor(history, tamper):
    tail = f"(SELECT entry_id FROM {SEAL} WHERE position >= 7)"
    tamper(
        f"DELETE FROM {ENTRY} WHERE id IN {tail}",
        f"DELETE FROM {SEAL} WHERE position >= 7",
        f"DELETE FROM {CHECKPOINT} WHERE size > 7",
        f"DELETE FROM {NODE}",
        f"DELETE FROM {ANCHOR}",
        f"UPDATE {STREAM} SET last_number = (SELECT COUNT(*) FROM {ENTRY} "
        f"WHERE stream = name)",
        f"DELETE FROM {STREAM} WHERE last_number = 0",
    )

    lines = found()

    assert {line.split(":")[0] for line in lines} == {"anchor not kept"}


def test_a_removed_row_of_an_anchor_is_found(history, append, tamper):
    append()
    seal.run_once()
    anchors.place_due()
    tamper(f"DELETE FROM {ANCHOR} WHERE size = 261")

    assert names(found(), "anchor not kept", "anchor of 261 entries: it lies in")


def test_an_anchor_file_that_is_gone_is_found(history, settings):
    settings.AUDIT_ANCHOR_FILE.unlink()

    assert names(found(), "anchor not kept", "checkpoints.txt: checkpoints were laid")


def test_an_anchor_in_somebodys_mail_counts(history, tamper, tmp_path, settings):
    mail = tmp_path / "mail.txt"
    mail.write_text(f"Hello,\n\n{seal.newest().note}\nBye\n")
    settings.AUDIT_ANCHOR_FILE.unlink()
    write_anew(tamper, settings, settings.AUDIT_KEYS_DIR.parent)

    assert names(found(anchors=(mail,)), "anchor not kept", "anchor of 261 entries")


@pytest.mark.parametrize(
    "table",
    [
        "auditentry",
        "auditfield",
        "auditvalue",
        "seal",
        "sealnode",
        "checkpoint",
        "anchor",
    ],
)
def test_a_dropped_trigger_is_found(table, sealed):
    kind = "no_change" if connection.vendor == "postgresql" else "no_update"
    name = f"campaigns_{table}_{kind}"
    on = f" ON campaigns_{table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on}")

    assert names(found(), "missing trigger", name)


def test_a_trigger_that_refuses_nothing_any_more_is_found(sealed):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "ALTER TABLE campaigns_seal DISABLE TRIGGER campaigns_seal_no_change"
            )
        else:
            cursor.execute("DROP TRIGGER campaigns_seal_no_update")
            cursor.execute(
                "CREATE TRIGGER campaigns_seal_no_update BEFORE UPDATE ON "
                "campaigns_seal WHEN 0 BEGIN SELECT 1; END"
            )

    assert names(found(), "missing trigger", "campaigns_seal_no_")


@pytest.mark.parametrize("column", ["body", "leaf", "event"])
def test_a_sample_of_all_finds_a_changed_entry(column, history, tamper):
    tamper(f"UPDATE {ENTRY} SET {column} = 'x' WHERE id = {at(5)}")

    assert names(found(sample=261), "changed", "position 5")


def test_a_sample_finds_a_leaf_changed_everywhere(history, tamper):
    body = AuditEntry.objects.get(seal__position=5).body.replace("tested", "Tested")
    leaf = entries.leaf(body)
    tamper(
        f"UPDATE {ENTRY} SET body = '{body}', leaf = '{leaf}' WHERE id = {at(5)}",
        f"UPDATE {SEAL} SET leaf = '{leaf}' WHERE position = 5",
    )

    assert names(found(sample=261), "another root", "position 5")


def test_a_pending_entry_that_was_changed_is_found(history, append, tamper):
    entry = append(campaign=CampaignFactory(), fields=[Told("a", "A", "1", "2")])
    tamper(f"UPDATE {ENTRY} SET campaign_id = 77 WHERE id = {entry.pk}")

    assert names(found(), "changed search column", f"entry {entry.pk}")
    assert Seal.objects.count() == 261
