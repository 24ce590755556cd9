"""Seals entries: gives each its place in the tree and signs what the tree became.

Runs beside delivery, never inside anyone's transaction, and only ever inserts. Several
may try at once: a lease lets one go on, and unique positions keep two from sealing.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Sum

from campaigns import clock
from campaigns.audit import keys, lease, notes, triggers
from campaigns.audit.entries import Event, append
from campaigns.audit.tree import Edge, Node
from campaigns.models import (
    AuditEntry,
    AuditStream,
    Channel,
    Checkpoint,
    Seal,
    SealNode,
)

BATCH = 5000
LATE = 1000
"""So many numbers below the newest sealed entry are looked at each time: a number is
taken before its transaction ends. What comes later still is found by the count."""
LEASE = "sealer"
LOOK_EVERYWHERE_SECONDS = 30

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the history stands now; `missing` names triggers that are not there."""

    checkpoint: Checkpoint | None
    pending: int
    missing: list[str]


class _Look:
    everywhere_after = 0.0


def run_once() -> int:
    """Seal what is pending; how many entries that were.

    0 also when another process is at it.
    """
    if not _find(1):
        return 0
    with lease.held(LEASE) as holder:
        if not holder:
            return 0
        try:
            _tell_of_key()
            return _seal_all(holder)
        except IntegrityError:
            log.warning("another process sealed at the same time")
            return 0


def newest() -> Checkpoint | None:
    """The last checkpoint; None before anything is sealed."""
    return Checkpoint.objects.order_by("-size").first()


def standing() -> Standing:
    """What is sealed, what is not yet, and whether the database protects it."""
    return Standing(newest(), count_pending(), triggers.missing(connection))


def count_pending() -> int:
    """How many entries have no seal yet: streams count themselves without gaps."""
    written = AuditStream.objects.aggregate(total=Sum("last_number"))["total"] or 0
    top = Seal.objects.aggregate(top=Max("position"))["top"]
    return int(written) - (0 if top is None else int(top) + 1)


def _seal_all(holder: str) -> int:
    sealed = 0
    while entries := _find(BATCH):
        _seal(entries)
        sealed += len(entries)
        if len(entries) == BATCH and not lease.take(LEASE, holder):
            break
    return sealed


def _seal(entries: Sequence[tuple[int, str]]) -> None:
    """Write one batch, whole or not at all."""
    last = newest()
    edge = Edge.read(last.size, last.edge) if last else Edge()
    start = edge.size
    nodes = edge.extend(bytes.fromhex(leaf) for _, leaf in entries)
    seals = [
        Seal(position=start + place, entry_id=pk, leaf=leaf)
        for place, (pk, leaf) in enumerate(entries)
    ]
    checkpoint = _sign(edge, previous=start)
    with transaction.atomic():
        Seal.objects.bulk_create(seals)
        SealNode.objects.bulk_create(map(_row, nodes))
        checkpoint.save(force_insert=True)
    keys.retire()


def _row(node: Node) -> SealNode:
    return SealNode(level=node.level, index=node.index, hash=node.hash.hex())


def _sign(edge: Edge, previous: int) -> Checkpoint:
    key, root = keys.current(), edge.root()
    said = notes.Checkpoint(key.name, edge.size, root)
    return Checkpoint(
        size=edge.size,
        previous=previous,
        root=root.hex(),
        edge=edge.written(),
        note=notes.sign(said, key, *keys.retiring()),
        key=key.public.text,
        at=clock.now(),
    )


def _tell_of_key() -> None:
    """A new key is itself told in the history, before anything is sealed with it."""
    last, key = newest(), keys.current().public.text
    if last is None or last.key == key:
        return
    told = AuditEntry.objects.filter(event=Event.KEY_CHANGED).order_by("-pk").first()
    if told and f'"new":"{key}"' in told.body:
        return
    facts = {"old": last.key, "new": key, "size": last.size}
    with transaction.atomic():
        append(
            Event.KEY_CHANGED,
            "system",
            at=clock.now(),
            channel=Channel.SYSTEM,
            facts=facts,
        )


def _find(limit: int) -> list[tuple[int, str]]:
    """Entries without a seal, lowest numbers first, with their leaves."""
    newest_sealed = Seal.objects.aggregate(top=Max("entry_id"))["top"] or 0
    unsealed = AuditEntry.objects.filter(seal=None).order_by("pk")
    rows = unsealed.values_list("pk", "leaf")
    found = list(rows.filter(pk__gt=newest_sealed - LATE)[:limit])
    if found or time.monotonic() < _Look.everywhere_after or count_pending() <= 0:
        return found
    found = list(rows[:limit])
    if not found:
        _Look.everywhere_after = time.monotonic() + LOOK_EVERYWHERE_SECONDS
    return found
