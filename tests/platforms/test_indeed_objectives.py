"""Objectives and their targets on Indeed, each pitfall under its number."""

from decimal import Decimal

import pytest

from campaigns import documents
from campaigns.platforms.indeed.forms import IndeedForm
from tests.platforms.indeed_plans import PLAIN, locked, plan, texts
from tests.platforms.posting import after_typing

COSTED = {"objectiveType": "TARGET_COST_PER_APPLICATION", "target": Decimal("45.10")}


def test_pitfall_15_an_objective_is_added_for_good():
    added = plan({"objective.objectiveType": '"BALANCE"'})

    assert added.body == {"objective": {"objectiveType": "BALANCE"}}
    assert added.edits[0].one_way
    assert "never removed" in texts(added, "objective.objectiveType", "one-way")


def test_pitfall_15_the_type_of_an_objective_is_locked_with_the_reason():
    refused = plan({"objective.objectiveType": '"BALANCE"'}, objective=COSTED)

    assert "change the type" in refused.errors["objective.objectiveType"][0]
    assert "objective.objectiveType" in locked(objective=COSTED)


def test_pitfall_15_an_objective_cannot_be_removed():
    refused = plan({"objective.objectiveType": "null"}, objective=COSTED)

    assert refused.errors


def test_pitfall_15_an_objective_nobody_read_is_locked():
    unread = {key: value for key, value in PLAIN.items() if key != "objective"}

    locks = IndeedForm.locks(unread)

    assert locks.keys() == {"objective.objectiveType", "objective.target"}
    assert "Read it first" in locks["objective.target"]


def test_pitfall_16_only_the_target_of_an_objective_is_editable():
    cheaper = plan({"objective.target": "44"}, objective={**COSTED, "description": "x"})

    assert cheaper.body == {
        "objective": {"objectiveType": "TARGET_COST_PER_APPLICATION", "target": 44}
    }


@pytest.mark.parametrize("kind", ["BALANCE", "MAXIMUM"])
def test_pitfall_16_an_objective_without_target_has_nothing_to_edit(kind):
    objective = {"objectiveType": kind}

    assert "no target" in locked(objective=objective)["objective.target"]


def test_pitfall_17_quick_is_never_offered():
    html = str(IndeedForm(PLAIN)["objective.objectiveType"])

    assert "SCHEDULED_INTERVIEWS" in html
    assert "QUICK" not in html
    assert plan({"objective.objectiveType": '"QUICK"'}).errors


def test_pitfall_17_a_quick_campaign_is_locked_whole(monkeypatch):
    quick = {"objectiveType": "QUICK"}

    assert locked(objective=quick).keys() == IndeedForm.declared().keys()
    monkeypatch.setenv("INDEED_QUICK_READONLY", "false")
    assert "name" not in locked(objective=quick)
    assert "objective.target" in locked(objective=quick)


@pytest.mark.parametrize("kind", ["NEW_KIND", ["odd"], {"odd": 1}, 7])
def test_pitfall_18_an_unknown_objective_is_shown_and_left_alone(kind):
    objective = {"objectiveType": kind, "target": 5}
    form = after_typing(IndeedForm, {**PLAIN, "objective": objective}, {})

    assert form.is_valid()
    assert form.wanted() == {}
    assert "leaves it alone" in locked(objective=objective)["objective.target"]


def test_pitfall_18_an_unknown_objective_type_is_shown_verbatim():
    field = IndeedForm.declared()["objective.objectiveType"]

    assert field.display('"NEW_KIND"') == "NEW_KIND"


def test_pitfall_19_interviews_need_a_subscription_nobody_can_check():
    wanted = {
        "objective.objectiveType": '"SCHEDULED_INTERVIEWS"',
        "objective.target": "5",
    }

    interviews = plan(wanted)

    assert "subscription" in texts(interviews, "objective.objectiveType", "caution")
    assert interviews.body["objective"]["target"] == 5


