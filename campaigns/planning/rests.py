"""What the present rests on: the entries whose texts stay where older ones go.

For each campaign, what is needed so that every moment after the removed months, every
"why is it like this?" and every undo tells the same as before. That is not trusted: the
entries that would be left are replayed, and where a field would end otherwise, all that
tell of it stay. Only reads.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max, Min, Q, QuerySet

from campaigns import documents
from campaigns.audit import Event, looks, texts
from campaigns.lifecycle import OPEN
from campaigns.models import (
    AuditEntry,
    AuditValue,
    Change,
    ChangeSet,
    Delivery,
    FieldChange,
    NoticeDelivery,
    Verdict,
)
from campaigns.planning import as_of, knowledge
from campaigns.planning.knowledge import Told, Track

PIECE = 1000
ROUNDS = 3
FOR_EVER = (
    Event.MONTH_ARCHIVED,
    Event.TEXTS_REMOVED,
    Event.KEY_CHANGED,
    Event.PROTECTED,
)
"""Proofs rest on these, or say since when they do."""
OF_DESK = (Event.REVIEWED, Event.FLAGGED, Event.ASKED, Event.REPLIED)

Ranges = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Whose texts may go, by position; before `end` some may be gone already."""

    ranges: Ranges
    end: int

    def holds(self, position: int) -> bool:
        """Whether the text at this position may go."""
        return any(first <= position < end for first, end in self.ranges)

    @property
    def inside(self) -> Q:
        """The entries whose texts may go."""
        found = Q(pk=None)
        for first, end in self.ranges:
            found |= Q(seal__position__gte=first, seal__position__lt=end)
        return found


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry with its text, as little of it as is needed."""

    pk: int
    change: int | None
    may_go: bool
    fields: tuple[str, ...]


def kept(ranges: Ranges) -> set[int]:
    """The primary keys of the entries in these ranges whose texts have to stay."""
    merged = _merged(ranges)
    if not merged:
        return set()
    ends = [end for _, end in merged] + [row.end for row in texts.removed()]
    bounds = Bounds(merged, max(ends))
    pinned, unfinished = _pinned(bounds), _unfinished()
    found = set(pinned)
    inside = AuditEntry.objects.filter(bounds.inside, campaign_id__isnull=False)
    for campaign in set(inside.values_list("campaign_id", flat=True).distinct()):
        found |= Past(campaign or 0, bounds, pinned, unfinished).kept()
    return found


def _merged(ranges: Ranges) -> Ranges:
    merged: list[tuple[int, int]] = []
    for first, end in sorted(ranges):
        if merged and merged[-1][1] == first:
            first = merged.pop()[0]
        merged.append((first, end))
    return merged


def _pinned(bounds: Bounds) -> set[int]:
    """What stays whatever the campaigns say."""
    inside = AuditEntry.objects.filter(bounds.inside).exclude(body="")
    found = set(inside.filter(event__in=FOR_EVER).values_list("pk", flat=True))
    found |= {look.pk for look in (looks.newest(), looks.alarm()) if look}
    due = NoticeDelivery.objects.filter(outcome=Delivery.DUE)
    found |= set(due.values_list("entry_id", flat=True))
    open_sets = set(_open_sets().values_list("pk", flat=True))
    said = inside.filter(event__in=OF_DESK).values_list("pk", "body")
    return found | {
        pk
        for pk, body in said.iterator(PIECE)
        if documents.loads(body)["facts"].get("set") in open_sets
    }


def _open_sets() -> QuerySet[ChangeSet]:
    """Sets that wait for an answer, or that somebody flagged."""
    asked = Q(questions__isnull=False, questions__answered_at=None)
    return ChangeSet.objects.filter(asked | Q(review__verdict=Verdict.FLAGGED))


def _unfinished() -> set[int]:
    """The changes that may still move, or wait for somebody."""
    still = Q(state__in=OPEN) | Q(waits_for_person=True) | Q(watch_at__isnull=False)
    found = Change.objects.filter(still | Q(change_set__in=_open_sets()))
    return set(found.order_by().values_list("pk", flat=True))


@dataclass(slots=True)
class Past:
    """The past of one campaign, before the end of what may go."""

    campaign: int
    bounds: Bounds
    pinned: Collection[int]
    unfinished: Collection[int]
    entries: list[Entry] = field(default_factory=list)
    newest: dict[str, list[int]] = field(default_factory=dict)
    outside: set[int] = field(default_factory=set)

    def kept(self) -> set[int]:
        """The entries whose texts have to stay, of those that may go."""
        whole = self._read()
        keys = self._asked_for()
        for _ in range(ROUNDS):
            self._complete(keys)
            left = self._left(keys)
            lost = {path for path in whole if not whole[path].is_like(left[path])}
            if not lost:
                return keys & {entry.pk for entry in self.entries if entry.may_go}
            keys |= {one.pk for one in self.entries if lost & set(one.fields)}
        return {entry.pk for entry in self.entries if entry.may_go}

    def _read(self) -> dict[str, Track]:
        """Replay all of it, and note since which entry each field is what it is."""
        tracks: dict[str, Track] = {}
        touched = _first_touches(self.campaign)
        for entry, event, at, told in self._rows():
            self.entries.append(entry)
            for one in told:
                track = knowledge.follow(tracks, one)
                since = self.newest.setdefault(one.field, [])
                if track.begins_with(one):
                    since.clear()
                since.append(one.entry)
            ours = [path for path in entry.fields if path in touched]
            is_later = any(touched[path] <= at for path in ours)
            if event == Event.OUTSIDE and is_later:
                self.outside.add(entry.pk)
        return tracks

    def _asked_for(self) -> set[int]:
        """What each reader of the present looks at."""
        keys = {key for since in self.newest.values() for key in since}
        keys |= self.outside
        for path in self.newest:
            keys |= _newest_naming(self.campaign, path)
        beyond = AuditEntry.objects.filter(
            campaign_id=self.campaign, seal__position__gte=self.bounds.end
        ).order_by("pk")
        first = beyond.values_list("pk", flat=True).first()
        ours = {one.pk for one in self.entries}
        keys |= ours & set(self.pinned)
        return keys | {key for key in ours if first is not None and key > first}

    def _complete(self, keys: set[int]) -> None:
        """A change stays whole or goes whole."""
        of_change: dict[int, list[Entry]] = {}
        for entry in self.entries:
            if entry.change is not None:
                of_change.setdefault(entry.change, []).append(entry)
        later = _later(of_change)
        for change, entries in of_change.items():
            stays = change in self.unfinished or change in later
            if stays or any(one.pk in keys or not one.may_go for one in entries):
                keys.update(one.pk for one in entries)

    def _left(self, keys: Collection[int]) -> defaultdict[str, Track]:
        """Replay what would be left if these stay."""
        tracks: defaultdict[str, Track] = defaultdict(Track)
        for entry, _, _, told in self._rows():
            is_left = not entry.may_go or entry.pk in keys
            for one in told if is_left else ():
                knowledge.follow(tracks, one)
        return tracks

    def _rows(self) -> Iterator[tuple[Entry, str, datetime, list[Told]]]:
        after = 0
        before = AuditEntry.objects.filter(
            campaign_id=self.campaign, seal__position__lt=self.bounds.end
        ).exclude(body="")
        columns = ("pk", "seal__position", "change_id", "event", "at", "body")
        while rows := list(
            before.filter(pk__gt=after).order_by("pk").values_list(*columns)[:PIECE]
        ):
            for pk, position, change, event, at, body in rows:
                told = knowledge.told(pk, at, documents.loads(body))
                told.sort(key=lambda one: one.field)
                fields = tuple(one.field for one in told)
                may_go = self.bounds.holds(position)
                yield Entry(pk, change, may_go, fields), event, at, told
            after = rows[-1][0]


def _first_touches(campaign: int) -> dict[str, datetime]:
    """When each field was first asked for by a set of ours; an undo looks from then."""
    rows = FieldChange.objects.filter(change__campaign=campaign).order_by()
    first = rows.values("field").annotate(at=Min("change__change_set__created_at"))
    return dict(first.values_list("field", "at"))


def _newest_naming(campaign: int, path: str) -> set[int]:
    """As many as "why is it like this?" looks at."""
    named = AuditValue.objects.filter(campaign_id=campaign, field=path)
    newest = named.order_by("-entry_id").values_list("entry_id", flat=True).distinct()
    return set(newest[: as_of.OF_A_FIELD])


def _later(of_change: dict[int, list[Entry]]) -> set[int]:
    """The changes of which entries tell that are not among these."""
    keys, found = sorted(of_change), set()
    for start in range(0, len(keys), PIECE):
        some = AuditEntry.objects.filter(change_id__in=keys[start : start + PIECE])
        last = some.order_by().values("change_id").annotate(last=Max("pk"))
        for change, newest in last.values_list("change_id", "last"):
            if newest > of_change[change or 0][-1].pk:
                found.add(change or 0)
    return found
