"""What an export holds: the entries asked for, as far as one checkpoint reaches.

That set never changes again, so the count said before is the count in the file. Entries
whose texts lie in archives alone are left out, and counted. An export is itself an
entry, written before the first byte leaves.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from campaigns import clock, documents
from campaigns.audit import seal, texts
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
    """What is asked for and how much it is: `streams` by their last sealed number.

    `left_out` counts by month the entries whose texts lie in its archive alone;
    `looks_back_to` is the day before which words, fields or values asked for could not
    be looked for, where some were asked for and there is such a day.
    """

    pages: Pages
    words: str
    size: int
    count: int
    streams: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    looks_back_to: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        """What the export's own entry tells of it."""
        limits = {
            "left_out": dict(self.left_out),
            "looks_back_to": self.looks_back_to,
        }
        told = {"entries": self.count, "size": self.size, "asked": self.words}
        return told | {name: value for name, value in limits.items() if value}

    @property
    def limits(self) -> str:
        """What the file does not hold, in sentences; "" where it holds all."""
        return texts.limits(self.left_out, self.looks_back_to)

    def pieces(self) -> Iterator[Piece]:
        """Positions and entries whose texts are here, a page at a time."""
        for piece in self.every():
            yield [(position, entry) for position, entry in piece if entry.body]

    def every(self) -> Iterator[Piece]:
        """Positions and entries, with texts or without."""
        after = 0
        while entries := self.pages(after):
            after = entries[-1].pk
            keys = [entry.pk for entry in entries]
            seals = Seal.objects.filter(entry_id__in=keys, position__lt=self.size)
            positions = dict(seals.values_list("entry_id", "position"))
            yield [(positions[e.pk], e) for e in entries if e.pk in positions]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch(Survey):
    """Everything from position `first` to before `end`, in the order of positions."""

    first: int
    end: int

    @property
    def facts(self) -> dict[str, Any]:
        """The range, too: that it has no gap is then proven by the file itself."""
        told = super(Stretch, self).facts
        return told | {"first": self.first, "end": self.end}

    def every(self) -> Iterator[Piece]:
        """Positions and entries, a page at a time."""
        for start in range(self.first, self.end, PAGE):
            seals = Seal.objects.filter(
                position__gte=start, position__lt=min(start + PAGE, self.end)
            )
            rows = seals.select_related("entry").order_by("position")
            yield [(one.position, one.entry) for one in rows]


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
    by_texts: bool = False,
) -> Survey:
    """Count what is asked for, up to a checkpoint; the newest one when none is named.

    `rows` are the same entries where the database can count them by itself; `by_texts`
    when only texts can tell which. Raises `NothingSealed`.
    """
    if not size:
        seal.run_once()
    last = seal.newest()
    if last is None or size > last.size:
        raise NothingSealed("Nothing is sealed yet. Try again in a moment.")
    asked = Survey(pages, words, size or last.size, 0)
    count, names, left_out = _walk(asked) if rows is None else _ask(rows, asked.size)
    since = texts.here_since() if by_texts else None
    return replace(
        asked,
        count=count,
        streams=_last(names, asked.size),
        left_out=left_out,
        looks_back_to=f"{since:%Y-%m-%d}" if since else "",
    )


def stretch(first: int, end: int, words: str) -> Stretch:
    """All between two positions. Raises `NothingSealed` where that is not sealed."""
    last = seal.newest()
    if last is None or end > last.size:
        raise NothingSealed("Not all of it is sealed yet. Try again in a moment.")
    rows = Seal.objects.filter(position__gte=first, position__lt=end)
    names = set(rows.order_by().values_list("entry__stream", flat=True).distinct())
    streams = _last(names, last.size)
    return Stretch(
        pages=lambda key: [],
        words=words,
        size=last.size,
        count=end - first,
        streams=streams,
        first=first,
        end=end,
    )


def _walk(asked: Survey) -> tuple[int, set[str], dict[str, int]]:
    count, shelf = 0, texts.shelf()
    names: set[str] = set()
    gone: Counter[str] = Counter()
    for piece in asked.every():
        here = [entry for _, entry in piece if entry.body]
        count += len(here)
        names.update(entry.stream for entry in here)
        gone.update(shelf.month_at(at) for at, entry in piece if not entry.body)
    return count, names, dict(gone)


def _ask(rows: QuerySet[AuditEntry], size: int) -> tuple[int, set[str], dict[str, int]]:
    sealed = rows.filter(seal__position__lt=size).order_by()
    left_out = {
        one.month: count
        for one in texts.removed()
        if (count := _gone(sealed, one.first, one.end))
    }
    here = sealed.exclude(body="") if left_out else sealed
    names = set(here.values_list("stream", flat=True).distinct())
    return sealed.count() - sum(left_out.values()), names, left_out


def _gone(sealed: QuerySet[AuditEntry], first: int, end: int) -> int:
    inside = sealed.filter(seal__position__gte=first, seal__position__lt=end)
    return inside.filter(body="").count()


def _last(names: set[str], size: int) -> dict[str, int]:
    return {name: _last_number(name, size) for name in sorted(names)}


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
                "streams_sha256": digest.hexdigest(),
                **asked.facts,
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
