"""What waits for a person, with the next step and the quick ways to take it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from campaigns import queries
from campaigns.lifecycle import NEXT_STEP, State
from campaigns.models import Change, FieldChange, Person
from campaigns.planning import decisions
from campaigns.planning.drafts import Desk
from campaigns.views import advice
from campaigns.views.advice import Action, Choice
from campaigns.views.asking import Asking

SHOWN = 200
OTHERS_SHOWN = 20
ORIGIN = "needs"


@dataclass(frozen=True, slots=True)
class Group:
    """A kind of decision: what the state named here, and its like, ask for."""

    key: str
    state: State
    text: str

    @property
    def title(self) -> str:
        """What to do."""
        return NEXT_STEP[self.state]

    def takes(self, change: Change) -> bool:
        """Whether this is the decision that a change waits for."""
        return NEXT_STEP[State(change.state)] == self.title


GROUPS = (
    Group(
        "choose",
        State.CLASH,
        "The platform has another value than the one wanted.",
    ),
    Group("fix", State.REJECTED, "Nothing was changed on the platform."),
    Group("again", State.UNKNOWN, "No read can settle whether it arrived."),
    Group(
        "look",
        State.ACCEPTED,
        "The platform said yes, but it could not be read back.",
    ),
    Group("held", State.HELD, "Nothing of it was sent."),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One change that waits, with what may be done about it.

    `fields` are its fields, each with what is known of it now, in words; "" where
    nothing is to be chosen.
    """

    change: Change
    fields: list[tuple[FieldChange, str]]
    next_step: str
    actions: list[Action]
    choices: list[Choice]
    mend_url: str
    is_mine: bool


@require_GET
def needs_you(request: Asking) -> HttpResponse:
    """List what goes no further until this person, or somebody, decides."""
    person = request.user
    waiting = queries.find_needs(person)
    others = queries.find_others(person)
    changes = list(waiting[:SHOWN])
    troubled = list(queries.find_troubled(person))
    questions = list(queries.find_questions(person)[:SHOWN])
    desks = decisions.desks(person, changes)
    total = len(changes) if len(changes) < SHOWN else waiting.count()
    actions = advice.actions(changes, person, ORIGIN)
    context = {
        "groups": _grouped(
            [_item(one, person, actions[one.pk], desks) for one in changes]
        ),
        "shown": len(changes),
        "total": total,
        "troubled": troubled,
        "questions": questions,
        "others": others[:OTHERS_SHOWN],
        "others_total": others.count(),
        "hours": int(queries.SHARED_AFTER.total_seconds() // 3600),
    }
    return render(request, "campaigns/needs_you.html", context)


def _item(
    change: Change, person: Person, actions: list[Action], desks: Mapping[int, Desk]
) -> Item:
    choices = advice.choices(change, person, desks)
    now = {choice.row.pk: choice.now for choice in choices}
    return Item(
        change=change,
        fields=[(row, now.get(row.pk, "")) for row in change.fields.all()],
        next_step=advice.next_step(change),
        actions=actions,
        choices=choices,
        mend_url=advice.mend_url(change, person),
        is_mine=change.change_set.person_id == person.pk,
    )


def _grouped(items: Sequence[Item]) -> list[tuple[Group, list[Item]]]:
    made = [
        (group, [item for item in items if group.takes(item.change)])
        for group in GROUPS
    ]
    return [(group, found) for group, found in made if found]
