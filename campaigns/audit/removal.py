"""Removes texts that lie in an archive, but for those that the present rests on.

An entry's row stays with its number, leaf and seal, so tree, signatures and streams can
still be verified. Stopped at any moment, the next run goes on.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from campaigns import clock, documents
from campaigns.audit import archive, seal
from campaigns.audit.entries import Event, append
from campaigns.audit.months import Month, NotYet
from campaigns.models import ArchivedMonth, AuditEntry, Channel, Seal

BATCH = 500
"""So many positions are looked at in one transaction."""
_INDEXES = ("campaigns_auditfield", "campaigns_auditvalue")

Ranges = Sequence[tuple[int, int]]
"""Positions: the first, and the one after the last."""

Kept = Callable[[Ranges], Collection[int]]
"""The primary keys of the entries there that the present rests on."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Removed:
    """What became of the texts of one month; `now` were removed by this run."""

    row: ArchivedMonth
    removed: int
    kept: int
    now: int


def run(
    months: Sequence[ArchivedMonth],
    place: Path,
    kept: Kept,
    progress: Progress = lambda at, end: None,
) -> Iterator[Removed]:
    """Remove what may go from these months, one after the other.

    Raises `NotYet` before anything is touched where a file is not as it was archived.
    """
    for row in months:
        _check(row, place)
    ranges = [(row.first, row.end) for row in months]
    stays = frozenset(kept(ranges))
    for row in months:
        yield _month(row, stays, progress)


def is_there(row: ArchivedMonth, place: Path) -> bool:
    """Whether the file of a month is in a folder, as it was archived."""
    path = place / row.file
    return path.is_file() and archive.digest(path) == row.sha256


def _check(row: ArchivedMonth, place: Path) -> None:
    words = Month.read(row.month).words
    if not is_there(row, place):
        told = f"{place / row.file} is missing, or not the file that was archived."
        raise NotYet(f"The texts of {words} stay: {told}")
    seal.run_once()
    if not Seal.objects.filter(entry=row.entry_id).exists():
        told = "is not sealed yet. Try again in a moment."
        raise NotYet(f"The archive of {words} {told}")


def _month(row: ArchivedMonth, stays: Collection[int], progress: Progress) -> Removed:
    here = Seal.objects.filter(position__gte=row.first, position__lt=row.end)
    full = here.exclude(entry__body="").order_by("position")
    goes = sum(1 for key in full.values_list("entry_id", flat=True) if key not in stays)
    count = row.end - row.first
    removed = count - full.count() + goes
    result = Removed(row, removed, count - removed, goes)
    _tell(result)
    for start in range(row.first, row.end, BATCH):
        end = min(start + BATCH, row.end)
        _empty(start, end, stays)
        progress(end - row.first, count)
    return result


@transaction.atomic
def _tell(result: Removed) -> None:
    """Say it before the first text goes, so that pages know from then on."""
    facts = {
        "month": result.row.month,
        "file": result.row.file,
        "removed": result.removed,
        "kept": result.kept,
    }
    told = AuditEntry.objects.filter(event=Event.TEXTS_REMOVED).exclude(body="")
    bodies = told.values_list("body", flat=True)
    before = [documents.loads(body)["facts"] for body in bodies]
    if not result.removed or facts in before:
        return
    append(
        Event.TEXTS_REMOVED,
        "system",
        at=clock.now(),
        channel=Channel.COMMAND,
        facts=facts,
    )


@transaction.atomic
def _empty(start: int, end: int, stays: Collection[int]) -> None:
    """One batch: the texts, then the rows that find them."""
    inside = Seal.objects.filter(position__gte=start, position__lt=end)
    full = inside.exclude(entry__body="").values_list("entry_id", flat=True)
    keys = [key for key in full if key not in stays]
    if not keys:
        return
    AuditEntry.objects.filter(pk__in=keys).update(body="")
    marks = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        for table in _INDEXES:
            cursor.execute(f"DELETE FROM {table} WHERE entry_id IN ({marks})", keys)  # noqa: S608
