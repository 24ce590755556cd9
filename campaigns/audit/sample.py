"""Proves some entries, chosen by chance, to the newest checkpoint."""

import random
from collections.abc import Sequence

from campaigns.audit import archive_check, columns, notes, stored
from campaigns.audit.entries import leaf
from campaigns.audit.findings import Findings, Kind
from campaigns.audit.nodes import Incomplete, Nodes
from campaigns.audit.notes import PublicKey
from campaigns.audit.tree import inclusion_proof, root_of_inclusion
from campaigns.audit.walk import raw_leaf
from campaigns.models import Checkpoint


def take(
    count: int,
    last: Checkpoint,
    known: Sequence[PublicKey],
    gone: archive_check.Ranges,
    found: Findings,
) -> int:
    """Prove so many entries to the checkpoint `last`; how many there were.

    `gone` is where texts may lie in archives alone.
    """
    if not any(notes.is_signed(last.note, key) for key in known):
        words = "no key known here has signed it"
        found.add(Kind.SIGNATURE, f"checkpoint {last.size}", words)
    chosen = random.SystemRandom().sample(range(last.size), min(count, last.size))
    nodes = Nodes()
    for position in sorted(chosen):
        _prove(position, last, nodes, found, gone)
    return len(chosen)


def _prove(
    position: int,
    last: Checkpoint,
    nodes: Nodes,
    found: Findings,
    gone: archive_check.Ranges,
) -> None:
    rows = stored.sealed(position, position + 1, columns=True)
    if not rows or rows[0][3] is None:
        place = f"position {position}"
        found.add(Kind.REMOVED, place, "there is no entry", position)
        return
    row = rows[0]
    is_gone = not row[6] and any(first <= position < end for first, end in gone)
    own = row[7] if is_gone else leaf(row[6])
    if not row[1] == row[7] == own:
        words = "text, leaf and seal do not fit each other"
        found.add(Kind.TEXT, columns.place(row), words, position)
    columns.compare(rows, stored.indexes(rows), found)
    try:
        proof = inclusion_proof(position, last.size, nodes)
    except Incomplete as error:
        found.add(Kind.NODE, columns.place(row), str(error), position)
        return
    root = root_of_inclusion(raw_leaf(own), position, last.size, proof)
    if root is None or root.hex() != last.root:
        words = "it does not lead to the root of the newest checkpoint"
        found.add(Kind.ROOT, columns.place(row), words, position)
