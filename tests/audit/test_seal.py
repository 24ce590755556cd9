"""The sealer: every entry once, in one tree, under a signature that others can read."""

import random
import threading

import pytest
from django.db import DatabaseError, connection, transaction

from campaigns.audit import Event, keys, lease, notes, seal, tree
from campaigns.audit.nodes import Nodes
from campaigns.audit.tree import Edge
from campaigns.models import AuditEntry, Checkpoint, Seal, SealLease

pytestmark = pytest.mark.django_db


def leaves():
    stored = Seal.objects.order_by("position").values_list("leaf", flat=True)
    return [bytes.fromhex(leaf) for leaf in stored]


def test_every_entry_gets_the_next_position(append):
    made = [append(f"campaign:{n % 3}") for n in range(7)]

    assert seal.run_once() == 7

    rows = Seal.objects.order_by("position").values_list("position", "entry_id")
    assert list(rows) == list(enumerate(entry.pk for entry in made))


def test_an_entry_is_sealed_once(append):
    append()

    assert [seal.run_once(), seal.run_once()] == [1, 0]


def test_the_checkpoint_is_the_root_over_all_leaves(sealed):
    edge = Edge()
    edge.extend(leaves())

    last = seal.newest()

    assert (last.size, last.root) == (12, edge.root().hex())


def test_a_checkpoint_is_a_signed_note_of_the_same_size_and_root(sealed):
    last = seal.newest()

    said = notes.Checkpoint.read(last.note)

    assert (said.size, said.root.hex()) == (last.size, last.root)
    assert notes.is_signed(last.note, keys.trusted()[0])


@pytest.mark.parametrize("looked_at", [0, 1000])
def test_an_entry_that_came_late_is_sealed_too(append, monkeypatch, looked_at):
    monkeypatch.setattr(seal, "LATE", looked_at)
    late, early = append("campaign:1"), append("campaign:2")
    seal._seal([(early.pk, early.leaf)])

    assert seal.run_once() == 1

    assert Seal.objects.get(position=1).entry_id == late.pk


def test_who_holds_the_lease_seals_alone(append):
    append()
    assert lease.take("sealer", "another")

    assert seal.run_once() == 0


def test_a_lease_that_ran_out_is_taken_over(append):
    append()
    lease.take("sealer", "dead")
    SealLease.objects.update(until="2020-01-01T00:00Z")

    assert seal.run_once() == 1


def test_half_a_batch_never_stays(append, monkeypatch):
    append()
    monkeypatch.setattr(Checkpoint, "save", lambda *a, **k: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        seal.run_once()

    assert not Seal.objects.exists()


def test_pending_is_what_has_no_seal(append):
    append()
    seal.run_once()
    append()

    assert seal.count_pending() == 1


def test_stored_nodes_give_the_same_proofs_as_all_leaves(append, monkeypatch):
    entries = [(append().pk, random.randbytes(32).hex()) for _ in range(600)]
    for start in range(0, 600, 75):
        seal._seal(entries[start : start + 75])
    root = bytes.fromhex(seal.newest().root)

    for position in (0, 255, 256, 511, 512, 599):
        proof = tree.inclusion_proof(position, 600, Nodes())
        leaf = leaves()[position]
        assert tree.root_of_inclusion(leaf, position, 600, proof) == root


def test_a_new_key_is_vouched_for_by_the_old_one_and_told(append):
    append()
    seal.run_once()
    old = keys.trusted()[0]
    new = keys.rotate()
    append()
    seal.run_once()

    last = seal.newest()

    assert notes.is_signed(last.note, old)
    assert notes.is_signed(last.note, new)
    assert last.key == new.text
    assert new.text in AuditEntry.objects.get(event=Event.KEY_CHANGED).body
    assert keys.trusted() == [old, new]
    assert keys.retiring() == []


@pytest.mark.parametrize("table", ["seal", "sealnode", "checkpoint", "anchor"])
@pytest.mark.parametrize("act", ["UPDATE {} SET {c} = {c}", "DELETE FROM {}"])
def test_what_is_sealed_is_never_changed(table, act, sealed):
    column = {"seal": "leaf", "checkpoint": "root"}.get(table, "id")
    statement = act.format(f"campaigns_{table}", c=column)
    fill(table)

    refused = pytest.raises(DatabaseError, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def fill(table):
    rows = {
        "sealnode": "(level, index, hash) VALUES (8, 0, '')",
        "anchor": "(kind, place, size, root, at) VALUES ('f', '', 0, '', '2020-01-01')",
    }
    if table in rows:
        with connection.cursor() as cursor:
            told = rows[table].replace("index", '"index"')
            cursor.execute(f"INSERT INTO campaigns_{table} {told}")


@pytest.mark.django_db(transaction=True)
def test_eight_sealers_at_once_leave_one_chain(append):
    for _ in range(40):
        append()
    start = threading.Barrier(8)

    def race():
        start.wait()
        seal.run_once()
        connection.close()

    threads = [threading.Thread(target=race) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    positions = list(Seal.objects.order_by("position").values_list("position"))
    assert positions == [(n,) for n in range(40)]
    assert seal.newest().size == 40
