"""What is wrong with the history, and where. Pure; says it in words."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

KEPT_OF_A_KIND = 20


class Kind(StrEnum):
    """What does not fit."""

    TEXT = "changed entry"
    LEAF = "changed leaf"
    REMOVED = "removed entry"
    GAP = "missing seal"
    BEYOND = "seal without checkpoint"
    UNSEALED = "entry left without a seal"
    BEHIND = "sealing is behind"
    STREAM = "broken stream"
    COLUMN = "changed search column"
    FIELDS = "changed field index"
    ROOT = "another root"
    CHECKPOINT = "changed checkpoint"
    SIGNATURE = "wrong signature"
    KEY = "unknown key"
    NODE = "changed node"
    STATE = "state without its entry"
    ANCHOR = "anchor not kept"
    TRIGGER = "missing trigger"
    ARCHIVE = "changed archive"


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken place: `position` in the sealed history where there is one."""

    kind: Kind
    place: str
    words: str
    position: int | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.place}: {self.words}"


@dataclass(slots=True)
class Findings:
    """Every finding counted, the first ones of each kind kept."""

    kept: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(
        self, kind: Kind, place: str, words: str, position: int | None = None
    ) -> None:
        """Note one more broken place."""
        self.counts[kind.value] += 1
        if self.counts[kind.value] <= KEPT_OF_A_KIND:
            self.kept.append(Finding(kind, place, words, position))

    def join(self, other: "Findings") -> None:
        """Take what was found apart from this."""
        self.kept += other.kept
        self.counts.update(other.counts)

    @property
    def first(self) -> Finding | None:
        """The first broken place: the lowest position, else the first that was met."""
        placed = [one for one in self.kept if one.position is not None]
        if placed:
            return min(placed, key=lambda one: one.position or 0)
        return self.kept[0] if self.kept else None

    def written(self) -> list[dict[str, Any]]:
        """As plain values, for a file."""
        counted = [{"kind": kind, "count": n} for kind, n in self.counts.items()]
        return [*counted, *map(asdict, self.kept)]

    @classmethod
    def read(cls, rows: list[dict[str, Any]]) -> "Findings":
        """What `written` gave."""
        made = cls()
        for row in rows:
            if "count" in row:
                made.counts[row["kind"]] = row["count"]
            else:
                made.kept.append(Finding(**{**row, "kind": Kind(row["kind"])}))
        return made
