"""Why a set is worth a look: each rule alone, and which set comes first."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from campaigns.lifecycle import State
from campaigns.reviews import risks
from campaigns.reviews.risks import Facts, Hours, Risk

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


def found(**facts):
    facts = {"asked_at": MONDAY, **facts}
    return risks.chips(Facts(**facts), Hours())


RULES = [
    ({"one_way": 2}, Risk.ONE_WAY, "2 one-way"),
    ({"outside": 1}, Risk.OUTSIDE, "Changed outside since"),
    ({"put_back_by": "Priya"}, Risk.PUT_BACK, "Put back by Priya"),
    ({"is_reopened": True}, Risk.REOPENED, "Changed after its review"),
    ({"campaigns": 64}, Risk.LARGE, "64 campaigns"),
    ({"implied": 5}, Risk.IMPLIED, "Changes 5 more"),
    ({"steepest": Decimal("0.4")}, Risk.STEEP, "Step of 40\u00a0%"),
    ({"states": {State.UNKNOWN: 1}}, Risk.UNKNOWN, "1 Unknown"),
    ({"states": {State.DIFFERENT: 3}}, Risk.DIFFERENT, "3 Different"),
    ({"states": {State.CLASH: 1}}, Risk.CLASH, "1 Clash"),
    (
        {"states": {State.REJECTED: 1, State.FAILED: 1}},
        Risk.REFUSED,
        "1 Rejected, 1 Failed",
    ),
    ({"asked_at": MONDAY.replace(hour=22)}, Risk.LATE, "Out of hours, Mon 22:00"),
]


@pytest.mark.parametrize(("facts", "risk", "words"), RULES, ids=lambda r: str(r))
def test_each_rule_says_why_in_words(facts, risk, words):
    assert [(chip.risk, chip.words) for chip in found(**facts)] == [(risk, words)]


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"campaigns": risks.LARGE - 1},
        {"steepest": risks.STEEP - Decimal("0.01")},
        {"states": {State.CONFIRMED: 9, State.ACCEPTED: 1}},
    ],
)
def test_what_is_small_and_arrived_has_no_chip(facts):
    assert found(**facts) == []


@pytest.mark.parametrize(
    ("hour", "day", "works"),
    [(6, 23, False), (7, 23, True), (19, 23, True), (20, 23, False), (10, 22, False)],
)
def test_hours_hold_their_first_and_not_their_last(hour, day, works):
    assert Hours().hold(MONDAY.replace(hour=hour, day=day)) == works


def test_no_rule_is_without_a_way_to_meet_it():
    assert {risk for _, risk, _ in RULES} == set(Risk)


def test_one_way_outweighs_all_that_is_merely_large_or_late():
    one_way = risks.weigh(found(one_way=1))
    late = risks.weigh(found(campaigns=10, asked_at=MONDAY.replace(hour=22)))

    assert one_way > late


def test_the_weightiest_reason_stands_first():
    chips = found(implied=1, outside=1, one_way=1)

    weights = [chip.weight for chip in chips]
    assert weights == sorted(weights, reverse=True)
