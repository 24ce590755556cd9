"""The audit log: who reads it, what it tells, how it is paged and filtered."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils.html import escape

from campaigns import audit, documents
from campaigns.audit import Event, Told
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Channel, PersonName
from tests.asked import ask, edit
from tests.factories import CampaignFactory, ConnectionFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client):
    person = PersonFactory(manager=True, timezone="Europe/Vienna")
    client.force_login(person)
    return person


def append(event=Event.OUTSIDE, stream="system", at=None, **words):
    with transaction.atomic():
        return audit.append(event, stream, at=at or datetime.now(UTC), **words)


def outside(**words):
    campaign = words.pop("campaign", None) or CampaignFactory()
    told = [Told("ttr", "Time to rate", "7", "3", "7 days", "3 days")]
    stream = f"campaign:{campaign.pk}"
    return append(stream=stream, campaign=campaign, fields=told, **words)


def see(client, **asked):
    response = client.get("/audit/", asked)
    assert response.status_code == 200
    return response


def listed(client, **asked):
    return [line.entry.pk for line in see(client, **asked).context["lines"]]


def text(client, **asked):
    return see(client, **asked).content.decode()


# --- who reads ------------------------------------------------------------------


def test_marketers_do_not_read_the_audit_log(client):
    client.force_login(PersonFactory())

    assert client.get("/audit/").status_code == 403


def test_a_manager_reads_nothing_of_a_connection_closed_to_them(client, me):
    closed = CampaignFactory(connection__open_to_all=False)
    hidden = outside(campaign=closed)

    assert listed(client) == []
    assert client.get("/audit/", {"campaign": closed.pk}).status_code == 422
    assert client.get(f"/audit/{hidden.pk}/").status_code == 404


def test_an_admin_reads_every_entry(client):
    client.force_login(PersonFactory(admin=True))
    entry = outside(campaign=CampaignFactory(connection__open_to_all=False))

    assert listed(client) == [entry.pk]


def test_entries_of_no_connection_are_for_all_who_review(client, me):
    entry = append(Event.SIGNED_IN, "user:5", person=me)

    assert listed(client) == [entry.pk]


# --- what it tells --------------------------------------------------------------


def test_an_entry_tells_who_what_from_to_and_why(client, me):
    author = PersonFactory(full_name="Mara Lindqvist")
    audit.remember_name(author)
    ask(person=author, reason="Columbus reopens")

    page = text(client)

    assert "Mara Lindqvist" in page
    assert "7 days" in page
    assert "5 days" in page
    assert "Columbus reopens" in page
    assert "Change requested" in page


@pytest.mark.parametrize(
    ("event", "facts", "about"),
    [
        (Event.PERSON_CHANGED, {"about": 7, "active": False}, "Tom Test, deactivated"),
        (Event.SIGN_IN_FAILED, {"about": None}, "an unknown address"),
        (Event.HELD, {"scope": "everything"}, "Everything"),
        (Event.REVIEWED, {"set": 5, "title": "Spring"}, "set 5, Spring"),
        (Event.TESTED, {"ok": False, "words": ["Wrong key."]}, "Wrong key."),
        (Event.TESTED, {"ok": True, "words": []}, "works"),
        (Event.LABELLED, {"added": "nurses"}, "added: nurses"),
        (
            Event.EXPORTED,
            {"kind": "csv", "entries": 1200, "asked": "State: Clash"},
            "csv of 1,200 entries: State: Clash",
        ),
        (
            Event.SECOND_FACTOR_CHANGED,
            {"about": 7, "kind": "recovery_codes", "done": "added"},
            "Tom Test, recovery codes added",
        ),
    ],
)
def test_it_tells_whom_or_what_an_entry_is_about(client, me, event, facts, about):
    PersonName.objects.create(person_id=7, name="Tom Test")
    append(event, person=me, facts=facts)

    assert see(client).context["lines"][0].about == about
    assert escape(about) in text(client)


def test_who_acts_on_themselves_is_told_once(client, me):
    append(Event.SIGNED_IN, f"user:{me.pk}", person=me, facts={"about": me.pk})

    assert see(client).context["lines"][0].about == ""


def test_a_search_for_a_person_finds_what_was_done_to_them(client, me):
    PersonName.objects.create(person_id=7, name="Tom Test")
    entry = append(Event.PERSON_CHANGED, "user:7", person=me, facts={"about": 7})

    assert listed(client, q="tom t") == [entry.pk]
    assert listed(client, q="tim t") == []


def test_the_page_of_an_entry_tells_what_the_platform_said(client, me):
    entry = append(Event.ANSWERED, facts={"says": "No such campaign."})

    page = client.get(f"/audit/{entry.pk}/").content.decode()

    assert "<dt>Said</dt><dd><bdi>No such campaign.</bdi></dd>" in page


def test_a_forgotten_person_keeps_their_number(client, me):
    author = PersonFactory(full_name="Mara Lindqvist")
    ask(person=author)
    PersonName.objects.filter(pk=author.pk).delete()

    assert f"person {author.pk}" in text(client)


@pytest.mark.parametrize(
    ("make", "who"),
    [
        (outside, "outside"),
        (lambda: append(Event.HELD, channel=Channel.SYSTEM), "Campaign Desk"),
        (lambda: append(Event.TESTED, channel=Channel.COMMAND), "command line"),
        (lambda: append(Event.SIGN_IN_FAILED), "not signed in"),
    ],
)
def test_where_no_person_acted_it_says_who_did(client, me, make, who):
    make()

    assert see(client).context["lines"][0].who == who


def test_days_are_those_of_the_reader_and_name_their_zone(client, me):
    append(at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    append(at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC))

    page = text(client)

    assert "Thursday, 2 July 2026" in page
    assert "Saturday, 21 November 2026" in page
    assert "CEST" in page
    assert "00:30:00" in page


def test_names_told_without_values_say_changed(client, me):
    append(Event.PERSON_CHANGED, "user:5", fields=[Told("email", "E-mail", None, None)])

    assert "E-mail changed" in text(client)


def test_text_of_platforms_and_people_is_shown_as_text(client, me):
    campaign = CampaignFactory(name="<script>alert(1)</script>\u202e")
    ask(campaign=campaign, reason="<b>why</b>")

    page = text(client)

    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;\u202e</bdi>" in page
    assert "<b>why" not in page


def test_a_campaign_gone_from_view_keeps_its_name_without_a_link(client, me):
    campaign = CampaignFactory(name="Old one")
    outside(campaign=campaign)
    campaign.connection.archived_at = datetime.now(UTC)
    campaign.connection.save(update_fields=["archived_at"])

    page = text(client)

    assert "Old one" in page
    assert f"/campaigns/{campaign.pk}/" not in page


def test_what_may_go_back_leads_to_its_undo(client, me):
    change = ask(State.CONFIRMED)

    page = text(client)

    assert page.count("Undo…") == 1
    assert f"/undo/change/{change.pk}" in page


def test_who_sends_nothing_is_not_offered_an_undo(client):
    client.force_login(PersonFactory(admin=True))
    ask(State.CONFIRMED)

    assert "Undo…" not in text(client)


# --- filters --------------------------------------------------------------------


def test_each_filter_finds_its_entries_alone(client, me):
    author = PersonFactory()
    audit.remember_name(author)
    campaign = CampaignFactory(name="Night nurses", remote_id="abc-99")
    wanted = ask(campaign=campaign, person=author).entry_id
    outside(campaign=CampaignFactory(name="Other"), at=datetime(2026, 1, 5, tzinfo=UTC))

    assert listed(client, person=author.pk) == [wanted]
    assert listed(client, campaign=campaign.pk) == [wanted]
    assert listed(client, connection=campaign.connection_id) == [wanted]
    assert listed(client, q="nurses") == [wanted]
    assert listed(client, q="ABC-99") == [wanted]
    assert listed(client, state="waiting") == [wanted]
    assert listed(client, event="change requested") == [wanted]
    assert listed(client, channel="screen") == [wanted]
    assert listed(client, since="2026-02-01") == [wanted]


def test_the_field_filter_finds_each_entry_that_names_it(client, me):
    named = ask(edits=[edit("limitPerDay"), edit("ttr")]).entry_id
    ask(edits=[edit("name")])

    assert listed(client, field="ttr") == [named]


def test_the_platform_filter_leaves_the_others_out(client, me):
    on = outside(campaign=CampaignFactory(connection__platform="indeed"))
    outside()

    assert listed(client, platform="indeed") == [on.pk]


def test_a_span_of_days_holds_both_its_ends_in_the_zone_of_the_reader(client, me):
    midnight = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)  # in Vienna
    second, day = timedelta(seconds=1), timedelta(days=1)
    append(at=midnight - second)
    first = append(at=midnight)
    last = append(at=midnight + day - second)
    append(at=midnight + day)

    found = listed(client, since="2026-03-02", until="2026-03-02")

    assert found == [last.pk, first.pk]


def test_a_day_after_the_last_entry_has_none(client, me):
    append(at=datetime(2026, 3, 1, tzinfo=UTC))

    assert listed(client, since="2026-03-05") == []


def test_each_set_filter_is_a_chip_that_can_go(client, me):
    page = see(client, state="clash", since="2026-03-01")

    chips = [(c.label, c.words, c.url) for c in page.context["filters"].chips()]
    assert chips == [
        ("State", "Clash", "?since=2026-03-01"),
        ("From", "1 Mar 2026", "?state=clash"),
    ]


def test_the_history_of_one_campaign_names_it_and_its_stream(client, me):
    campaign = CampaignFactory(name="Night <nurses>")
    ask(State.CONFIRMED, campaign=campaign)

    page = text(client, campaign=campaign.pk)

    assert "<bdi>Night &lt;nurses&gt;</bdi>" in page
    assert f"<code>campaign:{campaign.pk}</code> has 4 entries" in page


@pytest.mark.parametrize(
    "asked",
    [{"person": "x"}, {"event": "won"}, {"since": "0001-01-01"}, {"campaign": "0"}],
)
def test_a_filter_nobody_can_mean_is_named(client, me, asked):
    assert client.get("/audit/", asked).status_code == 422


# --- paging ---------------------------------------------------------------------


def test_older_and_newer_meet_without_gap_or_double(client, me):
    made = [append().pk for _ in range(120)][::-1]

    first = listed(client)
    second = listed(client, before=first[-1])
    third = listed(client, before=second[-1])

    assert first + second + third == made
    assert listed(client, after=third[0]) == second


def test_new_entries_do_not_shift_the_pages(client, me):
    [append() for _ in range(60)]
    first = listed(client)
    append()

    assert first[-1] - 1 == listed(client, before=first[-1])[0]


def test_the_ends_offer_no_way_on(client, me):
    [append() for _ in range(60)]
    first = see(client)
    last = see(client, before=first.context["lines"][-1].entry.pk)

    assert (first.context["newer"], bool(first.context["older"])) == ("", True)
    assert (bool(last.context["newer"]), last.context["older"]) == (True, "")


def test_ways_on_keep_the_filters(client, me):
    made = [append(channel=Channel.SYSTEM) for _ in range(51)]

    older = see(client, channel="system").context["older"]

    assert older == f"?channel=system&before={made[1].pk}"


def test_a_jump_begins_with_the_last_entry_of_that_day(client, me):
    days = [append(at=datetime(2026, 3, day, 12, tzinfo=UTC)).pk for day in (1, 2, 3)]

    page = see(client, jump="2026-03-02")

    assert [line.entry.pk for line in page.context["lines"]] == [days[1], days[0]]
    assert f"after={days[1]}" in page.context["newer"]


@pytest.mark.parametrize("key", ["x", "-1", "9" * 40])
def test_a_place_that_is_no_place_is_the_newest(client, me, key):
    entry = append()

    assert listed(client, before=key) == [entry.pk]


def test_nothing_is_counted(client, me, django_assert_max_num_queries):
    append()

    with django_assert_max_num_queries(30) as made:
        see(client)

    history = [q["sql"] for q in made.captured_queries if "auditentry" in q["sql"]]
    assert history
    assert not [sql for sql in history if "COUNT(" in sql]


def test_a_hundred_entries_cost_as_many_queries_as_ten(
    client, me, django_assert_max_num_queries
):
    for _ in range(10):
        ask(State.CONFIRMED)
    with django_assert_max_num_queries(100) as few:
        see(client)
    for _ in range(20):
        ask(State.CONFIRMED)

    with django_assert_max_num_queries(len(few)):
        see(client)


# --- one entry ------------------------------------------------------------------


def test_an_entry_shows_its_body_leaf_and_place(client, me):
    entry = AuditEntry.objects.get(pk=ask(reason="because").entry_id)

    page = client.get(f"/audit/{entry.pk}/").content.decode()

    assert entry.leaf in page
    assert f"<code>{entry.stream}</code>, number 1" in page
    assert "&quot;reason&quot;: &quot;because&quot;" in page
    assert "The leaf is that of the text" in page


def test_the_body_laid_out_says_what_is_stored_and_nothing_else(client, me):
    entry = AuditEntry.objects.get(pk=ask(reason='a "b": [1,2] {').entry_id)

    laid_out = client.get(f"/audit/{entry.pk}/").context["body"]

    assert documents.canonical(documents.loads(laid_out)) == entry.body


def test_an_entry_leads_to_the_whole_chain_of_its_change(client, me):
    change = ask(State.CONFIRMED)
    chain = AuditEntry.objects.filter(change_id=change.pk).order_by("pk")

    page = client.get(f"/audit/{chain[1].pk}/").content.decode()

    others = [one.pk for one in chain if one.pk != chain[1].pk]
    assert len(others) == 3
    assert all(f'href="/audit/{pk}/"' in page for pk in others)


def test_an_entry_leads_to_its_neighbours_in_the_stream(client, me):
    connection = ConnectionFactory()
    first, second, third = (
        append(Event.TESTED, f"connection:{connection.pk}", connection=connection)
        for _ in range(3)
    )
    append()

    context = client.get(f"/audit/{second.pk}/").context

    assert (context["earlier"], context["later"]) == (first, third)


def test_a_jump_before_the_first_entry_leads_to_newer_ones(client, me):
    entry = outside(at=datetime(2026, 11, 20, 9, tzinfo=UTC))

    page = see(client, jump="2026-11-10")

    assert "Nothing that old matches" in page.content.decode()
    newer = client.get(f"/audit/{page.context['newer']}")
    assert "1 entry shown" in newer.content.decode()
    assert [line.entry.pk for line in newer.context["lines"]] == [entry.pk]
