"""What people decide about changes: withdraw, put aside, send or look again."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q

from campaigns import clock, limits
from campaigns.audit import Event
from campaigns.changes.moves import LostRace, as_they_are, move, wake
from campaigns.lifecycle import NOT_SENT, State
from campaigns.models import AuditEntry, Change, Person

AGAIN = frozenset({State.UNKNOWN, State.HELD})
"""What a person may send once more as it is."""

LEFT = Q(state=State.UNKNOWN, waits_for_person=False, entry__event=Event.PUT_ASIDE)
"""An Unknown that a person left: nobody looks for it again, nothing waits for it.

One that a worker has just lost waits for no person either: its newest entry tells it
apart, and a read settles it.
"""

UNREAD = frozenset({State.ACCEPTED, State.UNKNOWN})
"""What a person may let a worker read back once more."""

ASIDE = frozenset({State.REJECTED, State.FAILED, State.DIFFERENT, State.UNKNOWN})
"""What a person may leave as it is, so that it waits for nobody."""


NOT_SENT_AGAIN = "It is not sent again. Whether it arrived before, nobody knows."


class AlreadySent(Exception):
    """Too late to withdraw: bytes have left, or may have."""


@transaction.atomic
def cancel(change: Change, person: Person) -> None:
    """Withdraw a change that has not been sent.

    What a person had sent again, and may have arrived before, is Unknown once more.
    Raises `AlreadySent` when it is past that point, `LostRace` when a worker was
    quicker.
    """
    if change.state in (State.CANCELLED, State.SUPERSEDED):
        raise AlreadySent("This change has been withdrawn already.")
    if State(change.state) not in NOT_SENT:
        raise AlreadySent("This change was already sent. Put its fields back instead.")
    wake(change.campaign_id)
    sent_before = change.attempts.may_be_there().exists()
    in_doubt = sent_before and change.state != State.CLASH
    move(
        change,
        State.UNKNOWN if in_doubt else State.CANCELLED,
        Event.CANCELLED,
        person=person,
        waits_for_person=in_doubt,
        says=NOT_SENT_AGAIN if in_doubt else "",
    )


def supersede(change: Change, person: Person, by: int) -> None:
    """End a change that a newer one of the same fields replaces."""
    move(
        change,
        State.SUPERSEDED,
        Event.DECIDED,
        person=person,
        facts={"superseded_by": by},
        waits_for_person=False,
    )


@transaction.atomic
def send_again(change: Change, person: Person) -> None:
    """Send an Unknown once more although nobody can tell whether it arrived, or a Held.

    Raises `LostRace` when it no longer waits for a person: a worker may be at it.
    """
    _take_up(change, AGAIN)
    move(
        change,
        State.WAITING,
        Event.DECIDED,
        person=person,
        facts={"decision": "send again"},
        waits_for_person=False,
        due_at=None,
        sends=0,
        expires_at=clock.now() + limits.span("EXPIRY"),
    )


def is_left(change: Change) -> bool:
    """Whether a person left it as the Unknown that it is."""
    if State(change.state) != State.UNKNOWN or change.waits_for_person:
        return False
    return change.entry is not None and change.entry.event == Event.PUT_ASIDE


def is_withdrawn(change: Change) -> bool:
    """Whether the last word about sending an Unknown was that it be cancelled."""
    return _last_word(change) == Event.CANCELLED


def is_refused(change: Change) -> bool:
    """Whether the last word about an Unknown was an answer: nobody sent it again since.

    What the answer was, its attempts tell.
    """
    return _last_word(change) == Event.ANSWERED


def _last_word(change: Change) -> str | None:
    """The last event by which it was to be sent, was sent, answered or withdrawn."""
    sent = (Event.SENDING, Event.ANSWERED, Event.CANCELLED, Event.RELEASED)
    word = Q(event__in=sent) | Q(event=Event.DECIDED, state=State.WAITING)
    told = AuditEntry.objects.filter(word, change_id=change.pk)
    return told.order_by("-pk").values_list("event", flat=True).first()


@transaction.atomic
def look_again(change: Change, person: Person) -> None:
    """Let a worker read back once more what it was refused to read; the state stays.

    Raises `LostRace` when it does not wait for a person.
    """
    _take_up(change, UNREAD)
    facts = {"decision": "look again"}
    _take_from_person(change, person, Event.DECIDED, facts=facts, due_at=None)


@transaction.atomic
def put_aside(change: Change, person: Person) -> None:
    """Take a change off the list of what waits for a person; its state stays.

    Raises `LostRace` when it does not wait for one, or for another decision by now.
    """
    _take_up(change, ASIDE)
    _take_from_person(change, person, Event.PUT_ASIDE)


def _take_up(change: Change, states: Collection[State]) -> None:
    """Lock the lane of what waits for a person: who decides second finds it decided."""
    wake(change.campaign_id)
    waiting = Change.objects.filter(waits_for_person=True, state__in=states)
    if not waiting.filter(pk=change.pk, state=change.state).exists():
        raise LostRace(f"change {change.pk} does not wait for this decision")


def _take_from_person(
    change: Change, person: Person, event: Event, **columns: Any
) -> None:
    """It waits for nobody any more; its state, its fields and what was said stay."""
    move(
        change,
        State(change.state),
        event,
        person=person,
        fates=as_they_are(change),
        waits_for_person=False,
        says=None,
        **columns,
    )
