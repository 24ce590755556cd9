"""A person's unsent edits on all campaigns as one proposal: reviewed, then sent.

What is sent is what was reviewed: the digest of the reviewed edits comes back with
the Send, and anything that moved since asks for another look.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, replace
from functools import partial

from campaigns import changes, documents
from campaigns.changes import LostRace, Overtaken, Wish
from campaigns.diff import FieldEdit
from campaigns.models import (
    Campaign,
    ChangeSet,
    Channel,
    Draft,
    FieldChange,
    Person,
)
from campaigns.planning import items, replacing
from campaigns.planning.drafts import COMING, open_desks
from campaigns.planning.items import Item, Price
from campaigns.planning.replacing import Replacement

MOVED = "Something moved since you reviewed this. Look at it once more."


class Moved(Exception):
    """What would be sent now is not what the person reviewed."""


class NotReady(Exception):
    """Something has to be mended, or chosen, before this can be sent."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Everything a person has not sent yet."""

    person: Person
    items: tuple[Item, ...]

    @property
    def edits(self) -> list[FieldEdit]:
        """Every edit of every campaign."""
        return [edit for item in self.items for edit in item.plan.edits]

    @property
    def wishes(self) -> list[Wish]:
        """What is asked for, provided that nothing else was since."""
        return [
            Wish(i.campaign, i.plan.edits, i.desk.last_sequence) for i in self.items
        ]

    @property
    def has_errors(self) -> bool:
        """Something has to be mended before this can be sent."""
        return any(item.plan.errors for item in self.items)

    @property
    def price(self) -> Price:
        """What all of it takes and may cost."""
        return items.total(item.price for item in self.items)

    @property
    def one_way(self) -> int:
        """How many edits can never be taken back."""
        return sum(edit.one_way for edit in self.edits)

    @property
    def digest(self) -> str:
        """Stands for exactly these edits, with the values seen."""
        content = [
            [w.campaign.pk, [asdict(edit) for edit in w.edits]] for w in self.wishes
        ]
        return hashlib.sha256(documents.canonical(content).encode()).hexdigest()


def propose(person: Person) -> Proposal:
    """Plan every unsent edit of a person against what is known now."""
    touched = Draft.objects.filter(person=person).values("campaign_id")
    campaigns = Campaign.objects.visible_to(person).filter(pk__in=touched)
    rows = campaigns.select_related("connection").order_by("pk")
    desks = open_desks(person, list(rows)).values()
    plans = [(desk, desk.plan()) for desk in desks if desk.drafts]
    return Proposal(person, tuple(map(_told, items.lay_out(plans))))


def _told(item: Item) -> Item:
    """The same with what else is to be told of it: what moved, what is on its way."""
    plan, drafts = item.plan, item.desk.drafts
    moved = tuple(
        edit
        for edit in plan.edits
        if edit.field in drafts and drafts[edit.field].seen != edit.seen
    )
    replaced = _replaced(item.campaign, (edit.field for edit in plan.edits))
    return replace(item, moved=moved, replaces=tuple(replaced))


def _replaced(campaign: Campaign, fields: Iterable[str]) -> list[FieldChange]:
    """Edits of the same fields that are still on their way."""
    rows = FieldChange.objects.filter(
        change__campaign=campaign, field__in=list(fields), state__in=COMING
    )
    return list(rows.select_related("change__change_set__person"))


def send(
    proposal: Proposal,
    *,
    key: str,
    digest: str,
    title: str = "",
    reason: str = "",
    undoes: ChangeSet | None = None,
    replace: Collection[int] = (),
    request_id: str = "",
) -> ChangeSet:
    """Give a reviewed proposal over. The same key gives the same change set again.

    On the campaigns in `replace` it takes the place of the person's own changes that
    wait; where that cannot be, or a worker was quicker, it goes out after them.

    Raises `Moved` when `digest` is not that of the proposal, `NotReady` when it
    has errors or is empty, `NotAllowed` when the person may not.
    """
    sent = ChangeSet.objects.filter(person=proposal.person, key=key).first()
    if sent is not None:
        return sent
    _check(proposal, digest)
    request = partial(
        changes.request,
        proposal.person,
        key=key,
        title=title,
        reason=reason,
        channel=Channel.UNDO if undoes else Channel.SCREEN,
        undoes=undoes,
        request_id=request_id,
    )
    try:
        return _carry_out(request, proposal, replace)
    except Overtaken as error:
        raise Moved(MOVED) from error


def _carry_out(
    request: Callable[[list[Wish]], ChangeSet],
    proposal: Proposal,
    replace: Collection[int],
) -> ChangeSet:
    carry_out = partial(replacing.carry_out, request, proposal.person, proposal.wishes)
    try:
        return carry_out(_instead(proposal, replace))
    except LostRace:
        return carry_out({})


def _check(proposal: Proposal, digest: str) -> None:
    if not proposal.items or not proposal.edits:
        raise NotReady("There is nothing to send: no field differs from what is live.")
    if proposal.has_errors:
        raise NotReady("Mend the marked fields first. Nothing was sent.")
    if digest != proposal.digest:
        raise Moved(MOVED)


def _instead(proposal: Proposal, replace: Collection[int]) -> dict[int, Replacement]:
    """What can be replaced on the campaigns chosen for it."""
    chosen = [item for item in proposal.items if item.campaign.pk in replace]
    found = {item.campaign.pk: item.replacement for item in chosen}
    return {pk: each for pk, each in found.items() if each and not each.why_not}
