"""Requests changes: one transaction from "saved" to Waiting.

Nothing is sent here. A second request with the same key returns the first set.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from campaigns import clock
from campaigns.audit import Event
from campaigns.changes.moves import begin, move
from campaigns.diff import FieldEdit
from campaigns.lifecycle import State
from campaigns.models import (
    Campaign,
    Change,
    ChangeSet,
    Channel,
    Connection,
    Draft,
    FieldChange,
    Lane,
    Person,
)
from campaigns.rights import Right


class NotAllowed(Exception):
    """The person may not send this change; the text says why."""


class Overtaken(Exception):
    """Something else was asked of a campaign since this was planned."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of one campaign: its edits, as planned and reviewed.

    `after` is the last number of its lane when that was planned; None asks for no
    check.
    """

    campaign: Campaign
    edits: Sequence[FieldEdit]
    after: int | None = None


@transaction.atomic
def request(
    person: Person,
    wishes: Sequence[Wish],
    *,
    key: str,
    title: str = "",
    reason: str = "",
    channel: Channel = Channel.SCREEN,
    undoes: ChangeSet | None = None,
    request_id: str = "",
) -> ChangeSet:
    """Accept one change set, a change for each campaign, each in its lane.

    `key` names the intent: the same person and key give the same set again.
    Raises `NotAllowed` if the person lost the right, or a campaign its connection;
    `Overtaken` if a lane has gone on since the edits were planned.
    """
    change_set, is_new = ChangeSet.objects.get_or_create(
        person=person,
        key=key,
        defaults={
            "title": title,
            "reason": reason,
            "channel": channel,
            "undoes": undoes,
            "created_at": clock.now(),
        },
    )
    if not is_new:
        return change_set
    _check_right(person, wishes)
    asked = [wish for wish in wishes if wish.edits]
    asked.sort(key=lambda wish: wish.campaign.pk)
    for wish in asked:
        _check_lane(wish)
    for wish in asked:
        _accept(change_set, wish, request_id)
    return change_set


def _check_right(person: Person, wishes: Sequence[Wish]) -> None:
    now = Person.objects.filter(pk=person.pk).first()
    if now is None or not now.may(Right.EDIT):
        raise NotAllowed("You may no longer edit campaigns. Ask an admin.")
    wanted = {wish.campaign.pk for wish in wishes}
    seen = Campaign.objects.visible_to(now).filter(pk__in=wanted).count()
    if seen != len(wanted) or not wanted:
        raise NotAllowed("One of these campaigns is no longer yours to edit.")


def _check_lane(wish: Wish) -> None:
    """Lock the lane; the same edits from two tabs at once are asked for once."""
    if wish.after is None:
        return
    lane = Lane.objects.filter(campaign=wish.campaign, last_sequence=wish.after)
    if not lane.update(last_sequence=wish.after):
        raise Overtaken(f"{wish.campaign} has a newer change than {wish.after}")


def _accept(change_set: ChangeSet, wish: Wish, request_id: str) -> Change:
    change = begin(change_set.pk, wish.campaign.pk)
    connection = Connection.objects.in_use().filter(campaigns=wish.campaign).first()
    if connection is None:
        raise NotAllowed("Its connection was archived. Nothing was sent.")
    change.change_set, change.campaign = change_set, wish.campaign
    change.campaign.connection = connection
    FieldChange.objects.bulk_create(_row(change, edit) for edit in wish.edits)
    move(
        change,
        State.HELD if connection.is_held else State.WAITING,
        Event.REQUESTED,
        person=change_set.person,
        reason=change_set.reason,
        facts=_facts(change_set, request_id),
        says=connection.held_reason,
        waits_for_person=connection.is_held,
        held_with=connection if connection.is_held else None,
    )
    Draft.objects.filter(
        person=change_set.person,
        campaign=wish.campaign,
        field__in=[edit.field for edit in wish.edits],
    ).delete()
    return change


def _facts(change_set: ChangeSet, request_id: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"title": change_set.title, "request": request_id}
    return facts | ({"undoes": change_set.undoes_id} if change_set.undoes_id else {})


def _row(change: Change, edit: FieldEdit) -> FieldChange:
    return FieldChange(
        change=change,
        field=edit.field,
        label=edit.label,
        seen=edit.seen,
        wanted=edit.wanted,
        seen_text=edit.seen_text,
        wanted_text=edit.wanted_text,
        readable=edit.readable,
        one_way=edit.one_way,
        origin=edit.origin.value,
    )
