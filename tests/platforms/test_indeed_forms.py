"""Indeed's rules, each pitfall of docs/platforms.md under its number."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from campaigns import documents
from campaigns.diff import Origin
from campaigns.platforms.indeed import assumptions
from campaigns.platforms.indeed.forms import IndeedForm
from tests.platforms.indeed_plans import PLAIN, locked, plan, texts
from tests.platforms.posting import after_typing

CRITERIA = (
    "jobsQuery",
    "jobsTitle",
    "jobsCompany",
    "jobsLocation",
    "jobsLocationRadius",
)


SELECTED = {
    "jobsToInclude": "QUERY",
    "jobsQuery": "title:(warehouse OR picker)",
    "jobsTitle": "warehouse associate",
    "jobsCompany": "Harborline",
    "jobsLocation": "Columbus, OH",
    "jobsLocationRadius": 25,
}


NO_CRITERIA = dict.fromkeys(CRITERIA)


def implied(plan):
    return {edit.field for edit in plan.edits if edit.origin == Origin.IMPLIED}


def test_pitfall_01_only_the_touched_field_is_sent():
    form = after_typing(IndeedForm, {**PLAIN, **SELECTED}, {"name": "Pickers"})

    assert form.is_valid()
    assert plan(form.wanted(), **SELECTED).body == {"name": "Pickers"}


@pytest.mark.parametrize("path", ["name", "trackingToken", "jobsQuery", "jobsTitle"])
def test_pitfall_02_a_text_cannot_be_emptied(path):
    form = after_typing(IndeedForm, {**PLAIN, **SELECTED}, {path: " "}, only=[path])

    assert set(form.errors) == {path}
    assert path in plan({path: "null"}, **SELECTED).errors


def test_pitfall_02_a_first_tracking_token_is_one_way():
    first = plan({"trackingToken": '"t"'}, trackingToken="")

    assert first.edits[0].one_way
    assert "never emptied" in texts(first, "trackingToken", "one-way")
    assert not plan({"trackingToken": '"t"'}).edits[0].one_way


def test_pitfall_02_emptying_can_be_tried_when_the_setting_allows(monkeypatch):
    monkeypatch.setenv("INDEED_ALLOW_EMPTY_STRING_CLEAR", "true")

    tried = plan({"trackingToken": "null"})

    assert tried.body == {"trackingToken": ""}
    assert not plan({"trackingToken": '"t"'}, trackingToken=None).edits[0].one_way
    assert "name" in plan({"name": "null"}).errors


@pytest.mark.parametrize(("include", "one_way"), [("QUERY", True), ("ALL", False)])
def test_pitfall_02_a_first_criterion_goes_back_only_to_all_jobs(include, one_way):
    known = {**NO_CRITERIA, "jobsToInclude": include, "jobsQuery": "nurse"}

    first = plan({"jobsTitle": '"nurse"'}, **known)

    assert first.edits[0].one_way is one_way


def test_pitfall_03_all_clears_five_criteria():
    everything = plan({"jobsToInclude": '"ALL"'}, **SELECTED)

    assert everything.body == {"jobsToInclude": "ALL"}
    assert implied(everything) == set(CRITERIA)
    assert {edit.wanted for edit in everything.edits[1:]} == {"null"}
    assert "Also clears" in texts(everything, "jobsToInclude", "effect")


def test_pitfall_03_clearing_keeps_the_old_values_in_the_edit():
    everything = plan({"jobsToInclude": '"ALL"'}, **SELECTED)

    seen = {edit.field: edit.seen_text for edit in everything.edits}
    assert seen["jobsTitle"] == "warehouse associate"
    assert seen["jobsLocationRadius"] == "25 mi (US, UK) or km"


def test_pitfall_03_clearing_unknown_criteria_cannot_be_put_back():
    everything = plan({"jobsToInclude": '"ALL"'})

    assert implied(everything) == set(CRITERIA)
    assert "cannot be put back" in texts(everything, "jobsToInclude", "caution")


def test_pitfall_03_a_criterion_that_is_empty_is_not_cleared():
    title = {**SELECTED, **NO_CRITERIA, "jobsTitle": "nurse"}

    assert implied(plan({"jobsToInclude": '"ALL"'}, **title)) == {"jobsTitle"}


def test_pitfall_03_all_together_with_a_criterion_is_refused_at_the_criterion():
    both = plan({"jobsToInclude": '"ALL"', "jobsTitle": '"nurse"'}, **SELECTED)

    assert set(both.errors) == {"jobsTitle"}
    assert both.body == {}


@pytest.mark.parametrize("known", [{}, {"jobsToInclude": "ALL", **NO_CRITERIA}])
def test_pitfall_04_query_needs_a_criterion(known):
    refused = plan({"jobsToInclude": '"QUERY"'}, **known)

    assert "jobsToInclude" in refused.errors
    assert refused.body == {}


@pytest.mark.parametrize("known", [{}, {"jobsToInclude": "ALL", **NO_CRITERIA}])
def test_pitfall_04_a_radius_is_no_criterion(known):
    alone = plan({"jobsLocationRadius": "25"}, **known)

    assert set(alone.errors) == {"jobsLocationRadius"}


@pytest.mark.parametrize("path", ["jobsQuery", "jobsTitle", "jobsCompany"])
def test_pitfall_04_any_of_the_four_criteria_is_enough(path):
    chosen = plan({"jobsToInclude": '"QUERY"', path: '"nurse"'})

    assert chosen.errors == {}
    assert chosen.body == {"jobsToInclude": "QUERY", path: "nurse"}


def test_pitfall_04_a_radius_can_change_where_criteria_are_known():
    nearer = plan({"jobsLocationRadius": "10"}, **SELECTED)

    assert nearer.errors == {}
    assert nearer.body == {"jobsLocationRadius": 10}


def test_pitfall_04_a_radius_can_change_where_query_is_known_and_criteria_are_not():
    nearer = plan({"jobsLocationRadius": "10"}, jobsToInclude="QUERY")

    assert nearer.errors == {}


def test_pitfall_05_a_further_criterion_is_said_to_narrow():
    narrower = plan({"jobsTitle": '"nurse"'}, **{**SELECTED, "jobsTitle": None})

    assert "narrows" in texts(narrower, "jobsTitle", "info")


@pytest.mark.parametrize("known", [{}, {"jobsToInclude": "ALL", **NO_CRITERIA}])
def test_pitfall_06_a_criterion_takes_query_along(known):
    switching = plan({"jobsTitle": '"nurse"'}, **known)

    assert switching.body == {"jobsToInclude": "QUERY", "jobsTitle": "nurse"}
    assert [(e.field, e.origin) for e in switching.edits] == [
        ("jobsTitle", Origin.TOUCHED),
        ("jobsToInclude", Origin.ADDED),
    ]
    assert "only a part" in texts(switching, "jobsTitle", "caution")


def test_pitfall_06_a_criterion_of_a_query_campaign_goes_alone():
    assert plan({"jobsTitle": '"nurse"'}, **SELECTED).body == {"jobsTitle": "nurse"}


@pytest.mark.parametrize("distance", [5, 10, 15, 25, 50, 100])
def test_pitfall_07_the_six_distances_are_accepted(distance):
    other = {**SELECTED, "jobsLocationRadius": None}

    sent = plan({"jobsLocationRadius": str(distance)}, **other)

    assert sent.body == {"jobsLocationRadius": distance}


@pytest.mark.parametrize("distance", ["0", "6", "30", "-5", "5.5", '"far"', "true"])
def test_pitfall_07_other_distances_are_refused(distance):
    refused = plan({"jobsLocationRadius": distance}, **SELECTED)

    assert "jobsLocationRadius" in refused.errors


def test_pitfall_08_the_radius_unit_follows_the_job():
    farther = plan({"jobsLocationRadius": "50"}, **SELECTED)

    assert "US and the UK" in texts(farther, "jobsLocationRadius", "info")
    assert farther.edits[0].wanted_text == "50 mi (US, UK) or km"


def test_pitfall_09_no_radius_is_shown_as_the_default_and_never_sent():
    field = IndeedForm.declared()["jobsLocationRadius"]
    elsewhere = plan(
        {"jobsLocation": '"Bonn"'}, **{**SELECTED, "jobsLocationRadius": None}
    )

    assert field.display("null") == "none: Indeed uses 25"
    assert elsewhere.body == {"jobsLocation": "Bonn"}


def test_pitfall_10_the_name_is_said_to_be_unique_within_the_employer():
    assert "employer" in IndeedForm.declared()["name"].help_text


@pytest.mark.parametrize(("path", "limit"), [("name", 250), ("trackingToken", 255)])
def test_pitfall_11_name_and_token_have_their_own_limits(path, limit):
    longest, too_long = f'"{"x" * limit}"', f'"{"x" * (limit + 1)}"'

    assert plan({path: longest}).body == {path: "x" * limit}
    assert path in plan({path: too_long}).errors


@pytest.mark.parametrize("character", ["é", "語", "👷"])
def test_pitfall_12_limits_count_characters_not_bytes(character):
    form = after_typing(IndeedForm, PLAIN, {"name": character * 250})

    assert form.is_valid()
    assert plan(form.wanted()).body == {"name": character * 250}


def test_pitfall_13_deleting_is_a_status_and_one_way():
    deleting = plan({"status": '"DELETED"'})

    assert deleting.body == {"status": "DELETED"}
    assert deleting.edits[0].one_way
    assert "hides" in texts(deleting, "status", "effect")
    assert not plan({"status": '"PAUSED"'}).edits[0].one_way


def test_pitfall_13_a_deleted_campaign_is_locked_whole():
    assert locked(status="DELETED").keys() == IndeedForm.declared().keys()
    assert "status" in plan({"status": '"ACTIVE"'}, status="DELETED").errors


def test_pitfall_13_a_deleted_campaign_opens_when_the_setting_allows(monkeypatch):
    monkeypatch.setenv("INDEED_ALLOW_UNDELETE", "yes")

    assert plan({"status": '"ACTIVE"'}, status="DELETED").body == {"status": "ACTIVE"}


def test_pitfall_14_an_unknown_status_is_shown_and_can_be_left():
    form = after_typing(IndeedForm, {**PLAIN, "status": "SUSPENDED"}, {})

    assert form.is_valid()
    assert form.wanted() == {}
    assert "SUSPENDED" in str(form["status"])


@pytest.mark.parametrize("source", ["BONUS_CREDIT", "JobBonus", "bonus"])
def test_pitfall_24_bonus_credit_leaves_two_fields(source):
    free = IndeedForm.declared().keys() - locked(FundingSource=source).keys()

    assert free == {"jobsQuery", "jobsToInclude"}


def test_pitfall_24_bonus_credit_refuses_the_others_and_sends_the_two():
    bonus = {"SponsorshipPlan": "BONUS", "FundingSource": None}

    assert "name" in plan({"name": '"x"'}, **bonus).errors
    assert plan({"jobsQuery": '"nurse"'}, **bonus).body == {
        "jobsToInclude": "QUERY",
        "jobsQuery": "nurse",
    }


def test_pitfall_24_the_words_for_bonus_credit_can_be_set(monkeypatch):
    monkeypatch.setenv("INDEED_BONUS_FUNDING_VALUES", "gift, credit")

    assert "name" in locked(FundingSource="CREDIT_LINE")
    assert locked(FundingSource="BONUS") == {}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("title:nurse and city:Bonn", "in capitals"),
        ('title:"nurse', "quotation mark"),
        ("title:(nurse", "parentheses"),
        (")(", "parentheses"),
    ],
)
def test_a_doubtful_search_is_sent_with_a_warning(query, words):
    doubtful = plan({"jobsQuery": documents.canonical(query)}, **SELECTED)

    assert words in texts(doubtful, "jobsQuery", "caution")
    assert doubtful.body == {"jobsQuery": query}


def test_a_sound_search_has_no_warning():
    query = documents.canonical('title:("fish and chips" OR cook) AND -city:Bonn')

    assert texts(plan({"jobsQuery": query}, **SELECTED), "jobsQuery", "caution") == ""


def test_a_token_with_odd_signs_is_sent_with_a_warning():
    assert texts(plan({"trackingToken": '"a b&c"'}), "trackingToken", "caution")
    assert not texts(plan({"trackingToken": '"a-b_c.1"'}), "trackingToken", "caution")


def test_a_search_keeps_its_lines_whatever_the_line_ends():
    document = {**PLAIN, **SELECTED, "jobsQuery": "title:nurse\r\nOR title:cook"}

    form = after_typing(IndeedForm, document, {})

    assert form.is_valid()
    assert form.wanted() == {}


def test_the_reasons_for_not_spending_come_first_among_the_facts():
    reasons = [{"type": "NO_JOBS", "description": "No open jobs."}, {"type": "PAUSED"}]

    extras = IndeedForm.extras({**PLAIN, "NonSpendingReasons": reasons})

    assert extras == [
        ("Does not spend", "No open jobs."),
        ("Does not spend", "PAUSED"),
        ("Account currency", "USD"),
    ]


def test_the_job_source_and_the_budget_are_named_as_not_offered():
    absent = dict(IndeedForm.absent())

    assert {"Budget and dates", "Job source"} <= absent.keys()
    assert "jobsSourceId" not in IndeedForm.declared()


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("INDEED_ALLOW_UNDELETE", "perhaps", assumptions.undelete_is_allowed),
        ("INDEED_COST_MAX_DECIMALS", "-1", lambda: assumptions.cost_decimals("USD")),
        ("INDEED_TEXT_SANITY_MAX", "many", assumptions.text_limit),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(monkeypatch, name, value, read):
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=name):
        read()
