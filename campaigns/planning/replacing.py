"""A newer edit in the place of one that still waits: its author may choose so.

Whole changes only, and only while nothing was built on them: what is sent then is
compared with what their author saw, as if they had never been asked for.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from campaigns import changes
from campaigns.changes import Wish
from campaigns.diff import Origin, Plan
from campaigns.lifecycle import State
from campaigns.models import Change, ChangeSet, FieldChange, Person
from campaigns.planning import drafts
from campaigns.planning.drafts import COMING, Desk


@dataclass(frozen=True, slots=True)
class Replacement:
    """The waiting changes, and what would be sent instead; or why that cannot be."""

    changes: tuple[Change, ...]
    plan: Plan
    why_not: str = ""


def find(desk: Desk, plan: Plan, rows: Sequence[FieldChange]) -> Replacement | None:
    """What the person's own waiting changes among `rows` could be replaced by.

    None when none of their own waits unsent.
    """
    mine = {row.change_id: row.change for row in rows if _is_mine(desk, row.change)}
    if not mine:
        return None
    instead = drafts.without(desk, mine).plan()
    why_not = (
        _left_over(plan, mine) or _built_on(mine.values()) or _differs(plan, instead)
    )
    return Replacement(tuple(mine.values()), instead, why_not)


@transaction.atomic
def carry_out(
    request: Callable[[list[Wish]], ChangeSet],
    person: Person,
    wishes: Sequence[Wish],
    instead: Mapping[int, Replacement],
) -> ChangeSet:
    """Request every wish, and end the changes that are replaced, by campaign.

    Raises `LostRace` when a worker was quicker; then nothing of it was done.
    """
    sent = request([_wish(wish, instead.get(wish.campaign.pk)) for wish in wishes])
    newer = dict(sent.changes.values_list("campaign_id", "pk"))
    for campaign_id, found in instead.items():
        for change in found.changes:
            changes.supersede(change, person, newer[campaign_id])
    return sent


def _wish(wish: Wish, found: Replacement | None) -> Wish:
    return replace(wish, edits=found.plan.edits) if found else wish


def _is_mine(desk: Desk, change: Change) -> bool:
    is_mine = change.change_set.person_id == desk.person.pk
    is_unsent = change.state == State.WAITING and change.sends == 0
    return is_mine and is_unsent and not change.attempts.may_be_there().exists()


def _left_over(plan: Plan, mine: Collection[int]) -> str:
    """A field of a waiting change that nobody edits anew would be lost."""
    touched = [edit.field for edit in plan.edits if edit.origin == Origin.TOUCHED]
    rows = FieldChange.objects.filter(change__in=mine, origin=Origin.TOUCHED.value)
    left = rows.exclude(field__in=touched).first()
    if left is None:
        return ""
    return f"The waiting change also asks for {left.label}: only a whole one can go."


def _built_on(mine: Collection[Change]) -> str:
    first = min(mine, key=lambda change: change.sequence)
    later = FieldChange.objects.filter(
        change__campaign=first.campaign_id,
        change__sequence__gt=first.sequence,
        state__in=COMING,
        field__in=FieldChange.objects.filter(change__in=mine).values("field"),
    ).exclude(change__in=mine)
    return "Somebody has edited it again since." if later.exists() else ""


def _differs(plan: Plan, instead: Plan) -> str:
    """What is sent must be what is reviewed, but for the values it comes from."""
    if not instead.edits:
        return "It would be what is live now: cancel the waiting change instead."
    if instead.errors or _wanted(plan) != _wanted(instead):
        return "Without the waiting change, something else would be sent."
    return ""


def _wanted(plan: Plan) -> set[tuple[str, str]]:
    return {(edit.field, edit.wanted) for edit in plan.edits}