def test_pitfall_20_a_target_of_applications_is_soft():
    objective = {"objectiveType": "TARGET_APPLICATIONS", "target": 10}

    more = plan({"objective.target": "20"}, objective=objective)

    assert "does not stop" in texts(more, "objective.target", "info")
    assert more.edits[0].wanted_text == "20 applications"


def test_pitfall_21_a_cost_target_stays_exact_from_keyboard_to_wire():
    form = after_typing(
        IndeedForm, {**PLAIN, "objective": COSTED}, {"objective.target": "10.10"}
    )

    assert form.is_valid()
    assert documents.wire(plan(form.wanted(), objective=COSTED).body) == (
        '{"objective":{"objectiveType":"TARGET_COST_PER_APPLICATION","target":10.1}}'
    )


def test_pitfall_21_the_same_amount_in_other_digits_is_no_change():
    form = after_typing(
        IndeedForm, {**PLAIN, "objective": COSTED}, {"objective.target": "45.100"}
    )

    assert form.is_valid()
    assert form.wanted() == {}


@pytest.mark.parametrize(
    "typed", ["1e2", "NaN", "Infinity", "10,50", "0", "-1", "1e999"]
)
def test_pitfall_21_amounts_that_are_no_plain_numbers_are_refused(typed):
    form = after_typing(
        IndeedForm, {**PLAIN, "objective": COSTED}, {"objective.target": typed}
    )

    assert set(form.errors) == {"objective.target"}


def test_pitfall_22_a_cost_is_shown_in_the_currency_of_the_account():
    dearer = plan({"objective.target": "48.5"}, objective=COSTED)

    assert dearer.edits[0].seen_text == "45.10 USD per application"
    assert dearer.edits[0].wanted_text == "48.50 USD per application"


def test_pitfall_22_the_target_of_a_new_objective_is_shown_in_its_unit():
    wanted = {
        "objective.objectiveType": '"TARGET_COST_PER_APPLICATION"',
        "objective.target": "48.5",
    }

    words = [edit.wanted_text for edit in plan(wanted).edits]

    assert words == ["Target cost per application", "48.50 USD per application"]


def test_pitfall_22_a_currency_without_cents_shows_none():
    yen = plan({"objective.target": "900"}, objective=COSTED, CurrencyCode="JPY")

    assert yen.edits[0].wanted_text == "900 JPY per application"


@pytest.mark.parametrize(
    ("currency", "amount", "warned"),
    [("USD", "1.25", False), ("USD", "1.255", True), ("JPY", "1.5", True)],
)
def test_pitfall_22_unusual_decimals_only_warn(currency, amount, warned):
    odd = plan({"objective.target": amount}, objective=COSTED, CurrencyCode=currency)

    assert odd.errors == {}
    assert bool(texts(odd, "objective.target", "caution")) is warned


@pytest.mark.parametrize(
    ("kind", "target", "refused"),
    [
        ("TARGET_APPLICATIONS", "10", False),
        ("TARGET_APPLICATIONS", "10.5", True),
        ("TARGET_APPLICATIONS", None, True),
        ("SCHEDULED_INTERVIEWS", "10.5", True),
        ("TARGET_COST_PER_APPLICATION", "10.5", False),
        ("TARGET_COST_PER_APPLICATION", None, True),
        ("BALANCE", None, False),
        ("BALANCE", "10", True),
        ("MAXIMUM", "10", True),
    ],
)
def test_pitfall_23_each_type_takes_its_own_target(kind, target, refused):
    wanted = {"objective.objectiveType": f'"{kind}"', "objective.target": target}

    added = plan({path: text for path, text in wanted.items() if text})

    assert set(added.errors) == ({"objective.target"} if refused else set())


def test_pitfall_23_a_target_without_a_type_is_refused():
    assert set(plan({"objective.target": "10"}).errors) == {"objective.target"}
