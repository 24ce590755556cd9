"""Changes for tests, made through the one door for state, as delivery would."""

import itertools

from campaigns import changes
from campaigns.audit import Event
from campaigns.changes import Fate, Wish
from campaigns.diff import FieldEdit, Origin
from campaigns.lifecycle import State
from campaigns.models import AttemptKind
from tests.factories import CampaignFactory, PersonFactory

ROADS = {
    State.WAITING: (),
    State.SENDING: (State.SENDING,),
    State.ACCEPTED: (State.SENDING, State.ACCEPTED),
    State.CONFIRMED: (State.SENDING, State.ACCEPTED, State.CONFIRMED),
    State.UNCONFIRMABLE: (State.SENDING, State.ACCEPTED, State.UNCONFIRMABLE),
    State.DIFFERENT: (State.SENDING, State.ACCEPTED, State.DIFFERENT),
    State.REJECTED: (State.SENDING, State.REJECTED),
    State.UNKNOWN: (State.SENDING, State.UNKNOWN),
    State.FAILED: (State.FAILED,),
    State.CLASH: (State.CLASH,),
    State.HELD: (State.HELD,),
    State.ALREADY_SO: (State.ALREADY_SO,),
    State.CANCELLED: (State.CANCELLED,),
    State.SUPERSEDED: (State.SUPERSEDED,),
}
EVENTS = {
    State.SENDING: Event.SENDING,
    State.ACCEPTED: Event.ANSWERED,
    State.REJECTED: Event.ANSWERED,
    State.UNKNOWN: Event.ANSWERED,
    State.FAILED: Event.MOVED,
    State.HELD: Event.HELD,
    State.CLASH: Event.COMPARED,
    State.ALREADY_SO: Event.COMPARED,
    State.CANCELLED: Event.CANCELLED,
    State.SUPERSEDED: Event.DECIDED,
}
_keys = itertools.count()


def edit(field="ttr", seen="7", wanted="5", **words):
    defaults = {
        "label": "Time to rate",
        "seen_text": f"{seen} days",
        "wanted_text": f"{wanted} days",
        "readable": True,
        "one_way": False,
        "origin": Origin.TOUCHED,
    }
    return FieldEdit(field=field, seen=seen, wanted=wanted, **(defaults | words))


def ask(state=State.WAITING, *, campaign=None, person=None, edits=None, **words):
    """A change that went the usual road to `state`; it waits for a person where it
    would."""
    change_set = changes.request(
        person or PersonFactory(),
        [Wish(campaign or CampaignFactory(), edits or [edit()])],
        key=f"asked-{next(_keys)}",
        **words,
    )
    change = change_set.changes.get()
    for step in ROADS[state]:
        move(change, step)
    return change


def move(change, state, **columns):
    waits = state in (
        State.CLASH,
        State.DIFFERENT,
        State.REJECTED,
        State.FAILED,
        State.HELD,
        State.UNKNOWN,
    )
    found = Fate(state, "9", "9 days") if state in (State.CLASH, State.DIFFERENT) else 0
    fates = {row.field: found for row in change.fields.all()} if found else None
    columns = {"waits_for_person": waits, **columns}
    event = EVENTS.get(state, Event.VERIFIED)
    return changes.move(change, state, event, fates=fates, **columns)


def attempt(change, **columns):
    """A PATCH that was answered."""
    defaults = {
        "campaign": change.campaign,
        "kind": AttemptKind.PATCH,
        "fence": 1,
        "url": "http://127.0.0.1:9/api/v2/hire-groups/remote-1",
        "request_body": '{"ttr":5}',
        "status": 200,
        "answer": '{"id":"remote-1","budget":10.10}',
        "verdict": "accepted",
        "started_at": change.moved_at,
        "seconds": 0.8,
    }
    return change.attempts.create(**(defaults | columns))
