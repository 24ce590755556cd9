"""What puts a campaign back to what it was at a moment, as unsent edits to review.

Sends nothing: the review page shows these edits, and sending is theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.diff import FieldEdit, Origin, Plan
from campaigns.planning import as_of, drafts, ways_back
from campaigns.planning.drafts import Desk
from campaigns.planning.knowledge import Known


@dataclass(frozen=True, slots=True)
class PutBack:
    """A plan for what can go back; why other fields cannot, by path."""

    plan: Plan
    refused: Mapping[str, str]

    @property
    def edits(self) -> list[FieldEdit]:
        """What would change, with what goes along."""
        return [edit for edit in self.plan.edits if edit.seen != edit.wanted]


def find(desk: Desk, then: Mapping[str, Known], now: Mapping[str, Known]) -> PutBack:
    """Plan the fields that certainly differ, as far as the platform lets them go back.

    A field whose way back would change another one that is to stay is refused.
    """
    targets = {
        path: known.value
        for path, known in then.items()
        if known.value is not None and as_of.differ(known, now[path])
    }
    locks = desk.locks()
    locked = {path: locks[path] for path in targets if path in locks}
    free = {path: text for path, text in targets.items() if path not in locked}
    way = ways_back.find(desk, free, is_guarded=True)
    return PutBack(way.plan, locked | dict(way.refused))


def keep(desk: Desk, found: PutBack) -> int:
    """Keep it as unsent edits of who sits at the desk; how many fields change.

    An unsent edit of the same field gives way.
    """
    asked = [edit for edit in found.edits if edit.origin == Origin.TOUCHED]
    drafts.keep(desk, {edit.field: edit.wanted for edit in asked})
    return len(found.edits)
