"""What the entries of a campaign say about its fields, replayed in their order. Pure.

Entries are the truth: no other table is asked. A value is as certain as the entry
that told it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from campaigns.audit import Event
from campaigns.documents import Document
from campaigns.lifecycle import State
from campaigns.planning.certainty import Certainty

READ = frozenset({Event.OUTSIDE, Event.REPORTED, Event.WITHHELD})
"""A read showed something that no change of ours tells."""
COMPARING = frozenset({Event.COMPARED, Event.SENDING})
"""Comes right after a read: what already was so was seen then."""


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as far as it speaks of one field. `state` is that of the field."""

    entry: int
    at: datetime
    event: str
    change: int | None
    field: str
    seen: str | None
    wanted: str | None
    state: str
    after: datetime | None

    @property
    def is_read(self) -> bool:
        """A read told it, not a change."""
        return self.event in READ


@dataclass(frozen=True, slots=True)
class Known:
    """What a field was at a moment. `at` is when that became known.

    `other` is the second value that it may have been; `later` the next moment that
    tells more: seen again, seen at last, first read. `entry` is what put it there.
    """

    value: str | None
    certainty: Certainty
    at: datetime | None = None
    other: str | None = None
    later: datetime | None = None
    entry: int | None = None
    change: int | None = None


NOTHING = Known(None, Certainty.UNKNOWN)


@dataclass(slots=True)
class Track:
    """One field on the way through its entries."""

    seen: Known = NOTHING
    blind: Known = NOTHING
    under_way: dict[int, Known] = field(default_factory=dict)

    def known(self) -> Known:
        """What is known after the last entry."""
        settled = self._settled()
        for known in self.under_way.values():
            if known.certainty == Certainty.SENT:
                settled = known
            elif known.value != settled.value:
                settled = replace(known, value=settled.value, other=known.value)
        return settled

    def begins_with(self, one: Told) -> bool:
        """Whether what is known now needs nothing older than this entry's change."""
        newest = self._settled()
        is_blind = one.state == State.UNCONFIRMABLE and newest.change == one.change
        return not self.under_way and (newest.entry == one.entry or is_blind)

    def is_like(self, other: "Track") -> bool:
        """Whether both will tell the same, whatever entries follow."""
        mine, theirs = (
            (track.seen, track._settled(), track.under_way) for track in (self, other)
        )
        return mine == theirs

    def _settled(self) -> Known:
        is_seen = self.blind.at is None or _is_newer(self.seen, self.blind)
        return self.seen if is_seen else self.blind


def told(entry: int, at: datetime, body: Document) -> list[Told]:
    """An entry, field by field."""
    facts: Mapping[str, Any] = body.get("facts") or {}
    since = facts.get("after")
    return [
        Told(
            entry,
            at,
            body["event"],
            body.get("change"),
            one["field"],
            one.get("seen"),
            one.get("wanted"),
            one.get("state") or "",
            datetime.fromisoformat(since) if since else None,
        )
        for one in body.get("fields") or ()
    ]


def replayed(history: Iterable[Told]) -> dict[str, Known]:
    """What is known of each field after these entries, oldest first."""
    tracks: dict[str, Track] = {}
    for one in history:
        follow(tracks, one)
    return {path: track.known() for path, track in tracks.items()}


def follow(tracks: dict[str, Track], one: Told) -> Track:
    """Go on by one entry; the field it speaks of."""
    track = tracks.setdefault(one.field, Track())
    if one.is_read:
        _read(track, one)
    elif one.change is not None and one.wanted is not None:
        _step(track, one, one.change, one.wanted)
    return track


def _read(track: Track, one: Told) -> None:
    """A read is newer than what was accepted before it and not yet seen.

    What it merely shows at last stays the work of the change that sent it.
    """
    certainty = Certainty.UNKNOWN if one.wanted is None else Certainty.SEEN
    seen, before = _known(one, one.wanted, certainty), track.known()
    if one.event == Event.REPORTED and one.wanted in (before.value, before.other):
        seen = replace(seen, entry=before.entry or seen.entry, change=before.change)
    track.seen, track.blind = seen, NOTHING
    for change, known in list(track.under_way.items()):
        if known.certainty == Certainty.SENT:
            del track.under_way[change]


def _step(track: Track, one: Told, change: int, wanted: str) -> None:
    """One step of a change: what it may have left, or has."""
    if track.seen is NOTHING and one.seen is not None:
        track.seen = Known(one.seen, Certainty.SEEN, one.at, entry=one.entry)
    state = one.state
    if state in (State.SENDING, State.UNKNOWN):
        track.under_way[change] = _known(one, wanted, Certainty.MAYBE)
    elif state == State.ACCEPTED:
        _accept(track, one, change, wanted)
    elif state == State.ALREADY_SO and one.event in COMPARING:
        track.seen = _known(one, wanted, Certainty.SEEN)
    else:
        _end(track, one, track.under_way.pop(change, None))


def _accept(track: Track, one: Told, change: int, wanted: str) -> None:
    before = track.under_way.pop(change, None)
    if before is None or before.certainty != Certainty.SENT:
        before = _known(one, wanted, Certainty.SENT)
    track.under_way[change] = before


def _end(track: Track, one: Told, sent: Known | None) -> None:
    """A change came to its end. What was told twice counts once."""
    if sent is None:
        return
    if one.state == State.CONFIRMED:
        track.seen = _known(one, sent.value, Certainty.SEEN)
    elif one.state == State.UNCONFIRMABLE and not _is_newer(track.blind, sent):
        track.blind = replace(sent, certainty=Certainty.BLIND)


def _is_newer(one: Known, other: Known) -> bool:
    return one.at is not None and other.at is not None and one.at > other.at


def _known(one: Told, value: str | None, certainty: Certainty) -> Known:
    return Known(value, certainty, one.at, entry=one.entry, change=one.change)


def looked_ahead(
    known: Mapping[str, Known], following: Iterable[Told], moment: datetime
) -> dict[str, Known]:
    """The same with what the first evidence after the moment says about it."""
    seen = dict(known)
    open_fields = set(seen)
    for one in following:
        if one.field not in seen:
            seen[one.field] = NOTHING
            open_fields.add(one.field)
        if one.field in open_fields and _is_overwritten(one, seen[one.field]):
            open_fields.discard(one.field)
        if one.field in open_fields and _tells_more(one, seen[one.field]):
            seen[one.field] = _ahead(seen[one.field], one, moment)
            open_fields.discard(one.field)
    return seen


def _is_overwritten(one: Told, known: Known) -> bool:
    """Another change left later: what reads show from then on is its work."""
    is_other = one.change is not None and one.change != known.change
    return is_other and one.state == State.SENDING and known.value is not None


def _tells_more(one: Told, known: Known) -> bool:
    is_proof = one.state in (State.CONFIRMED, State.ALREADY_SO)
    return one.is_read or (is_proof and one.change == known.change)


def _ahead(known: Known, one: Told, moment: datetime) -> Known:
    if one.event != Event.OUTSIDE:
        might_be = (known.value, known.other)
        is_shown = known.value is None or one.wanted in might_be
        return replace(known, later=one.at) if is_shown and one.wanted else known
    if one.after is not None and one.after > moment:
        return replace(known, later=one.after)
    value = one.seen if known.value is None else known.value
    return Known(
        value, Certainty.BETWEEN, one.after, one.wanted, one.at, one.entry, known.change
    )
