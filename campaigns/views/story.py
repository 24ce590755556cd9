"""The story of one change: its fields, its steps, every entry and exchange."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns import changes, queries
from campaigns.audit import Event
from campaigns.lifecycle import OPEN
from campaigns.models import Attempt, AttemptKind, Change, FieldChange, Person
from campaigns.planning import decisions, ladders
from campaigns.rights import Right
from campaigns.views import advice, lines, pretty
from campaigns.views.advice import Choice
from campaigns.views.lines import Line

TITLES: dict[str, str] = {
    Event.REQUESTED: "{who} asked for it",
    Event.SPLIT: "Split off from its change",
    Event.SENDING: "Sending",
    Event.ANSWERED: "The answer",
    Event.COMPARED: "Compared with the platform",
    Event.VERIFIED: "Read back",
    Event.MOVED: "Moved on",
    Event.DECIDED: "{who} decided",
    Event.CANCELLED: "{who} cancelled it",
    Event.PUT_ASIDE: "{who} put it aside",
    Event.HELD: "Held",
    Event.RELEASED: "Released",
}
NO_ANSWER_YET = "The request is on its way."


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer as text; credentials were masked when it was kept."""

    attempt: Attempt

    @property
    def method(self) -> str:
        """How it asked."""
        return "PATCH" if self.attempt.kind == AttemptKind.PATCH else "GET"

    @property
    def url(self) -> str:
        """Where it was sent."""
        return self.attempt.url

    @property
    def request_body(self) -> str:
        """What was sent, laid out."""
        return pretty.indented(self.attempt.request_body)

    @property
    def status(self) -> int | None:
        """The status of the answer; None when none arrived."""
        return self.attempt.status

    @property
    def answer(self) -> str:
        """What came back, laid out where it is JSON."""
        return pretty.indented(self.attempt.answer)


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a change: an entry, an exchange, or both."""

    at: datetime
    title: str
    state: str
    quote: str = ""
    text: str = ""
    line: Line | None = None
    exchange: Exchange | None = None

    @property
    def is_open(self) -> bool:
        """The truth was not known after this step."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a change, with its way back."""

    row: FieldChange
    put_back_url: str
    no_way_back: str
    choice: Choice | None


def page(person: Person, change: Change) -> dict[str, Any]:
    """Everything `change_detail.html` shows."""
    told = lines.tell(person, list(queries.find_chain(change)))
    attempts = list(change.attempts.all())
    history = ladders.ladders([change]).get(change.pk, [])
    fields = _fields(change, person)
    return {
        "change": change,
        "fields": fields,
        "steps": ladders.steps(change, history),
        "chain": _chain(told, attempts),
        "next_step": advice.next_step(change),
        "actions": advice.actions([change], person)[change.pk],
        "mend_url": advice.mend_url(change, person),
        "undo_url": advice.undo_url(change) if _has_way_back(fields) else "",
        "split_off": change.split_off.all(),
        "undone_by": queries.find_undoing(change),
        "attempts": attempts,
        "may_audit": person.may(Right.AUDIT),
        "is_open": change.state in OPEN and not changes.is_left(change),
        "every": "15s" if change.waits_for_person else "2s",
        "stamp": _stamp(change, attempts),
    }


def _stamp(change: Change, attempts: Sequence[Attempt]) -> str:
    """Names what the page shows, so that a poll can tell whether it moved."""
    ended = sum(not attempt.in_flight for attempt in attempts)
    waits = int(change.waits_for_person)
    return f"{change.entry_id or 0}.{len(attempts)}.{ended}.{waits}"


def _fields(change: Change, person: Person) -> list[Field]:
    desks = decisions.desks(person, [change])
    asked = advice.choices(change, person, desks)
    choices = {choice.row.pk: choice for choice in asked}
    return [
        Field(
            row,
            advice.way_back(change, row, person),
            advice.no_way_back(row),
            choices.get(row.pk),
        )
        for row in change.fields.all()
    ]


def _has_way_back(fields: Sequence[Field]) -> bool:
    return any(field.put_back_url for field in fields)


def _chain(told: Sequence[Line], attempts: Sequence[Attempt]) -> list[Link]:
    by_key = {attempt.pk: attempt for attempt in attempts}
    links = [
        _step(line, by_key.pop(line.facts.get("attempt") or 0, None)) for line in told
    ]
    links += [_exchange(attempt) for attempt in by_key.values()]
    return sorted(links, key=lambda link: link.at)


def _step(line: Line, attempt: Attempt | None) -> Link:
    title = TITLES.get(line.entry.event, line.event).format(who=line.who)
    return Link(
        at=line.entry.at,
        title=title,
        state=line.state,
        quote=line.reason,
        text=line.says or str(line.facts.get("decision") or "") or line.archive,
        line=line,
        exchange=Exchange(attempt) if attempt else None,
    )


def _exchange(attempt: Attempt) -> Link:
    return Link(
        at=attempt.started_at,
        title=AttemptKind(attempt.kind).label,
        state="sending" if attempt.in_flight else "",
        text=NO_ANSWER_YET if attempt.in_flight else "",
        exchange=Exchange(attempt),
    )
