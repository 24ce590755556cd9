"""The four piles of an undo: what each field would do, and why. Pure.

Every field of what is undone lies in exactly one pile, so that the piles add up.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from campaigns.diff import Plan
from campaigns.fields import PlatformField
from campaigns.lifecycle import TOOK_EFFECT, State
from campaigns.models import FieldChange
from campaigns.planning import ways_back
from campaigns.planning.drafts import Desk
from campaigns.planning.touches import Ledger, Stood, Touch

ARCHIVED = "Its connection was archived: nothing can be sent there."
FORGOTTEN = "Campaign Desk no longer knows this field."
NEVER_KNOWN = "The value before was never known."
NOT_SENT = "It has not been sent yet. Cancel it instead."
NOT_SETTLED = "Nobody knows yet whether it arrived. Undo it when that is settled."
NEVER_TOOK_EFFECT = "It never took effect."
IS_BACK = "It already is what it was."


class Pile(StrEnum):
    """Where a field lies before an undo is sent."""

    BACK = "back"
    AGAIN = "again"
    CANNOT = "cannot"
    ALREADY = "already"


PENDING = {
    State.WAITING: NOT_SENT,
    State.HELD: NOT_SENT,
    State.SENDING: NOT_SETTLED,
    State.UNKNOWN: NOT_SETTLED,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One field of what is undone.

    `because` says why it cannot go back, or not without a neighbour; `last` is who
    wrote there last, if that is not what is undone.
    """

    row: FieldChange
    pile: Pile
    because: str = ""
    before: str | None = None
    now: str | None = None
    before_text: str = ""
    now_text: str = ""
    last: Touch | None = None
    is_ticked: bool = False

    @property
    def key(self) -> str:
        """Names the line in a form."""
        return key_of(self.row)

    @property
    def is_sent(self) -> bool:
        """Whether sending the undo puts this field back."""
        is_chosen = self.pile == Pile.AGAIN and self.is_ticked and not self.because
        return self.pile == Pile.BACK or is_chosen


@dataclass(frozen=True, slots=True)
class Sorted:
    """The lines of one campaign, and what putting them back would send."""

    desk: Desk | None
    lines: tuple[Line, ...]
    plan: Plan = field(default_factory=Plan)


def key_of(row: FieldChange) -> str:
    """The name of a field of a campaign: "12.ttr"."""
    return f"{row.change.campaign_id}.{row.field}"


def sort_out(
    desk: Desk | None,
    rows: Sequence[FieldChange],
    ledger: Ledger,
    ticked: Collection[str] = (),
) -> Sorted:
    """Lay the fields of one campaign on their piles. No desk: it was archived."""
    if desk is None:
        return Sorted(None, tuple(Line(row, Pile.CANNOT, ARCHIVED) for row in rows))
    lines = [_judge(desk, row, ledger) for row in rows]
    return _solve(desk, [replace(line, is_ticked=line.key in ticked) for line in lines])


def refused(sorted_out: Sorted, path: str, because: str) -> Sorted:
    """The same without one field, which cannot go back for a reason from outside."""
    if sorted_out.desk is None:
        return sorted_out
    lines = (
        replace(line, pile=Pile.CANNOT, because=because)
        if line.row.field == path
        else line
        for line in sorted_out.lines
    )
    return _solve(sorted_out.desk, list(lines))


def _solve(desk: Desk, lines: Sequence[Line]) -> Sorted:
    """Let the platform's rules speak: to all that is not back, then to what is chosen.

    What no choice of ticks could put back cannot go back.
    """
    every = ways_back.find(desk, _targets(lines))
    lines = [_without_hope(line, every.refused) for line in lines]
    chosen = [line for line in lines if line.is_sent]
    way = ways_back.find(
        desk,
        _targets(chosen),
        on_purpose=[line.row.field for line in chosen if line.is_ticked],
        is_guarded=True,
    )
    settled = (_with_neighbours(line, every.refused, way.refused) for line in lines)
    return Sorted(desk, tuple(settled), way.plan)


def _targets(lines: Iterable[Line]) -> dict[str, str]:
    return {
        line.row.field: line.before
        for line in lines
        if line.pile in (Pile.BACK, Pile.AGAIN) and line.before is not None
    }


def _without_hope(line: Line, refused: Mapping[str, str]) -> Line:
    if line.pile != Pile.AGAIN or line.row.field not in refused:
        return line
    return replace(line, pile=Pile.CANNOT, because=refused[line.row.field])


def _with_neighbours(
    line: Line, ever: Mapping[str, str], now: Mapping[str, str]
) -> Line:
    """A field that goes back only with one that was changed since is left alone."""
    path = line.row.field
    if path not in now:
        return line
    pile = Pile.CANNOT if path in ever else Pile.AGAIN
    return replace(line, pile=pile, because=now[path])


def _judge(desk: Desk, row: FieldChange, ledger: Ledger) -> Line:
    """Where a field lies by what was written, before the platform's rules speak."""
    declared = desk.form.declared().get(row.field)
    if declared is None:
        return Line(row, Pile.CANNOT, FORGOTTEN)
    place = (row.change.campaign_id, row.field)
    change_set = row.change.change_set_id
    stood = ledger.stood.get((change_set, place), Stood(row.seen, row.wanted))
    now = _now(desk, declared, ledger)
    is_ours = ledger.is_of(change_set, place) and now == stood.after
    pile, because = _pile(desk, row, stood.before, now, is_ours=is_ours)
    return Line(
        row,
        pile,
        because,
        before=stood.before,
        now=now,
        before_text=declared.display(stood.before, desk.document),
        now_text=declared.display(now, desk.document),
        last=None if is_ours else ledger.last.get(place),
    )


def _pile(
    desk: Desk, row: FieldChange, before: str | None, now: str | None, *, is_ours: bool
) -> tuple[Pile, str]:
    state = State(row.state)
    if state in PENDING:
        return Pile.CANNOT, PENDING[state]
    if state not in TOOK_EFFECT and state != State.DIFFERENT:
        return Pile.ALREADY, f"{NEVER_TOOK_EFFECT} ({state.word})"
    if before is None:
        return Pile.CANNOT, NEVER_KNOWN
    if now == before:
        return Pile.ALREADY, IS_BACK
    if lock := desk.locks().get(row.field):
        return Pile.CANNOT, lock
    return (Pile.BACK if is_ours else Pile.AGAIN), ""


def _now(desk: Desk, declared: PlatformField, ledger: Ledger) -> str | None:
    """What stands there now: read, or sent after the last read, or sent blind."""
    shown = declared.read(desk.document)
    last = ledger.last.get((desk.campaign.pk, declared.path))
    if last is None or last.row is None or last.row.state != State.UNCONFIRMABLE:
        return shown
    read_at = desk.age(declared)
    return last.after if shown is None or not read_at or read_at < last.at else shown
