"""Why a field is what it is: who wrote it, or which read found it, and the reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.audit import Event, texts
from campaigns.lifecycle import TOOK_EFFECT, State
from campaigns.models import AuditEntry, Campaign
from campaigns.planning import as_of, knowledge
from campaigns.planning.knowledge import Known, Told

WROTE = TOOK_EFFECT | {State.SENDING, State.UNKNOWN, State.DIFFERENT}
"""A change in one of these states has written, or may have."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What put a value there. `since` begins the time in which it came from outside."""

    at: datetime
    event: str
    entry: int
    state: str
    change: int | None = None
    person_id: int | None = None
    reason: str = ""
    since: datetime | None = None

    @property
    def is_outside(self) -> bool:
        """Nobody here did it."""
        return self.event == Event.OUTSIDE


@dataclass(frozen=True, slots=True)
class Write:
    """One write of a field: from what to what, and its cause."""

    before: str | None
    after: str | None
    cause: Cause


@dataclass(frozen=True, slots=True)
class Why:
    """What a field is known to be now, and its newest writes, newest first.

    `writes` begins with the one that explains the value, where there is one.
    """

    known: Known
    writes: tuple[Write, ...]

    @property
    def is_explained(self) -> bool:
        """Whether the newest write left what stands there."""
        return bool(self.writes) and self.writes[0].after == self.known.value


def why(campaign: Campaign, path: str, limit: int = 6) -> Why:
    """Explain one field, from the newest entries that tell of it."""
    history = as_of.of_field(campaign, path)
    known = knowledge.replayed(history).get(path, knowledge.NOTHING)
    written = _written(history)[:limit]
    found = of_entries({one.entry: one.change for one in written})
    writes = (Write(one.seen, one.wanted, found[one.entry]) for one in written)
    return Why(known, tuple(writes))


def _written(history: Sequence[Told]) -> list[Told]:
    """The last entry of each write, newest write first; seeing one again is none."""
    last: dict[tuple[str, int], Told] = {}
    for one in history:
        if one.is_read and one.seen is not None and _is_sighting(one, last.values()):
            continue
        if one.is_read:
            last["read", one.entry] = one
        elif one.change is not None and one.state in WROTE:
            last["change", one.change] = one
        elif one.change is not None:
            last.pop(("change", one.change), None)
    return list(last.values())[::-1]


def _is_sighting(one: Told, before: Iterable[Told]) -> bool:
    newest = list(before)[-1:]
    return one.event == Event.REPORTED and [n.wanted for n in newest] == [one.wanted]


def of_known(known: Iterable[Known]) -> dict[int, Cause]:
    """By entry, what put each of these values there."""
    return of_entries({k.entry: k.change for k in known if k.entry is not None})


def of_entries(changes: dict[int, int | None]) -> dict[int, Cause]:
    """By entry, its cause, by two queries; `changes` has the change of each entry."""
    asked = AuditEntry.objects.filter(
        change_id__in=[change for change in changes.values() if change is not None],
        event=Event.REQUESTED,
    )
    by_change = {entry.change_id: entry for entry in asked}
    entries = AuditEntry.objects.filter(pk__in=list(changes))
    return {
        entry.pk: _cause(entry, by_change.get(entry.change_id)) for entry in entries
    }


def _cause(entry: AuditEntry, asked: AuditEntry | None) -> Cause:
    after = texts.told(entry)["facts"].get("after")
    is_asked = asked is not None and entry.change_id is not None
    return Cause(
        at=entry.at,
        event=entry.event,
        entry=entry.pk,
        state=entry.state,
        change=entry.change_id,
        person_id=asked.person_id if asked and is_asked else None,
        reason=texts.told(asked)["reason"] if asked and is_asked else "",
        since=datetime.fromisoformat(after) if after else None,
    )
