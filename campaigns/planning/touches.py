"""Who a field belongs to: every write to it replayed in its order. Pure.

An undo gives a field back to whoever it belonged to before what was undone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from campaigns.lifecycle import TOOK_EFFECT, State
from campaigns.models import FieldChange

TOUCHING = TOOK_EFFECT | {
    State.WAITING,
    State.HELD,
    State.SENDING,
    State.UNKNOWN,
    State.ALREADY_SO,
}
"""Has written, will write, may have written, or found what it wanted to write."""

Place = tuple[int, str]
"""A campaign and the path of one of its fields."""


@dataclass(frozen=True, slots=True)
class Touch:
    """One write: by a row of a change set, or outside (`row` None, after `since`).

    `before` is None where it was not known, `after` where it cannot be.
    """

    place: Place
    at: datetime
    before: str | None
    after: str | None
    row: FieldChange | None = None
    since: datetime | None = None

    @property
    def change_set(self) -> int | None:
        """The set that wrote; None for a write from outside."""
        return self.row.change.change_set_id if self.row else None

    @property
    def undoes(self) -> int | None:
        """The set that this write puts back."""
        return self.row.change.change_set.undoes_id if self.row else None


Owners = frozenset[int]
"""The change sets that what stands somewhere is the work of; empty: of nobody here.

They are several after an undo: the undo, and who left it so before what was undone.
"""


@dataclass(frozen=True, slots=True)
class Stood:
    """What one change set found at a place, what it left, whose the place was."""

    before: str | None
    after: str | None
    owners: Owners = frozenset()


@dataclass(slots=True)
class Ledger:
    """Where all writes have led. `stood` is by change set and place."""

    owners: dict[Place, Owners] = field(default_factory=dict)
    last: dict[Place, Touch] = field(default_factory=dict)
    stood: dict[tuple[int, Place], Stood] = field(default_factory=dict)

    def value(self, place: Place) -> str | None:
        """What was written last; None when nothing was."""
        touch = self.last.get(place)
        return touch.after if touch else None

    def is_of(self, change_set: int, place: Place) -> bool:
        """Whether what stands there now is the work of this set."""
        return change_set in self.owners.get(place, ())


def touch_of(row: FieldChange) -> Touch:
    """A field change as a write. Where it already was so, nothing moved."""
    change = row.change
    before = row.wanted if row.state == State.ALREADY_SO else row.seen
    at = change.accepted_at or change.created_at
    return Touch((change.campaign_id, row.field), at, before, row.wanted, row)


def replay(touches: Iterable[Touch]) -> Ledger:
    """Follow writes in their order to what stands now, and whose it is."""
    ledger = Ledger()
    for touch in touches:
        _write(ledger, touch)
        ledger.last[touch.place] = touch
    return ledger


def _write(ledger: Ledger, touch: Touch) -> None:
    place, change_set = touch.place, touch.change_set
    if change_set is None:
        ledger.owners[place] = frozenset()
        return
    known = touch.before if touch.before is not None else ledger.value(place)
    found = Stood(known, touch.after, ledger.owners.get(place, frozenset()))
    first = ledger.stood.get((change_set, place), found)
    ledger.stood[change_set, place] = replace(first, after=touch.after)
    undone = ledger.stood.get((touch.undoes, place)) if touch.undoes else None
    is_back = undone is not None and undone.before == touch.after
    theirs = undone.owners if undone and is_back else frozenset()
    ledger.owners[place] = theirs | {change_set}
