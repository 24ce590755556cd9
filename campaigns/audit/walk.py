"""Walks the sealed history from one size to another and notes what does not fit.

Memory is bounded by a piece of rows and one number a stream. What it knows between
two pieces can be written down and read again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from campaigns.audit import archive_check, columns, notes, stored
from campaigns.audit.findings import Findings, Kind
from campaigns.audit.notes import PublicKey
from campaigns.audit.pieces import Piece
from campaigns.audit.tree import Edge, Node
from campaigns.models import ArchivedMonth

NO_LEAF = bytes(32)


@dataclass(slots=True)
class Walk:
    """How far a verification is, and what it found."""

    keys: list[PublicKey]
    edge: Edge = field(default_factory=Edge)
    numbers: dict[str, int] = field(default_factory=dict)
    found: Findings = field(default_factory=Findings)
    is_partial: bool = False
    columns: bool = True
    previous: int = 0
    archived: Sequence[tuple[int, int]] = ()
    months: int = 0

    def step(self, piece: Piece) -> None:
        """Verify the piece that begins where the walk is."""
        start, end, rows, indexes, checkpoints, nodes = piece
        if [row[0] for row in rows] != list(range(start, end)):
            rows = self._note_gaps(rows, start, end)
        leaves = self._leaves(rows)
        if self.columns:
            columns.compare(rows, indexes, self.found)
        kept: list[Node] = []
        for checkpoint in checkpoints:
            upto = checkpoint[0]
            kept += self.edge.extend(leaves[self.edge.size - start : upto - start])
            self._check(checkpoint)
        kept += self.edge.extend(leaves[self.edge.size - start :])
        self._check_nodes(kept, nodes)

    def _leaves(self, rows: Sequence[stored.Row]) -> list[bytes]:
        """The leaves as sealed; each entry is held against its own."""
        sha256, numbers, leaves = hashlib.sha256, self.numbers, []
        for row in rows:
            _, sealed, _, pk, stream, number, body, leaf = row[:8]
            leaves.append(raw_leaf(sealed))
            if pk is None:
                self._note(Kind.REMOVED, row, "there is a seal, and no entry")
                continue
            own = sha256(b"\x00" + body.encode()).hexdigest()
            if own != sealed or leaf != sealed:
                self._note_entry(row, own)
            if number != numbers.get(stream, 0) + 1:
                self._note_stream(row)
            numbers[stream] = number
        return leaves

    def _note_entry(self, row: stored.Row, own: str) -> None:
        position, sealed, _, _, _, _, body, leaf = row[:8]
        if not body and leaf == sealed and self.may_be_empty(position):
            return
        if own == sealed:
            self._note(Kind.LEAF, row, "its leaf is not that of its text")
        elif own == leaf:
            self._note(Kind.TEXT, row, "text and leaf are not those that were sealed")
        else:
            self._note(Kind.TEXT, row, "the text is not the one that was written")

    def may_be_empty(self, position: int) -> bool:
        """Whether the text of this position may lie in an archive alone."""
        if any(first <= position < end for first, end in self.archived):
            return True
        if self.months == ArchivedMonth.objects.count():
            return False
        self.months = ArchivedMonth.objects.count()
        self.archived = archive_check.told_now()
        return any(first <= position < end for first, end in self.archived)

    def _note_stream(self, row: stored.Row) -> None:
        before = self.numbers.get(row[4])
        if before is None and self.is_partial:
            return
        words = f"number {row[5]} follows {before or 0} in {row[4]}"
        self._note(Kind.STREAM, row, words)

    def _note(self, kind: Kind, row: stored.Row, words: str) -> None:
        self.found.add(kind, columns.place(row), words, row[0])

    def _note_gaps(
        self, rows: Sequence[stored.Row], start: int, end: int
    ) -> list[stored.Row]:
        """Put an empty row where a seal is missing."""
        there = {row[0]: row for row in rows}
        for position in range(start, end):
            if position not in there:
                words = "no seal has this position"
                self.found.add(Kind.GAP, f"position {position}", words, position)
        empty = (None,) * 14
        return [
            there.get(at) or (at, NO_LEAF.hex(), None, None, *empty)[:17]
            for at in range(start, end)
        ]

    def _check(self, checkpoint: stored.Row) -> None:
        size, previous, root, edge, note, key = checkpoint
        place, at = f"checkpoint {size}", max(self.previous, 0)
        if previous != self.previous:
            words = f"it follows {previous}, and {self.previous} is before it"
            self.found.add(Kind.CHECKPOINT, place, words, at)
        if self.edge.root().hex() != root:
            words = f"entries at positions {at} to {size - 1} do not lead to its root"
            self.found.add(Kind.ROOT, place, words, at)
        elif self.edge.written() != edge:
            self.found.add(Kind.CHECKPOINT, place, "its edge was changed", at)
        self._check_note(note, key, size, root)
        self.previous = size
        self._go_on_from(size, root, edge)

    def _check_note(self, note: str, key: str, size: int, root: str) -> None:
        place, at = f"checkpoint {size}", max(self.previous, 0)
        try:
            said, signer = notes.Checkpoint.read(note), PublicKey.read(key)
        except notes.Unreadable as error:
            self.found.add(Kind.CHECKPOINT, place, str(error), at)
            return
        if (said.size, said.root.hex(), said.origin) != (size, root, signer.name):
            words = "what was signed is not what is stored"
            self.found.add(Kind.CHECKPOINT, place, words, at)
        if signer not in self.keys:
            words = f"{key} is not known outside the database"
            self.found.add(Kind.KEY, place, words, at)
        elif not notes.is_signed(note, signer):
            words = "the signature is not that of its key"
            self.found.add(Kind.SIGNATURE, place, words, at)

    def _go_on_from(self, size: int, root: str, text: str) -> None:
        """After a broken piece, begin anew at a checkpoint that fits itself."""
        try:
            edge = Edge.read(size, text)
        except ValueError:
            return
        if self.edge.size == size and edge.root().hex() == root:
            self.edge = edge

    def _check_nodes(self, kept: list[Node], there: dict[tuple[int, int], str]) -> None:
        wanted = {(node.level, node.index): node.hash.hex() for node in kept}
        for (level, index), text in wanted.items():
            if there.get((level, index)) != text:
                words = "it is not the root of its leaves"
                at = index << level
                self.found.add(Kind.NODE, f"node {index} of level {level}", words, at)
        for level, index in there.keys() - wanted.keys():
            place = f"node {index} of level {level}"
            self.found.add(Kind.NODE, place, "there is no such node", index << level)

    def written(self) -> dict[str, Any]:
        """All that is needed to go on later."""
        return {
            "size": self.edge.size,
            "edge": self.edge.written(),
            "numbers": self.numbers,
            "found": self.found.written(),
            "previous": self.previous,
            "is_partial": self.is_partial,
            "columns": self.columns,
        }

    @classmethod
    def read(cls, told: dict[str, Any], keys: list[PublicKey]) -> "Walk":
        """What `written` gave."""
        return cls(
            keys=keys,
            edge=Edge.read(told["size"], told["edge"]),
            numbers=dict(told["numbers"]),
            found=Findings.read(told["found"]),
            is_partial=told["is_partial"],
            columns=told["columns"],
            previous=told["previous"],
        )


def raw_leaf(text: str) -> bytes:
    """The bytes of a leaf; none that anything leads to where the text is no leaf."""
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return NO_LEAF
    return raw if len(raw) == 32 else NO_LEAF
