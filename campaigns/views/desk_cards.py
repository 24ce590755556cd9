"""One change set as a card of the review desk: why it is here, and what it did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from campaigns import queries
from campaigns.diff import Origin
from campaigns.lifecycle import TOOK_EFFECT
from campaigns.models import ChangeSet, FieldChange, Person, Question, Review
from campaigns.queries import Contents, Pile
from campaigns.reviews import risks
from campaigns.reviews.risks import Chip, Facts, Hours
from campaigns.rights import Right

SAMPLES = 4
RANKED = 500
"""How many sets of a pile are weighed against each other: the newest."""

SEEN = ("confirmed", "already-so")


@dataclass(frozen=True, slots=True)
class Sample:
    """One field of a set, as its first campaign shows it."""

    label: str
    before: str
    after: str
    known: bool
    others: int
    implied: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with whether this reader may answer it."""

    question: Question
    may_answer: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A change set with everything its card shows."""

    change_set: ChangeSet
    holds: Contents
    chips: list[Chip]
    pile: str
    is_reopened: bool
    may_undo: bool
    questions: list[Asked] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The set in a few words: its own title, or what it is about."""
        if self.change_set.title:
            return self.change_set.title
        labels = list(dict.fromkeys(row.label for row in self.holds.rows))
        more = f" and {len(labels) - 2} more" if len(labels) > 2 else ""
        words = ", ".join(labels[:2]) + more
        return f"{words} on {self._where}"

    @property
    def _where(self) -> str:
        """The campaign by its name where there is only one."""
        count = len(self.holds.campaigns)
        if count == 1 and self.holds.rows:
            return f"“{self.holds.rows[0].change.campaign.name}”"
        return f"{count:,} campaign{'s' * (count != 1)}"

    @property
    def review(self) -> Review | None:
        """The last verdict, if there is one."""
        return getattr(self.change_set, "review", None)

    @property
    def counts(self) -> list[dict[str, Any]]:
        """The changes by state."""
        states = sorted(self.holds.states.items())
        return [{"state": state, "count": count} for state, count in states]

    @property
    def samples(self) -> list[Sample]:
        """The first fields, each with how many campaigns more it concerns."""
        by_label: dict[str, list[FieldChange]] = {}
        for row in self.holds.rows:
            by_label.setdefault(row.label, []).append(row)
        return [_sample(rows) for rows in list(by_label.values())[:SAMPLES]]

    @property
    def hidden(self) -> int:
        """How many fields are not among the samples."""
        return max(0, len({row.label for row in self.holds.rows}) - SAMPLES)


def ranked(person: Person, sets: QuerySet[ChangeSet]) -> list[Card]:
    """The newest of these sets as cards, the riskiest first."""
    found = list(
        sets.select_related("person", "review__person", "undoes").order_by("-pk")[
            :RANKED
        ]
    )
    contents = queries.find_contents(person, found)
    cards = [_card(one, contents[one.pk], person) for one in found]
    return sorted(cards, key=lambda card: -risks.weigh(card.chips))


def with_questions(person: Person, cards: Sequence[Card]) -> list[Card]:
    """The same cards with their questions, for those that are shown."""
    sets = [card.change_set for card in cards]
    asked = Question.objects.filter(change_set__in=sets)
    by_set = {card.change_set.pk: card for card in cards}
    mine = set(queries.find_questions(person).values_list("pk", flat=True))
    for question in asked.select_related("person", "answered_by", "change_set__person"):
        may = question.pk in mine or question.person_id == person.pk
        shown = Asked(question, question.is_open and may)
        by_set[question.change_set_id].questions.append(shown)
    return list(cards)


def one(person: Person, pk: int) -> Card | None:
    """One set as a card; None where this person may not see it."""
    cards = ranked(person, queries.find_sets(person).filter(pk=pk))
    return with_questions(person, cards)[0] if cards else None


def _card(change_set: ChangeSet, holds: Contents, person: Person) -> Card:
    noted: Any = change_set
    is_reopened = bool(noted.is_reopened and getattr(change_set, "review", None))
    chips = risks.chips(_facts(change_set, holds, is_reopened), _hours())
    may_undo = person.may(Right.EDIT) and not TOOK_EFFECT.isdisjoint(holds.states)
    return Card(change_set, holds, chips, Pile(noted.pile), is_reopened, may_undo)


def _facts(change_set: ChangeSet, holds: Contents, is_reopened: bool) -> Facts:
    zone = ZoneInfo(change_set.person.timezone)
    return Facts(
        asked_at=timezone.localtime(change_set.created_at, zone),
        campaigns=len(holds.campaigns),
        states=holds.states,
        one_way=sum(row.one_way for row in holds.rows),
        implied=sum(row.origin == Origin.IMPLIED for row in holds.rows),
        steepest=max(map(_step, holds.rows), default=Decimal(0)),
        outside=holds.outside,
        put_back_by=holds.put_back_by,
        is_reopened=is_reopened,
    )


def _step(row: FieldChange) -> Decimal:
    """By which share of its old value a number moved; 0 for what is no number."""
    try:
        before, after = Decimal(row.seen or ""), Decimal(row.wanted)
    except InvalidOperation:
        return Decimal(0)
    return abs(after - before) / abs(before) if before else Decimal(0)


def _sample(rows: Sequence[FieldChange]) -> Sample:
    first = rows[0]
    return Sample(
        label=first.label,
        before=first.seen_text,
        after=first.wanted_text,
        known=first.state in SEEN,
        others=len(rows) - 1,
        implied=first.origin == Origin.IMPLIED,
    )


def _hours() -> Hours:
    return Hours(*settings.WORK_HOURS[:2])


def reasons(cards: Sequence[Card]) -> list[tuple[str, int]]:
    """How many of these sets are here for which reason, and how many for none."""
    counts: Mapping[str, int] = {
        risk.value: sum(any(chip.risk == risk for chip in card.chips) for card in cards)
        for risk in risks.Risk
    }
    plain = sum(not card.chips for card in cards)
    told = [(words, count) for words, count in counts.items() if count]
    return [*told, ("No rule met", plain)] if plain else told
