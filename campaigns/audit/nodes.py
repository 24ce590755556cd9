"""Reads the sealed tree back, a tile of 256 nodes at a time, for proofs."""

from collections import OrderedDict

from campaigns.audit.tree import TILE, join
from campaigns.models import Seal, SealNode

WIDTH = 1 << TILE
KEPT_TILES = 64


class Incomplete(LookupError):
    """Seals or nodes are missing where the tree must have them."""


class Nodes:
    """The full subtrees of the sealed tree: call it with level and index.

    Keeps the tiles it used last; make a new one when the tree has grown.
    """

    def __init__(self) -> None:
        self._tiles: OrderedDict[tuple[int, int], list[list[bytes]]] = OrderedDict()

    def __call__(self, level: int, index: int) -> bytes:
        base = level - level % TILE
        above = level - base
        tile = self._tile(base, index >> (TILE - above))
        place = index & ((WIDTH >> above) - 1)
        if above >= len(tile) or place >= len(tile[above]):
            raise Incomplete(f"node {index} of level {level} cannot be computed")
        return tile[above][place]

    def _tile(self, base: int, number: int) -> list[list[bytes]]:
        key = (base, number)
        if key not in self._tiles:
            self._tiles[key] = _build(_read(base, number))
            if len(self._tiles) > KEPT_TILES:
                self._tiles.popitem(last=False)
        self._tiles.move_to_end(key)
        return self._tiles[key]


def _read(base: int, number: int) -> list[bytes]:
    start = number * WIDTH
    if base == 0:
        seals = Seal.objects.filter(position__gte=start, position__lt=start + WIDTH)
        rows = list(seals.order_by("position").values_list("position", "leaf"))
    else:
        kept = SealNode.objects.filter(
            level=base, index__gte=start, index__lt=start + WIDTH
        )
        rows = list(kept.order_by("index").values_list("index", "hash"))
    if [place for place, _ in rows] != list(range(start, start + len(rows))):
        raise Incomplete(f"level {base} has a gap after {start}")
    return [bytes.fromhex(text) for _, text in rows]


def _build(bottom: list[bytes]) -> list[list[bytes]]:
    """The nodes of a tile by level, only those that are full."""
    levels = [bottom]
    while len(levels[-1]) > 1:
        row = levels[-1]
        levels.append([join(*row[at : at + 2]) for at in range(0, len(row) - 1, 2)])
    return levels
