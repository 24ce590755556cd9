"""The Merkle tree of RFC 9162 section 2.1, grown leaf by leaf. Pure: knows no table.

Of a whole tree only the roots of full subtrees of 2^8, 2^16, … leaves are worth
keeping; everything else is computed from them and the leaves.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

TILE = 8
"""Every eighth level is kept: a tile is the 256 nodes below one kept node."""

EMPTY_ROOT = hashlib.sha256(b"").digest()

_sha256 = hashlib.sha256

Subtree = Callable[[int, int], bytes]
"""Level and index to the root of a full subtree; level 0 is a leaf."""


@dataclass(frozen=True, slots=True)
class Node:
    """The root of the full subtree of 2^level leaves that begins at index · 2^level."""

    level: int
    index: int
    hash: bytes


def join(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return _sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Edge:
    """The right edge of a growing tree: the roots of its full subtrees, left to right.

    It is all that is needed to add leaves and to know the root.
    """

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def extend(self, leaves: Iterable[bytes]) -> list[Node]:
        """Add leaves; return the nodes worth keeping that became full."""
        kept = []
        for leaf in leaves:
            full, size, level = leaf, self.size, 0
            while size & 1:
                full = _sha256(b"\x01" + self.peaks.pop() + full).digest()
                size >>= 1
                level += 1
                if not level % TILE:
                    kept.append(Node(level, self.size >> level, full))
            self.peaks.append(full)
            self.size += 1
        return kept

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        if not self.peaks:
            return EMPTY_ROOT
        *rest, root = self.peaks
        for peak in reversed(rest):
            root = join(peak, root)
        return root

    @classmethod
    def read(cls, size: int, text: str) -> "Edge":
        """Make an edge from what `written` gave. Raises ValueError for other text."""
        peaks = [bytes.fromhex(text[at : at + 64]) for at in range(0, len(text), 64)]
        if len(peaks) != size.bit_count() or any(len(peak) != 32 for peak in peaks):
            raise ValueError("this is not the edge of a tree of that size")
        return cls(size, peaks)

    def written(self) -> str:
        """The peaks in hex, one after the other."""
        return "".join(peak.hex() for peak in self.peaks)


def range_root(start: int, end: int, subtree: Subtree) -> bytes:
    """The root over the leaves from `start` to before `end`, as the RFC cuts a tree."""
    width = end - start
    if width.bit_count() == 1 and start % width == 0:
        level = width.bit_length() - 1
        return subtree(level, start >> level)
    cut = start + _left(width)
    return join(range_root(start, cut, subtree), range_root(cut, end, subtree))


def inclusion_proof(position: int, size: int, subtree: Subtree) -> list[bytes]:
    """PATH(position, D[size]) of section 2.1.3.1: from the leaf up."""
    if not 0 <= position < size:
        raise ValueError("there is no such leaf")
    start, end, path = 0, size, []
    while end - start > 1:
        cut = start + _left(end - start)
        if position < cut:
            path.append(range_root(cut, end, subtree))
            end = cut
        else:
            path.append(range_root(start, cut, subtree))
            start = cut
    return path[::-1]


def root_of_inclusion(
    leaf: bytes, position: int, size: int, proof: Sequence[bytes]
) -> bytes | None:
    """The root that a proof leads to (section 2.1.3.2); None if it cannot be one."""
    if not 0 <= position < size:
        return None
    index, last, root = position, size - 1, leaf
    for node in proof:
        if last == 0:
            return None
        if index & 1 or index == last:
            root = join(node, root)
            index, last = _skip(index, last)
        else:
            root = join(root, node)
        index, last = index >> 1, last >> 1
    return root if last == 0 else None


def _skip(index: int, last: int) -> tuple[int, int]:
    """Go up past the levels on which a node at the right edge has no sibling."""
    while index and not index & 1:
        index, last = index >> 1, last >> 1
    return index, last


def _left(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << ((width - 1).bit_length() - 1)
