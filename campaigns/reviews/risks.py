"""Why a change set is worth a look, and which first. Pure: knows no row and no page.

Each rule gives a chip with its words and a weight; a set's weights add up to its risk.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from campaigns.lifecycle import State

LARGE = 10
"""Campaigns in one set from which it counts as large."""

STEEP = Decimal("0.3")
"""The share of its old value by which a number moved from which that is steep."""

WEEKEND = 5


class Risk(StrEnum):
    """A rule, in the words of the list beside the desk."""

    ONE_WAY = "One-way"
    OUTSIDE = "Changed outside since"
    PUT_BACK = "Put back by someone else"
    REOPENED = "Changed after its review"
    UNKNOWN = "Unknown whether it arrived"
    DIFFERENT = "Different from what was wanted"
    REFUSED = "Rejected or Failed"
    CLASH = "Clash"
    LARGE = "Large"
    STEEP = "Steep step"
    IMPLIED = "Changes more than was touched"
    LATE = "Out of hours"


@dataclass(frozen=True, slots=True)
class Hours:
    """When people are expected to work: from the first hour to before the last."""

    first: int = 7
    last: int = 20

    def hold(self, moment: datetime) -> bool:
        """Whether this moment, in the person's own zone, is on a working day then."""
        return moment.weekday() < WEEKEND and self.first <= moment.hour < self.last


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one change set. `asked_at` is in the zone of who asked."""

    asked_at: datetime
    campaigns: int = 1
    states: Mapping[State, int] = field(default_factory=dict)
    one_way: int = 0
    implied: int = 0
    steepest: Decimal = Decimal(0)
    outside: int = 0
    put_back_by: str = ""
    is_reopened: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """One reason: its words, how much it weighs, its icon, the state it is drawn as."""

    risk: Risk
    words: str
    weight: int
    icon: str
    state: str = ""


def chips(facts: Facts, hours: Hours) -> list[Chip]:
    """Every reason to look at this set, the weightiest first."""
    found = [*_of_what(facts), *_of_ends(facts), *_of_others(facts)]
    if not hours.hold(facts.asked_at):
        words = f"Out of hours, {facts.asked_at:%a %H:%M}"
        found.append(Chip(Risk.LATE, words, 10, "moon"))
    return sorted(found, key=lambda chip: -chip.weight)


def weigh(found: list[Chip]) -> int:
    """How risky these reasons are together."""
    return sum(chip.weight for chip in found)


def _of_what(facts: Facts) -> Iterator[Chip]:
    if facts.one_way:
        words = f"{facts.one_way:,} one-way"
        yield Chip(Risk.ONE_WAY, words, 50, "arrow-right-end-on-rectangle", "one-way")
    if facts.campaigns >= LARGE:
        weight = 20 + min(facts.campaigns, 100) // 5
        words = f"{facts.campaigns:,} campaigns"
        yield Chip(Risk.LARGE, words, weight, "square-3-stack-3d", "different")
    if facts.steepest >= STEEP:
        words = f"Step of {facts.steepest:.0%}".replace("%", "\u00a0%")
        yield Chip(Risk.STEEP, words, 25, "arrow-trending-up", "different")
    if facts.implied:
        words = f"Changes {facts.implied:,} more"
        yield Chip(Risk.IMPLIED, words, 15, "arrow-turn-down-right", "clash")


def _of_ends(facts: Facts) -> Iterator[Chip]:
    count = facts.states.get
    if refused := [one for one in (State.REJECTED, State.FAILED) if count(one, 0)]:
        words = ", ".join(f"{count(state, 0):,} {state.word}" for state in refused)
        yield Chip(Risk.REFUSED, words, 30, "x-circle", "rejected")
    for state, risk, weight, icon in (
        (State.UNKNOWN, Risk.UNKNOWN, 35, "question-mark-circle"),
        (State.DIFFERENT, Risk.DIFFERENT, 35, "exclamation-circle"),
        (State.CLASH, Risk.CLASH, 25, "arrows-right-left"),
    ):
        if number := count(state, 0):
            words = f"{number:,} {state.word}"
            yield Chip(risk, words, weight, icon, state.value)


def _of_others(facts: Facts) -> Iterator[Chip]:
    if facts.outside:
        words = "Changed outside since"
        yield Chip(Risk.OUTSIDE, words, 40, "globe-alt", "different")
    if facts.put_back_by:
        words = f"Put back by {facts.put_back_by}"
        yield Chip(Risk.PUT_BACK, words, 40, "arrow-uturn-left", "clash")
    if facts.is_reopened:
        words = "Changed after its review"
        yield Chip(Risk.REOPENED, words, 30, "arrow-path", "unknown")
