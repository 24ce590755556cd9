"""Notification queues of Microworkers, each pitfall under its number."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import documents
from campaigns.platforms.microworkers.events import EVENT_GROUPS, EVENTS
from campaigns.platforms.microworkers.forms import MicroworkersForm
from tests.platforms.microworkers_plans import PANEL, QUEUE, URL, plan, texts
from tests.platforms.posting import after_typing, posted, sent_again

OTHER_URL = "https://sqs.eu-west-1.amazonaws.com/310442/other"


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


def typed(changes, **document):
    shown = {**PANEL, **document}
    only = ["notificationSettings"]
    return after_typing(MicroworkersForm, shown, changes, only=only)


def sent_queues(form):
    assert form.is_valid(), form.errors
    return MicroworkersForm.plan(form.document, form.wanted()).body[
        "notificationSettings"
    ]


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
