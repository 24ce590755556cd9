"""An export as a zip, for auditors: exact bytes, proofs, and what checks them.

Written while it is sent; only one number an entry is kept in memory.
"""

import hashlib
import json
import zipfile
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from campaigns.audit import check_export
from campaigns.audit.export import Export
from campaigns.audit.nodes import Nodes
from campaigns.audit.tree import inclusion_proof
from campaigns.models import Anchor, PersonName

LEVEL = 3
PROOFS_AT_ONCE = 1000
OF_RANGE = ("first", "end", "left_out", "looks_back_to")
"""What a manifest repeats of the export's own entry where that tells it."""
README = """This is an export of the audit history of Campaign Desk.

{count} entries, asked for: {words}.

  python3 check_export.py {name} --key PUBLIC_KEY

checks it with Python alone. PUBLIC_KEY is the one you were told by another way than
this file; public-key.txt holds the one that signed. In here:

  entries.jsonl     every entry, letter for letter as it was sealed, one a line
  proofs.jsonl      for each line its position and its inclusion proof (RFC 9162)
  checkpoint.txt    size and root of the sealed history, signed (C2SP tlog-checkpoint)
  statement.json    the entry that tells of this export, with its own proof
  streams.json      the last number of each stream: 1, 2, … up to it are all there are
  manifest.json     what belongs to this export, and the SHA-256 of each file
  people.json       the names behind people's numbers; no part of what is proven
"""


class Outlet:
    """Collects what the archive writes until it is taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """As a file would."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def close(self) -> None:
        """Nothing to give back."""

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


class Archive:
    """The files of an export, written one after the other."""

    def __init__(self, export: Export) -> None:
        self.export, self.outlet = export, Outlet()
        self.sums: dict[str, str] = {}
        self.positions = array("Q")
        self.streams: Counter[str] = Counter()

    def write(self) -> Iterator[bytes]:
        """The bytes of the archive, a piece at a time."""
        with zipfile.ZipFile(
            self.outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL
        ) as archive:
            self.archive = archive
            yield from self._file("README.txt", [self._readme()])
            yield from self._file("entries.jsonl", self._entries())
            yield from self._file("proofs.jsonl", self._proofs())
            for name, text in self._small():
                yield from self._file(name, [text.encode()])
            yield from self._file("manifest.json", [self._manifest().encode()])
        yield self.outlet.take()

    def _file(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        digest = hashlib.sha256()
        with self.archive.open(name, "w", force_zip64=True) as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
                if taken := self.outlet.take():
                    yield taken
        self.sums[name] = digest.hexdigest()
        yield self.outlet.take()

    def _entries(self) -> Iterator[bytes]:
        for piece in self.export.survey.pieces():
            self.positions.extend(position for position, _ in piece)
            self.streams.update(entry.stream for _, entry in piece)
            yield "".join(f"{entry.body}\n" for _, entry in piece).encode()

    def _proofs(self) -> Iterator[bytes]:
        nodes, size = Nodes(), self.export.checkpoint.size
        for start in range(0, len(self.positions), PROOFS_AT_ONCE):
            some = self.positions[start : start + PROOFS_AT_ONCE]
            yield "".join(_proof(position, size, nodes) for position in some).encode()

    def _small(self) -> Iterator[tuple[str, str]]:
        entry, checkpoint = self.export.entry, self.export.checkpoint
        position = entry.seal.position
        yield "checkpoint.txt", checkpoint.note
        yield "public-key.txt", checkpoint.key + "\n"
        yield "statement.json", entry.body + "\n"
        yield "statement-proof.json", _proof(position, checkpoint.size, Nodes())
        yield "streams.json", self.export.streams_text
        names = PersonName.objects.order_by("pk").values_list("person_id", "name")
        yield "people.json", _json({str(key): name for key, name in names})
        yield "check_export.py", Path(check_export.__file__).read_text()

    def _manifest(self) -> str:
        asked, checkpoint = self.export.survey, self.export.checkpoint
        told = asked.facts
        streams = {
            name: {
                "entries": self.streams[name],
                "last_number": last,
                "complete": self.streams[name] == last,
            }
            for name, last in asked.streams.items()
        }
        return _json(
            {
                "made": self.export.at.isoformat(timespec="microseconds"),
                "asked": asked.words,
                "entries": len(self.positions),
                "entries_said_before": asked.count,
                "size": checkpoint.size,
                "root": checkpoint.root,
                "anchors": _anchors(),
                "streams": streams,
                "sha256": self.sums,
                **{name: told[name] for name in OF_RANGE if name in told},
            }
        )

    def _readme(self) -> bytes:
        asked = self.export.survey
        told = README.format(
            count=asked.count, words=asked.words, name=self.export.file_name
        )
        return (f"{told}\n{asked.limits}\n" if asked.limits else told).encode()


def write(export: Export) -> Iterator[bytes]:
    """The bytes of the archive, a piece at a time."""
    return Archive(export).write()


def _proof(position: int, size: int, nodes: Nodes) -> str:
    path = [node.hex() for node in inclusion_proof(position, size, nodes)]
    return json.dumps({"position": position, "proof": path}) + "\n"


def _anchors() -> list[dict[str, Any]]:
    """Where the last checkpoints lie outside the database: ask for them there."""
    return [
        {"kind": one.kind, "size": one.size, "root": one.root, "at": str(one.at)}
        for one in Anchor.objects.order_by("-pk")[:50]
    ]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
