"""Audit entries as pages tell them: who, what, from what to what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaigns import queries
from campaigns.audit import Event, texts, words
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Campaign, Person

SEEN = (State.CONFIRMED, State.ALREADY_SO)
READ = (Event.OUTSIDE, Event.REPORTED, Event.WITHHELD)


@dataclass(frozen=True, slots=True)
class ToldField:
    """One field of an entry; `known` says whether a read has shown the new value."""

    path: str
    label: str
    before: str
    after: str
    known: bool
    says: str

    @property
    def has_words(self) -> bool:
        """Some changes are told without their values: names, addresses."""
        return bool(self.before or self.after)


@dataclass(frozen=True, slots=True)
class Line:
    """One audit entry in words. `body` is what is stored, parsed; see `texts.told`.

    `about` is whom or what it concerns where neither campaign nor field says so.
    """

    entry: AuditEntry
    body: Mapping[str, Any]
    who: str
    about: str
    fields: tuple[ToldField, ...]
    is_linked: bool

    @property
    def campaign(self) -> Mapping[str, Any]:
        """The campaign as it was called then; empty when there is none."""
        return self.body.get("campaign") or {}

    @property
    def connection(self) -> Mapping[str, Any]:
        """The connection as it was called then; empty when there is none."""
        return self.body.get("connection") or {}

    @property
    def reason(self) -> str:
        """Why, in the person's words."""
        return str(self.body.get("reason") or "")

    @property
    def says(self) -> str:
        """What the platform said, or the desk."""
        return str(self.facts.get("says") or "")

    @property
    def facts(self) -> Mapping[str, Any]:
        """What else the entry tells."""
        return words.facts(self.body)

    @property
    def event(self) -> str:
        """What happened, as a sentence begins."""
        return words.event(self.body)

    @property
    def state(self) -> str:
        """The state it led to; nothing where no state is meant."""
        return self.entry.state if self.entry.state in set(State) else ""

    @property
    def archive(self) -> str:
        """Where its text is, when it is not here."""
        if texts.ARCHIVE not in self.body:
            return ""
        month = texts.words_of(self.body[texts.ARCHIVE])
        return f"Text in the archive of {month}" if month else "Its text is missing"

    @property
    def channel(self) -> str:
        """The way it came in."""
        return words.channel(self.body)


def tell(person: Person, entries: Sequence[AuditEntry]) -> list[Line]:
    """Put entries into words; campaigns are linked where the person may open them."""
    bodies = texts.told_all(entries)
    names = queries.find_names(set().union(*map(words.people, bodies)))
    campaigns = {entry.campaign_id for entry in entries if entry.campaign_id}
    open_to = Campaign.objects.visible_to(person).filter(pk__in=campaigns)
    linked = set(open_to.values_list("pk", flat=True)) if campaigns else set()
    return [
        _line(entry, body, names, entry.campaign_id in linked)
        for entry, body in zip(entries, bodies, strict=True)
    ]


def _line(
    entry: AuditEntry,
    body: Mapping[str, Any],
    names: Mapping[int, str],
    is_linked: bool,
) -> Line:
    is_read = entry.event in READ
    fields = tuple(_field(told, is_read) for told in body.get("fields") or ())
    about = words.about(body, names)
    return Line(entry, body, words.who(body, names), about, fields, is_linked)


def _field(told: Mapping[str, Any], is_read: bool) -> ToldField:
    return ToldField(
        path=told.get("field") or "",
        label=told.get("label") or told.get("field") or "",
        before=told.get("seen_text") or "",
        after=told.get("wanted_text") or "",
        known=is_read or told.get("state") in SEEN,
        says=told.get("says") or "",
    )
