"""What each state means for a person, and what they may do about it now."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from campaigns import changes, holds
from campaigns.diff import Origin
from campaigns.lifecycle import TOOK_EFFECT, State
from campaigns.models import Change, FieldChange, Person
from campaigns.planning import decisions
from campaigns.planning.drafts import Desk
from campaigns.rights import Right

NEXT: dict[State, str] = {
    State.DRAFT: "It is being written down.",
    State.WAITING: "It goes out by itself. Until then you can cancel it.",
    State.HELD: "Nothing is sent while it is on hold. After the release it is compared "
    "again, then sent. You can cancel it.",
    State.SENDING: "The request is on its way. The answer decides.",
    State.ACCEPTED: "The platform said yes. A later read has to show the value.",
    State.CONFIRMED: "Nothing is left to do: a read showed the value.",
    State.UNCONFIRMABLE: "Nothing is left to do: it was accepted, and the platform "
    "does not report it.",
    State.DIFFERENT: "A read shows another value than the one that was sent. Choose "
    "which one should be live.",
    State.REJECTED: "The platform refused it and nothing was changed. Edit the field "
    "and send it again, or put this aside.",
    State.UNKNOWN: "It may have been applied. A read will tell.",
    State.CLASH: "The platform no longer has the value that was seen here. Choose "
    "which one should be live. Nothing was sent.",
    State.ALREADY_SO: "Nothing was sent: the platform already had this value.",
    State.CANCELLED: "It was withdrawn. Nothing of it was sent.",
    State.SUPERSEDED: "A newer change of the same field took its place.",
    State.FAILED: "Given up after the last try, certainly not applied. Edit the field "
    "and send it again, or put this aside.",
}
NOBODY_CAN_TELL = (
    "Nobody can see whether it arrived. Send it again, or leave it: then it stays "
    "Unknown in the history."
)
LEFT = "It was left: it stays Unknown in the history, and nobody looks for it again."
NOT_READ_BACK = (
    "The platform said yes, but it could not be read back. Have somebody mend what is "
    "said here, then look again."
)
PUT_ASIDE = "It was put aside and waits for nobody."
NOT_SENT = frozenset({State.WAITING, State.HELD})
MENDED = frozenset({State.REJECTED, State.FAILED})


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done now: a button that posts `data` to `url`."""

    text: str
    url: str
    kind: str = ""
    data: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A field where a person chooses which value is live; `url` takes another one.

    `seen` is what is known of the field now, as canonical text, `now` the same in
    words; where nothing is known, what was found.
    """

    row: FieldChange
    url: str
    seen: str | None
    now: str


def next_step(change: Change) -> str:
    """What comes next, in a sentence or two."""
    state = State(change.state)
    if state == State.UNKNOWN and change.waits_for_person:
        return NOBODY_CAN_TELL
    if changes.is_left(change):
        return LEFT
    if state == State.ACCEPTED and change.waits_for_person:
        return NOT_READ_BACK
    if state in MENDED and not change.waits_for_person:
        return PUT_ASIDE
    return NEXT[state]


def actions(
    changes: Iterable[Change], person: Person, origin: str = ""
) -> dict[int, list[Action]]:
    """What this person may do with each of these changes as it stands, by its key.

    `origin` is where the buttons lead back to ("needs", "campaign").
    """
    asked = list(changes)
    if not person.may(Right.EDIT):
        return {change.pk: [] for change in asked}
    alone = [change for change in asked if _is_held_alone(change)]
    stopped = holds.reasons_for(change.campaign.connection for change in alone)
    again = {one.pk for one in alone if one.campaign.connection_id not in stopped}
    return {change.pk: _actions(change, again, origin) for change in asked}


def _actions(change: Change, again: Collection[int], origin: str) -> list[Action]:
    """`again` are the changes that were held alone where nothing wider is on hold."""
    state, data = State(change.state), (("from", origin),) if origin else ()
    waits, made = change.waits_for_person, []
    if state in NOT_SENT:
        made.append(Action("Cancel", _url("change_cancel", change), "", data))
    if change.pk in again or (waits and state == State.UNKNOWN):
        made.append(Action("Send again", _url("change_send_again", change), "", data))
    if looks_again(change):
        made.append(Action("Look again", _url("change_look_again", change), "", data))
    if waits and state in changes.ASIDE:
        text = "Leave it" if state == State.UNKNOWN else "Put aside"
        made.append(Action(text, _url("change_put_aside", change), "quiet", data))
    return made


def _is_held_alone(change: Change) -> bool:
    return change.state == State.HELD and change.waits_for_person


def looks_again(change: Change) -> bool:
    """Whether a person may have it read back again: a read was refused, or failed."""
    if not change.waits_for_person:
        return False
    if change.state == State.UNKNOWN:
        return any(row.readable for row in change.fields.all())
    return change.state == State.ACCEPTED


def choices(change: Change, person: Person, desks: Mapping[int, Desk]) -> list[Choice]:
    """The fields of a change where this person may choose which value is live.

    `desks` are those of `decisions.desks`.
    """
    desk = desks.get(change.campaign_id)
    return [
        _choice(row, change, desk)
        for row in change.fields.all()
        if may_choose(change, row, person)
    ]


def _choice(row: FieldChange, change: Change, desk: Desk | None) -> Choice:
    page = reverse("campaign_detail", args=[change.campaign_id])
    seen, now = decisions.known(desk, row.field), row.found_text
    if desk is not None and seen is not None:
        now = desk.form.declared()[row.field].display(seen, desk.document)
    return Choice(row, f"{page}#{_row_id(row.field)}", seen, now)


def may_choose(change: Change, row: FieldChange, person: Person) -> bool:
    """Whether this person may choose which value of one field is live."""
    return decisions.is_undecided(change, row) and person.may(Right.EDIT)


def may_mend(change: Change, row: FieldChange, person: Person) -> bool:
    """Whether this person may edit one refused or failed field and send it again."""
    is_ours = row.state in MENDED and row.origin == Origin.TOUCHED
    return is_ours and change.waits_for_person and person.may(Right.EDIT)


def mend_url(change: Change, person: Person) -> str:
    """Where a refused or failed field is edited again; "" when nothing asks for it."""
    rows = change.fields.all()
    fields = [row.field for row in rows if may_mend(change, row, person)]
    if not fields:
        return ""
    page = reverse("campaign_detail", args=[change.campaign_id])
    return f"{page}?{urlencode({'edit': fields[0]})}#{_row_id(fields[0])}"


def way_back(change: Change, field: FieldChange, person: Person) -> str:
    """Where the undo of one field is planned; "" when that is not offered."""
    took = field.state in TOOK_EFFECT and field.origin != "implied"
    if not took or no_way_back(field) or not person.may(Right.EDIT):
        return ""
    return f"{undo_url(change)}?{urlencode({'field': field.field})}"


def undo_url(change: Change) -> str:
    """Where the undo of a whole change is planned."""
    return reverse("undo_preview", args=["change", change.pk])


def no_way_back(field: FieldChange) -> str:
    """Why a field that took effect cannot go back; "" when it can, or need not."""
    if field.state not in TOOK_EFFECT:
        return ""
    if field.one_way:
        return "One-way: it cannot go back."
    if field.seen is None and field.readable:
        return "It cannot go back: the value before is unknown."
    return ""


def _row_id(path: str) -> str:
    return "field-" + path.replace(".", "-")


def _url(route: str, change: Change) -> str:
    return reverse(route, args=[change.pk])
