"""Microworkers' rules, each pitfall of the reference under its number."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import documents
from campaigns.platforms.microworkers import assumptions
from campaigns.platforms.microworkers.events import EVENT_GROUPS, EVENTS
from campaigns.platforms.microworkers.forms import MicroworkersForm
from tests.platforms.posting import after_typing, posted, sent_again

NEVER_REPORTED = (
    "autoRateNokTask",
    "autoRateOkTask",
    "autoRefillPositions",
    "successRate",
    "timeToWaitAfterSlotExpiration",
)
URL = "https://sqs.eu-west-1.amazonaws.com/310442/hires"
OTHER_URL = "https://sqs.eu-west-1.amazonaws.com/310442/other"
QUEUE = {
    "url": URL,
    "type": "sqs",
    "notificationTypes": ["SlotSubmitted", "FutureEvent", "CampaignPaused"],
    "region": "eu",
}
PANEL = {
    "title": "Ad rating",
    "status": "RUNNING",
    "groupId": "2c9d1f07",
    "qtRequired": False,
    "ttr": 7,
    "maximumJobLimit": {"enabled": True, "limitPerDay": 90},
    "autoSkipTask": {"enabled": False, "timeLimit": 900},
    "notificationSettings": [QUEUE],
}
SPARE = "notificationSettings.1"
queues = st.lists(
    st.fixed_dictionaries(
        {
            "url": st.sampled_from([URL, OTHER_URL, "http://odd", " x "]),
            "notificationTypes": st.lists(
                st.sampled_from([*sorted(EVENTS)[:6], "FutureEvent", ""]), max_size=5
            ),
        },
        optional={"type": st.just("sqs"), "extra": st.integers()},
    ),
    max_size=4,
)


def plan(wanted, **document):
    return MicroworkersForm.plan({**PANEL, **document}, wanted)


def texts(plan, path, kind):
    return " ".join(note.text for note in plan.notes[path] if note.kind == kind)


def typed(changes, **document):
    shown = {**PANEL, **document}
    only = ["notificationSettings"]
    return after_typing(MicroworkersForm, shown, changes, only=only)


def sent_queues(form):
    assert form.is_valid(), form.errors
    return MicroworkersForm.plan(form.document, form.wanted()).body[
        "notificationSettings"
    ]


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


def test_pitfall_49_every_queue_is_sent_as_sqs():
    form = typed({f"{SPARE}.url": OTHER_URL, f"{SPARE}.types": ["SlotCreated"]})

    assert [queue["type"] for queue in sent_queues(form)] == ["sqs", "sqs"]


def test_pitfall_49_a_queue_of_another_type_is_refused_and_locks_the_list():
    other = [{**QUEUE, "type": "webhook"}]

    assert plan({"notificationSettings": documents.canonical(other)}).errors
    locks = MicroworkersForm.locks({**PANEL, "notificationSettings": other})
    assert "notificationSettings" in locks


def test_pitfall_50_there_are_twenty_six_events_spelled_as_the_platform_does():
    sizes = [len(events) for _, events in EVENT_GROUPS]

    assert sizes == [14, 11, 1]
    assert len(EVENTS) == 26
    assert {"CampaignCanceled", "SlotLockExpired", "SlotLockReleased"} <= EVENTS


@pytest.mark.parametrize("event", ["CampaignCancelled", "slotcreated", "", "x" * 999])
def test_pitfall_50_an_event_nobody_knows_is_refused(event):
    form = typed({"notificationSettings.0.types": [event]})
    wanted = documents.canonical([{**QUEUE, "notificationTypes": [event]}])

    assert set(form.errors) == {"notificationSettings"}
    assert plan({"notificationSettings": wanted}).errors


def test_pitfall_50_an_event_of_the_future_is_shown_and_kept():
    form = typed({"notificationSettings.0.types": ["SlotCreated"]})

    assert "FutureEvent" in str(form["notificationSettings"])
    assert sent_queues(form) == [
        {**QUEUE, "notificationTypes": ["FutureEvent", "SlotCreated"]}
    ]


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


@settings(deadline=None, max_examples=80)
@given(queues)
def test_queues_posted_unchanged_yield_nothing(listed):
    document = {**PANEL, "notificationSettings": listed}

    form = sent_again(MicroworkersForm, document, only=["notificationSettings"])

    assert form.is_valid(), form.errors
    assert form.wanted() == {}


@settings(deadline=None)
@given(
    queues.flatmap(lambda listed: st.tuples(st.just(listed), st.permutations(listed)))
)
def test_the_order_of_queues_and_events_means_nothing(pair):
    field = MicroworkersForm.declared()["notificationSettings"]
    listed, shuffled = pair
    turned = [
        {**queue, "notificationTypes": queue["notificationTypes"][::-1] * 2}
        for queue in shuffled
    ]

    assert field.canonical(listed) == field.canonical(turned)


@pytest.mark.parametrize("nothing", [None, []])
def test_no_queues_are_an_empty_list(nothing):
    field = MicroworkersForm.declared()["notificationSettings"]

    assert field.read({"notificationSettings": nothing}) == "[]"
    assert field.display("[]") == "no queues"


def test_text_no_database_can_hold_is_refused_in_keys_nobody_knows():
    odd = documents.canonical([{**QUEUE, "region": "\x00"}])

    assert plan({"notificationSettings": odd}).errors


def test_queues_nobody_read_are_locked():
    unread = {k: v for k, v in PANEL.items() if k != "notificationSettings"}

    assert MicroworkersForm.locks(unread).keys() == {"notificationSettings"}


def test_a_queue_is_added_in_the_spare_row():
    form = typed({f"{SPARE}.url": f" {OTHER_URL} ", f"{SPARE}.types": ["SlotCreated"]})

    added = {"url": OTHER_URL, "type": "sqs", "notificationTypes": ["SlotCreated"]}
    assert added in sent_queues(form)
    assert len(sent_queues(form)) == 2


def test_a_new_address_keeps_what_belongs_to_the_queue():
    form = typed({"notificationSettings.0.url": OTHER_URL})

    assert sent_queues(form) == [
        {
            **QUEUE,
            "url": OTHER_URL,
            "notificationTypes": sorted(QUEUE["notificationTypes"]),
        }
    ]


def test_removing_every_queue_sends_an_empty_list_with_a_caution():
    form = typed({"notificationSettings.0.remove": "on"})

    removed = plan(form.wanted()) if form.is_valid() else None

    assert removed.body == {"notificationSettings": []}
    assert "all notifications stop" in texts(removed, "notificationSettings", "caution")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({f"{SPARE}.url": URL, f"{SPARE}.types": ["SlotCreated"]}, "there twice"),
        ({f"{SPARE}.url": OTHER_URL}, "at least 1 event"),
        ({f"{SPARE}.types": ["SlotCreated"]}, "give its address"),
        ({"notificationSettings.0.url": ""}, "give its address"),
        ({"notificationSettings.0.url": "http://sqs.x"}, "https://"),
        ({"notificationSettings.0.url": "https://[x"}, "https://"),
        ({"notificationSettings.0.url": "https://a:b@x.org"}, "https://"),
        ({"notificationSettings.0.url": "https://x.org/a b"}, "https://"),
        ({"notificationSettings.0.url": "https://x/" + "a" * 3000}, "https://"),
        ({"notificationSettings.0.url": "https://x/\x00"}, "invisible"),
        ({"notificationSettings.0.was": "\ud800"}, "invisible"),
        ({"notificationSettings.0.types": ["\x00"]}, "invisible"),
        ({"notificationSettings.rows": "1e999"}, "could not be read"),
        ({"notificationSettings.rows": "9999"}, "could not be read"),
        ({"notificationSettings.rows": "-1"}, "could not be read"),
    ],
)
def test_queues_against_the_rules_are_refused_in_words(changes, words):
    form = typed(changes)

    assert not form.is_valid()
    assert words in form.errors["notificationSettings"][0]
    assert str(form["notificationSettings"])


def test_a_refused_post_keeps_what_was_typed():
    form = typed({f"{SPARE}.url": "http://mine", f"{SPARE}.types": ["SlotCreated"]})

    again = posted(form)

    assert not form.is_valid()
    assert again[f"{SPARE}.url"] == "http://mine"
    assert again.getlist(f"{SPARE}.types") == ["SlotCreated"]
    assert again["notificationSettings.rows"] == "3"


def test_there_is_always_one_spare_row_and_never_two():
    form = typed({"notificationSettings.0.url": "http://mine"})

    assert not form.is_valid()
    assert posted(form)["notificationSettings.rows"] == "2"


def test_a_host_that_is_not_amazons_warns_or_is_refused(monkeypatch):
    wanted = {
        "notificationSettings": documents.canonical(
            [{**QUEUE, "url": "https://queue.example.org/1"}]
        )
    }

    odd = plan(wanted)
    monkeypatch.setenv("MW_REQUIRE_SQS_HOST", "true")

    assert "Amazon SQS" in texts(odd, "notificationSettings", "caution")
    assert plan(wanted).errors


def test_an_address_is_escaped_where_it_is_drawn():
    evil = [{**QUEUE, "url": 'https://x/"><script>'}]

    html = str(
        MicroworkersForm({**PANEL, "notificationSettings": evil})[
            "notificationSettings"
        ]
    )

    assert "<script>" not in html


def test_a_locked_list_is_drawn_disabled():
    html = str(MicroworkersForm({"ttr": 1})["notificationSettings"])

    assert html.count("<fieldset") == html.count(" disabled>") == 1


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
