"""Audit entries in the words of pages and of exports for people: who acted, on what.

Pure: knows the stored body and the names behind people's numbers, and no row.
"""

from collections.abc import Callable, Mapping
from typing import Any

from campaigns.audit.entries import Event
from campaigns.lifecycle import State
from campaigns.models import Channel

Body = Mapping[str, Any]
Names = Mapping[int, str]

CHANNELS = dict(Channel.choices)
NOT_SIGNED_IN = (Event.SIGN_IN_FAILED, Event.THROTTLED)


def people(body: Body) -> set[int]:
    """The numbers of the people an entry tells of."""
    told = (body.get("person"), facts(body).get("about"))
    return {number for number in told if number is not None}


def facts(body: Body) -> Mapping[str, Any]:
    """What an entry tells besides its columns and fields."""
    return body.get("facts") or {}


def who(body: Body, names: Names) -> str:
    """Who acted: a person, somebody outside, or nobody that signed in."""
    if body["event"] == Event.OUTSIDE:
        return "outside"
    if body.get("person") is not None:
        return name(body["person"], names)
    if body["event"] in NOT_SIGNED_IN:
        return "not signed in"
    return "command line" if body["channel"] == Channel.COMMAND else "Campaign Desk"


def name(number: int, names: Names) -> str:
    """A person's name; their number once they are forgotten."""
    return names.get(number, f"person {number}")


def event(body: Body) -> str:
    """What happened, as a sentence begins."""
    told = str(body["event"])
    return told[:1].upper() + told[1:]


def channel(body: Body) -> str:
    """The way it came in."""
    return str(CHANNELS.get(body["channel"], body["channel"]))


def state(body: Body) -> str:
    """The state it led to; what is none of a change is told as it is stored."""
    told = str(body["state"])
    return State(told).word if told in set(State) else told


def about(body: Body, names: Names) -> str:
    """Whom or what it concerns, where neither a campaign nor a field says so."""
    tell, told_of = _TELLERS.get(body["event"]), facts(body)
    told = [_person(body, names), tell(told_of) if tell and told_of else ""]
    return ", ".join(part for part in told if part)


def _person(body: Body, names: Names) -> str:
    """The person it concerns, unless it is the one who acted."""
    told = facts(body)
    if "about" not in told:
        return ""
    number = told["about"]
    if number is None:
        return "an unknown address"
    return "" if number == body.get("person") else name(number, names)


def _active(told: Body) -> str:
    if "active" not in told:
        return ""
    return "reactivated" if told["active"] else "deactivated"


def _factor(told: Body) -> str:
    return f"{told.get('kind')} {told.get('done')}".replace("_", " ")


def _scope(told: Body) -> str:
    return str(told.get("scope") or "").capitalize()


def _set(told: Body) -> str:
    number, title = told.get("set"), told.get("title")
    return f"set {number}, {title}" if title else f"set {number}"


def _export(told: Body) -> str:
    return f"{told['kind']} of {told['entries']:,} entries: {told['asked']}"


def _month(told: Body) -> str:
    removed = told.get("removed")
    return f"{told.get('month')}" + (f", {removed:,} of them" if removed else "")


def _test(told: Body) -> str:
    return "works" if told.get("ok") else " ".join(told.get("words") or ())


def _name(told: Body) -> str:
    return str(told.get("name") or "")


def _label(told: Body) -> str:
    return "; ".join(f"{done}: {label}" for done, label in sorted(told.items()))


_TELLERS: Mapping[str, Callable[[Body], str]] = {
    Event.PERSON_CHANGED: _active,
    Event.SECOND_FACTOR_CHANGED: _factor,
    Event.HELD: _scope,
    Event.RELEASED: _scope,
    Event.REVIEWED: _set,
    Event.FLAGGED: _set,
    Event.ASKED: _set,
    Event.REPLIED: _set,
    Event.EXPORTED: _export,
    Event.TESTED: _test,
    Event.NOTICE_ADDED: _name,
    Event.NOTICE_CHANGED: _name,
    Event.NOTICE_STOPPED: _name,
    Event.LABELLED: _label,
    Event.MONTH_ARCHIVED: _month,
    Event.TEXTS_REMOVED: _month,
}
