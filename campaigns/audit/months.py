"""Months of the sealed history: which positions each takes, and which is next.

A month begins where the one before ends, and ends before the first entry written after
it, in UTC. So months have no gap; an entry that was sealed late lies in a later one.
Only reads, but for sealing what is pending.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from campaigns import clock
from campaigns.audit import seal
from campaigns.models import ArchivedMonth, AuditEntry, Seal

PIECE = 4000
_WRITTEN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class NotYet(Exception):
    """This month cannot be archived, or its texts not removed; says why."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of UTC."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @classmethod
    def read(cls, text: str) -> "Month":
        """Of `2025-03`. Raises `ValueError`."""
        found = _WRITTEN.fullmatch(text)
        if not found or text.startswith("0000"):
            raise ValueError(f"{text} is no month: write it as 2025-03.")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, moment: datetime) -> "Month":
        """The month that a moment lies in."""
        utc = moment.astimezone(UTC)
        return cls(utc.year, utc.month)

    def later(self, months: int) -> "Month":
        """So many months later, or earlier."""
        count = self.year * 12 + self.number - 1 + months
        return Month(count // 12, count % 12 + 1)

    @property
    def words(self) -> str:
        """As people write it: March 2025."""
        return f"{self.begin:%B %Y}"

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self.later(1).begin


@dataclass(frozen=True, slots=True)
class Stretch:
    """The positions of a month: `first` and all up to before `end`."""

    month: Month
    first: int
    end: int


def older_than(months: int) -> Month:
    """The last month that ended at least so many months before this one began."""
    return Month.of(clock.now()).later(-months - 1)


def due(upto: Month) -> Iterator[Stretch]:
    """The months that are not archived, oldest first, each to be archived in turn.

    Raises `NotYet` for a month whose entries are not all sealed.
    """
    seal.run_once()
    while (month := _next()) is not None and month <= upto:
        yield _stretch(month)


def only(month: Month) -> Stretch | None:
    """One month, if it is the next one; None when nothing was written in it.

    Raises `NotYet` when it is not over, or an older one is not archived.
    """
    if month.end > clock.now():
        raise NotYet(f"{month.words} is not over.")
    seal.run_once()
    following = _next()
    if following is None or following > month:
        return None
    if following < month:
        raise NotYet(f"{following.words} comes first: months are archived in order.")
    return _stretch(month)


def _next() -> Month | None:
    """The oldest month with entries that is not archived; None when there is none."""
    last = ArchivedMonth.objects.order_by("-end").first()
    begin = Seal.objects.filter(position=last.end if last else 0)
    at = begin.values_list("entry__at", flat=True).first()
    if at is None:
        return None
    if last is None:
        return Month.of(at)
    return max(Month.of(at), Month.read(last.month).later(1))


def _stretch(month: Month) -> Stretch:
    if month.end > clock.now():
        raise NotYet(f"{month.words} is not over.")
    written = AuditEntry.objects.filter(at__gte=month.begin, at__lt=month.end)
    if seal.count_pending() > 0 and written.filter(seal=None).exists():
        words = "has entries that wait for their seal. Try again in a moment."
        raise NotYet(f"{month.words} {words}")
    last = ArchivedMonth.objects.order_by("-end").first()
    first = last.end if last else 0
    return Stretch(month, first, _end(first, month.end))


def _end(start: int, moment: datetime) -> int:
    """The first position whose entry is of this moment or later; the top if none."""
    while rows := list(
        Seal.objects.filter(position__gte=start, position__lt=start + PIECE)
        .order_by("position")
        .values_list("position", "entry__at")
    ):
        for position, at in rows:
            if at >= moment:
                return int(position)
        start = rows[-1][0] + 1
    return start
