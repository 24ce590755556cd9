"""The life of a change: states, which may follow which. Pure; touches no row.

The words are those of the product's vocabulary, on screens as in code.
"""

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """Where a change, or one field of it, stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    HELD = "held"
    SENDING = "sending"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    UNCONFIRMABLE = "unconfirmable"
    DIFFERENT = "different"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    CLASH = "clash"
    ALREADY_SO = "already-so"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    FAILED = "failed"

    @property
    def word(self) -> str:
        """The state as people read it."""
        return self.value.replace("-", " ").capitalize()


_NEXT: dict[State, set[State]] = {
    State.DRAFT: {State.WAITING, State.CLASH, State.HELD},
    State.WAITING: {
        State.SENDING,
        State.HELD,
        State.CLASH,
        State.ALREADY_SO,
        State.CANCELLED,
        State.SUPERSEDED,
        State.FAILED,
        State.REJECTED,
        State.CONFIRMED,  # it was sent before, and again by a person
        State.UNKNOWN,
    },
    State.HELD: {State.WAITING, State.CANCELLED, State.UNKNOWN},
    State.SENDING: {
        State.ACCEPTED,
        State.REJECTED,
        State.UNKNOWN,
        State.WAITING,
        State.HELD,
    },
    State.ACCEPTED: {State.CONFIRMED, State.UNCONFIRMABLE, State.DIFFERENT},
    State.UNKNOWN: {
        State.CONFIRMED,
        State.WAITING,
        State.DIFFERENT,
        State.UNCONFIRMABLE,
        State.CANCELLED,  # it was withdrawn, or refused, and had not arrived before
        State.REJECTED,
    },
    State.CONFIRMED: {State.DIFFERENT},  # a late write was seen by a watch read
    State.UNCONFIRMABLE: {State.DIFFERENT},
    State.DIFFERENT: {State.SUPERSEDED},
    State.SUPERSEDED: {State.DIFFERENT},  # the fields of it that took effect
    State.CLASH: {State.CANCELLED, State.SUPERSEDED},
}

OPEN = frozenset(
    {State.WAITING, State.HELD, State.SENDING, State.ACCEPTED, State.UNKNOWN}
)
"""Moves by itself, or would if it were not held."""

NEXT_STEP: dict[State, str] = {
    State.CLASH: "Choose a value",
    State.DIFFERENT: "Choose a value",
    State.REJECTED: "Fix and send again",
    State.FAILED: "Fix and send again",
    State.UNKNOWN: "Send again, or leave",
    State.ACCEPTED: "Mend, then look again",
    State.HELD: "Wait for a release, or cancel",
}
"""What a person does about each state that goes no further without one."""

NEEDS_PERSON = frozenset(NEXT_STEP)
"""May wait for somebody, until it is put aside or taken further."""

NOT_SENT = frozenset({State.WAITING, State.HELD, State.CLASH})
"""No byte of it has left; may still be withdrawn."""

TOOK_EFFECT = frozenset({State.ACCEPTED, State.CONFIRMED, State.UNCONFIRMABLE})
"""What it wanted is, as far as anyone can know, live."""

_WORST = (
    State.REJECTED,
    State.FAILED,
    State.CLASH,
    State.UNKNOWN,
    State.DIFFERENT,
    State.HELD,
    State.SENDING,
    State.WAITING,
    State.ACCEPTED,
    State.UNCONFIRMABLE,
    State.CONFIRMED,
    State.ALREADY_SO,
    State.SUPERSEDED,
    State.CANCELLED,
    State.DRAFT,
)


class IllegalMove(Exception):
    """A change was asked to go where its state does not lead."""


def check(before: State, after: State) -> None:
    """Raise `IllegalMove` unless a change may stay there, or go from there to there."""
    if after != before and after not in _NEXT.get(before, set()):
        raise IllegalMove(f"{before.word} is not followed by {after.word}")


def worst(states: Iterable[State]) -> State:
    """The state a change shows for its fields: the one that matters most."""
    return min(states, key=_WORST.index)
