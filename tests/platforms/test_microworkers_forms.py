"""Microworkers' rules, each pitfall of docs/platforms.md under its number."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from campaigns import documents
from campaigns.platforms.microworkers import assumptions
from campaigns.platforms.microworkers.forms import MicroworkersForm
from tests.platforms.microworkers_plans import PANEL, plan, texts
from tests.platforms.posting import after_typing

NEVER_REPORTED = (
    "autoRateNokTask",
    "autoRateOkTask",
    "autoRefillPositions",
    "successRate",
    "timeToWaitAfterSlotExpiration",
)


@pytest.mark.parametrize(
    ("days", "refused"), [("1", False), ("30", False), ("31", True), ("130", True)]
)
def test_pitfall_40_time_to_rate_is_one_to_thirty_days(days, refused):
    assert ("ttr" in plan({"ttr": days}).errors) is refused


def test_pitfall_40_zero_days_are_refused():
    form = after_typing(MicroworkersForm, PANEL, {"ttr": "0"}, only=["ttr"])

    assert form.errors["ttr"] == ["Give a whole number from 1 to 30."]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("ttr", "9 days"),
        ("autoSkipTask.timeLimit", "9 seconds"),
        ("timeToWaitAfterSlotExpiration", "9 minutes"),
        ("maximumJobLimit.limitPerDay", "9 positions"),
        ("successRate", "9\u00a0%"),
    ],
)
def test_pitfall_42_each_field_has_its_own_unit(path, words):
    assert MicroworkersForm.declared()[path].display("9") == words


@pytest.mark.parametrize(
    ("switch", "number"),
    [
        ("maximumJobLimit.enabled", "maximumJobLimit.limitPerDay"),
        ("autoSkipTask.enabled", "autoSkipTask.timeLimit"),
    ],
)
@pytest.mark.parametrize("before", [None, {}, {"enabled": False}])
def test_pitfall_43_switching_on_needs_the_number(switch, number, before):
    root = switch.partition(".")[0]

    alone = plan({switch: "true"}, **{root: before})
    both = plan({switch: "true", number: "5"}, **{root: before})

    assert set(alone.errors) == {number}
    assert both.body == {root: {"enabled": True, number.partition(".")[2]: 5}}


def test_pitfall_43_a_known_number_is_enough_to_switch_on():
    switched = plan({"autoSkipTask.enabled": "true"})

    assert switched.body == {"autoSkipTask": {"enabled": True, "timeLimit": 900}}
    assert "900 seconds, is sent along" in texts(
        switched, "autoSkipTask.enabled", "info"
    )


def test_pitfall_43_a_number_of_something_off_is_said_to_be_unused():
    unused = plan({"autoSkipTask.timeLimit": "60"})

    assert unused.body == {"autoSkipTask": {"enabled": False, "timeLimit": 60}}
    assert "not used" in texts(unused, "autoSkipTask.timeLimit", "caution")


def test_pitfall_43_a_number_takes_the_switch_along_where_nothing_was_set():
    first = plan({"autoSkipTask.timeLimit": "60"}, autoSkipTask=None)

    assert first.body == {"autoSkipTask": {"enabled": False, "timeLimit": 60}}


def test_pitfall_43_a_number_alone_needs_to_know_the_switch():
    unknown = plan({"autoSkipTask.timeLimit": "60"}, autoSkipTask={"timeLimit": 9})

    assert set(unknown.errors) == {"autoSkipTask.enabled"}


@pytest.mark.parametrize(
    "path", ["maximumJobLimit.limitPerDay", "autoSkipTask.timeLimit"]
)
def test_pitfall_43_a_number_of_nothing_is_refused(path):
    assert path in plan({path: "0"}).errors


def test_pitfall_44_the_pause_at_the_limit_is_said_to_be_normal():
    help_text = MicroworkersForm.declared()["maximumJobLimit.limitPerDay"].help_text

    assert "about midnight US Central" in help_text
    assert "normal" in help_text


def test_pitfall_45_a_schedule_in_the_limit_is_carried_along():
    schedule = {"timeZone": "CDT", "hours": [1, 2]}
    limit = {"enabled": True, "limitPerDay": 90, "standardSchedule": schedule}

    more = plan({"maximumJobLimit.limitPerDay": "120"}, maximumJobLimit=limit)

    assert more.body == {"maximumJobLimit": {**limit, "limitPerDay": 120}}


@pytest.mark.parametrize("root", ["maximumJobLimit", "autoSkipTask"])
@pytest.mark.parametrize("state", ["absent", "odd", [1]])
def test_pitfall_45_an_object_that_was_not_read_is_locked(root, state):
    document = {**PANEL, root: state}
    document = {k: v for k, v in document.items() if v != "absent"}

    locks = MicroworkersForm.locks(document)

    assert {path.partition(".")[0] for path in locks} == {root}
    assert len(locks) == 2


def test_pitfall_45_switching_off_keeps_the_last_number(monkeypatch):
    off = {"maximumJobLimit.enabled": "false"}

    kept = plan(off).body
    monkeypatch.setenv("MW_SEND_LIMIT_WHEN_DISABLED", "no")

    assert kept == {"maximumJobLimit": {"enabled": False, "limitPerDay": 90}}
    assert plan(off).body == {"maximumJobLimit": {"enabled": False}}
    typed_too = {**off, "maximumJobLimit.limitPerDay": "5"}
    assert plan(typed_too).body["maximumJobLimit"]["limitPerDay"] == 5


def test_pitfall_46_the_boundary_score_counts_as_satisfied():
    fields = MicroworkersForm.declared()

    assert "at or above" in fields["autoRateOkTask"].help_text
    assert "below" in fields["autoRateNokTask"].help_text


def test_pitfall_46_both_ratings_on_leave_nothing_to_a_person():
    both = plan(
        {"autoRateOkTask": "true", "autoRateNokTask": "true", "successRate": "80"}
    )

    assert "without a person" in texts(both, "autoRateOkTask", "caution")


def test_pitfall_47_a_pass_mark_alone_is_said_to_depend_on_the_ratings():
    alone = plan({"successRate": "80"})

    assert alone.body == {"successRate": 80}
    assert "only while" in texts(alone, "successRate", "info")


def test_pitfall_47_a_pass_mark_with_both_ratings_off_is_not_used():
    off = {"autoRateOkTask": "false", "autoRateNokTask": "false", "successRate": "80"}

    assert "Not used" in texts(plan(off), "successRate", "caution")


@pytest.mark.parametrize("flag", ["autoRateOkTask", "autoRateNokTask"])
def test_pitfall_47_turning_a_rating_on_needs_the_pass_mark(flag):
    blind, sure = plan({flag: "true"}), plan({flag: "true", "successRate": "80"})

    assert set(blind.errors) == {"successRate"}
    assert sure.body == {flag: True, "successRate": 80}
    assert plan({flag: "false"}).body == {flag: False}


@pytest.mark.parametrize(
    ("mark", "refused"), [("0", False), ("100", False), ("101", True), ("-1", True)]
)
def test_pitfall_47_the_pass_mark_is_a_percentage(mark, refused):
    assert ("successRate" in plan({"successRate": mark}).errors) is refused


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("autoRateNokTask", "not paid"),
        ("autoRateOkTask", "are paid"),
        ("autoRefillPositions", "money is spent"),
    ],
)
def test_pitfall_48_what_touches_pay_or_spending_warns(path, words):
    turned_on = plan({path: "true", "successRate": "80"})

    assert words in texts(turned_on, path, "caution")
    assert not texts(plan({path: "false"}), path, "caution")


@pytest.mark.parametrize("path", sorted(MicroworkersForm.declared()))
def test_pitfall_51_null_is_never_sent(path):
    refused = plan({path: "null"})

    assert "null" not in documents.wire(refused.body)
    assert refused.errors or path in (
        "maximumJobLimit.enabled",
        "autoSkipTask.enabled",
        "notificationSettings",
    )


def test_pitfall_51_a_null_beside_an_edit_is_left_out():
    limit = {"enabled": True, "limitPerDay": 90, "standardSchedule": None}

    more = plan({"maximumJobLimit.limitPerDay": "120"}, maximumJobLimit=limit)

    assert more.body == {"maximumJobLimit": {"enabled": True, "limitPerDay": 120}}


def test_pitfall_52_status_is_no_field_and_named_as_such():
    assert "status" not in MicroworkersForm.declared()
    assert "Status" in dict(MicroworkersForm.absent())
    assert ("Status", "RUNNING") in MicroworkersForm.extras(PANEL)


def test_five_fields_are_sent_blind():
    fields = MicroworkersForm.declared()
    blind = {path for path, field in fields.items() if not field.is_readable(PANEL)}

    assert blind == set(NEVER_REPORTED)
    assert texts(plan({"autoRefillPositions": "true"}), "autoRefillPositions", "blind")


def test_only_the_touched_field_is_sent():
    form = after_typing(MicroworkersForm, PANEL, {"ttr": "9"})

    assert form.is_valid()
    assert plan(form.wanted()).body == {"ttr": 9}


def test_an_absent_limit_reads_as_off():
    limit = {**PANEL, "maximumJobLimit": None}

    assert MicroworkersForm.declared()["maximumJobLimit.enabled"].read(limit) == "false"


@pytest.mark.parametrize(
    ("status", "warned"),
    [("RUNNING", False), ("Paused", False), ("FINISHED", True), (None, False)],
)
def test_a_campaign_that_does_not_run_warns_once_for_all(status, warned):
    notes = plan({"ttr": "9"}, status=status).notes

    assert ("" in notes) is warned


def test_a_hire_group_can_be_replaced_and_not_emptied():
    form = after_typing(MicroworkersForm, PANEL, {"groupId": ""}, only=["groupId"])

    assert plan({"groupId": '"0042"'}).body == {"groupId": "0042"}
    assert set(form.errors) == {"groupId"}


def test_facts_are_shown_as_they_are_reported():
    document = {"blockedReason": "<b>no</b>", "slotsCount": {"ok": 3, "nok": 1}}

    assert MicroworkersForm.extras(document) == [
        ("Reason for the block", "<b>no</b>"),
        ("Slots", "ok 3, nok 1"),
    ]


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("MW_SUCCESS_RATE_MAX", "high", assumptions.success_rate_bounds),
        ("MW_REQUIRE_SQS_HOST", "2", assumptions.sqs_host_is_required),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(monkeypatch, name, value, read):
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=name):
        read()
