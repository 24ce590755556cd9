"""What an export holds: the entries asked for, as far as one checkpoint reaches.

That set never changes again, so the count said before is the count in the file. An
export is itself an entry, written before the first byte leaves.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from campaigns import clock, documents
from campaigns.audit import seal
from campaigns.audit.entries import Event, append
from campaigns.models import AuditEntry, Channel, Checkpoint, Person, Seal

PAGE = 2000

Pages = Callable[[int], Sequence[AuditEntry]]
"""The entries asked for whose key is above the one given, lowest first; [] at the
end. The same code as the page that shows them."""

Piece = list[tuple[int, AuditEntry]]


class NothingSealed(LookupError):
    """There is no checkpoint that an export could lead to."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What is asked for and how much it is: `streams` by their last sealed number."""

    pages: Pages
    words: str
    size: int
    count: int
    streams: Mapping[str, int] = field(default_factory=dict)

    def pieces(self) -> Iterator[Piece]:
        """Positions and entries, a page at a time."""
        after = 0
        while entries := self.pages(after):
            after = entries[-1].pk
            keys = [entry.pk for entry in entries]
            seals = Seal.objects.filter(entry_id__in=keys, position__lt=self.size)
            positions = dict(seals.values_list("entry_id", "position"))
            yield [(positions[e.pk], e) for e in entries if e.pk in positions]


@dataclass(frozen=True, slots=True)
class Export:
    """An export that has begun: what it holds, who asked, its own entry."""

    survey: Survey
    kind: str
    by: Person | None
    at: datetime
    entry: AuditEntry
    checkpoint: Checkpoint

    @property
    def file_name(self) -> str:
        """A name that tells when and how much."""
        told = f"{self.at:%Y-%m-%d-%H%M}-{self.survey.count}-entries"
        return f"campaign-desk-audit-{told}.{self.kind}"

    @property
    def streams_text(self) -> str:
        """The bytes of streams.json, whose digest stands in the entry."""
        return documents.canonical(dict(self.survey.streams))


def survey(
    pages: Pages,
    words: str,
    *,
    size: int = 0,
    rows: QuerySet[AuditEntry] | None = None,
) -> Survey:
    """Count what is asked for, up to a checkpoint; the newest one when none is named.

    `rows` are the same entries where the database can count them by itself. Raises
    `NothingSealed`.
    """
    if not size:
        seal.run_once()
    last = seal.newest()
    if last is None or size > last.size:
        raise NothingSealed("Nothing is sealed yet. Try again in a moment.")
    asked = Survey(pages, words, size or last.size, 0)
    count, names = _walk(asked) if rows is None else _ask(rows, asked.size)
    streams = {name: _last_number(name, asked.size) for name in sorted(names)}
    return Survey(pages, words, asked.size, count, streams)


def _walk(asked: Survey) -> tuple[int, set[str]]:
    count = 0
    names: set[str] = set()
    for piece in asked.pieces():
        count += len(piece)
        names.update(entry.stream for _, entry in piece)
    return count, names


def _ask(rows: QuerySet[AuditEntry], size: int) -> tuple[int, set[str]]:
    sealed = rows.filter(seal__position__lt=size).order_by()
    return sealed.count(), set(sealed.values_list("stream", flat=True).distinct())


def begin(asked: Survey, kind: str, by: Person | None, channel: Channel) -> Export:
    """Write the export into the history, and seal that before anything leaves."""
    at = clock.now()
    digest = hashlib.sha256(documents.canonical(dict(asked.streams)).encode())
    with transaction.atomic():
        entry = append(
            Event.EXPORTED,
            "system",
            at=at,
            person=by,
            channel=channel,
            facts={
                "kind": kind,
                "entries": asked.count,
                "size": asked.size,
                "asked": asked.words,
                "streams_sha256": digest.hexdigest(),
            },
        )
    return Export(asked, kind, by, at, entry, _checkpoint_over(entry))


def _checkpoint_over(entry: AuditEntry) -> Checkpoint:
    """A checkpoint that the entry is part of; another process may be sealing it."""
    for _ in range(200):
        seal.run_once()
        last = seal.newest()
        if last and Seal.objects.filter(entry=entry, position__lt=last.size).exists():
            return last
        time.sleep(0.05)
    raise NothingSealed("The history is not being sealed. Try again in a moment.")


def _last_number(stream: str, size: int) -> int:
    sealed = AuditEntry.objects.filter(stream=stream, seal__position__lt=size)
    numbers = sealed.order_by("-number").values_list("number", flat=True)
    return int(numbers.first() or 0)
