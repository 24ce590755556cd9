"""Theirs, mine or another value: what a person decides about a Clash or a Different.

Mine and another value become an ordinary new change that has seen what the page showed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from campaigns import changes
from campaigns.audit import Event
from campaigns.changes import Fate, Wish
from campaigns.diff import Origin
from campaigns.lifecycle import State
from campaigns.models import Change, ChangeSet, Channel, FieldChange, Person
from campaigns.planning.drafts import Desk, Stale, open_desks

UNDECIDED = (State.CLASH, State.DIFFERENT)

ASKS_BESIDE = (State.REJECTED, State.FAILED, State.UNKNOWN)
"""A change that waits for a person for more than the values that were found."""

ASKS_FIRST = "This asks for a tick or a word first: edit it as a field, and review it."
NOT_OFFERED = "This field can no longer be sent: choose theirs."
KEPT = "Theirs was kept."
"""Said at a field of a Different that is decided so: its state stays what it is."""


class NothingToDecide(Exception):
    """Somebody has decided this already, or it never was open."""


class NotAcceptable(Exception):
    """The chosen value breaks a rule; `messages` say which."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


def undecided(change: Change) -> list[FieldChange]:
    """The fields of a change where a person has to choose which value is live."""
    return [row for row in change.fields.all() if is_undecided(change, row)]


def is_undecided(change: Change, row: FieldChange) -> bool:
    """Whether a person has to choose which value of one field is live."""
    is_open = row.state in UNDECIDED and row.advice != KEPT
    return is_open and row.origin == Origin.TOUCHED and change.waits_for_person


def desks(person: Person, asked: Iterable[Change]) -> dict[int, Desk]:
    """The desks of the campaigns where something is undecided, by their keys.

    By three queries however many; none for a platform that is no longer installed.
    """
    campaigns = {c.campaign_id: c.campaign for c in asked if undecided(c)}
    return open_desks(person, list(campaigns.values()))


def known(desk: Desk | None, path: str) -> str | None:
    """What is known of a field now, as canonical text: a choice is about this value.

    None where nothing is, or where the field is no longer offered.
    """
    if desk is None or path not in desk.form.declared():
        return None
    return desk.seen(path)


@transaction.atomic
def decide(
    person: Person,
    change: Change,
    path: str,
    choice: str,
    data: Mapping[str, Any],
    *,
    seen: str | None,
) -> ChangeSet | None:
    """Carry out `choice` (theirs, mine, other) for one field of a change.

    `seen` is the canonical text that the page showed as known. Returns the new change
    set, or None when theirs stays. Raises `Stale` when something else is known by now,
    `NothingToDecide`, `NotAcceptable` or, when somebody else was quicker, `LostRace`.
    """
    changes.wake(change.campaign_id)  # a lock: who decides second finds it decided
    change.refresh_from_db(fields=["state", "waits_for_person"])
    row = next((each for each in undecided(change) if each.field == path), None)
    if row is None:
        raise NothingToDecide("This has been decided already.")
    desk = open_desks(person, [change.campaign]).get(change.campaign_id)
    if seen != known(desk, path):
        raise Stale(path)
    if choice == "theirs":
        _close(person, change, row, choice)
        return None
    if desk is None or path not in desk.form.declared():
        raise NotAcceptable([NOT_OFFERED])
    if lock := desk.locks().get(path):
        raise NotAcceptable([lock])
    wanted = row.wanted if choice == "mine" else _typed(desk, path, data)
    sent = _ask_again(person, desk, row, wanted)
    _close(person, change, row, choice, by=sent)
    return sent


def _typed(desk: Desk, path: str, data: Mapping[str, Any]) -> str:
    form = desk.form(desk.document, data, only=[path])
    if messages := form.errors.get(path):
        raise NotAcceptable([str(message) for message in messages])
    wanted = form.wanted().get(path)
    if wanted is None:
        raise NotAcceptable(["This is what is live now: choose theirs to keep it."])
    if desk.form.declared()[path].to_know(desk.seen(path), wanted, desk.document):
        raise NotAcceptable([ASKS_FIRST])
    return wanted


def _ask_again(person: Person, desk: Desk, row: FieldChange, wanted: str) -> ChangeSet:
    plan = desk.form.plan(desk.document, {row.field: wanted})
    if plan.errors:
        raise NotAcceptable([text for texts in plan.errors.values() for text in texts])
    if not plan.edits:
        raise NotAcceptable(["This is what is live now: choose theirs to keep it."])
    before = row.change.change_set
    return changes.request(
        person,
        [Wish(desk.campaign, plan.edits)],
        key=f"decide:{row.pk}",
        title=before.title,
        reason=before.reason,
        channel=Channel.SCREEN,
    )


def _close(
    person: Person,
    change: Change,
    row: FieldChange,
    choice: str,
    by: ChangeSet | None = None,
) -> None:
    """End the field, and the change with it when nothing else in it is undecided.

    A Different of which any field stays as it was found stays Different.
    """
    fates = changes.as_they_are(change)
    ended = State.CANCELLED if by is None else State.SUPERSEDED
    if row.state == State.DIFFERENT and by is None:
        ended = State.DIFFERENT
    fates[row.field] = Fate(ended, advice="" if by else KEPT)
    is_last = [each.pk for each in undecided(change)] == [row.pk]
    if is_last:
        beside = change.fields.filter(state__in=UNDECIDED)
        for other in beside.exclude(origin=Origin.TOUCHED):
            fates[other.field] = Fate(ended)
    is_over = is_last and all(fate.state != change.state for fate in fates.values())
    changes.move(
        change,
        ended if is_over else State(change.state),
        Event.DECIDED,
        fates=fates,
        person=person,
        says=None,
        facts={"field": row.field, "decision": choice, "set": by.pk if by else None},
        waits_for_person=not is_last or change.state in ASKS_BESIDE,
    )
