"""Finding entries: by words, by values, at any depth, and views kept under a name."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from campaigns import audit, queries
from campaigns.audit import Event, Told
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, SavedView
from campaigns.queries import EntryFilter
from tests.asked import ask, edit
from tests.factories import CampaignFactory, IndeedFactory, PersonFactory
from tests.views.audit.log import listed, see

pytestmark = pytest.mark.django_db


def signed_in(person):
    with transaction.atomic():
        return audit.append(
            Event.SIGNED_IN, "user:1", at=datetime.now(UTC), person=person
        )


# --- words ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["FORKLIFT", "abc-99", "zürich reopens", "12 days", 'the "big" one', "mara"],
)
def test_words_are_found_wherever_people_read_them(client, me, words):
    author = PersonFactory(full_name="Mara Lindqvist")
    audit.remember_name(author)
    campaign = CampaignFactory(name="Forklift operators", remote_id="abc-99")
    edits = [edit(wanted_text="12 days")]
    reason = 'Zürich reopens, the "big" one'
    wanted = ask(campaign=campaign, person=author, edits=edits, reason=reason)
    ask()

    assert listed(client, q=words) == [wanted.entry_id]


@pytest.mark.parametrize("words", ["reason", "wanted_text", "version"])
def test_the_spelling_of_the_store_is_not_what_people_read(client, me, words):
    ask()

    assert listed(client, q=words) == []


def test_words_of_a_connection_closed_to_the_reader_stay_unfound(client, me):
    campaign = CampaignFactory(name="Secret plan")
    ask(campaign=campaign)
    campaign.connection.open_to_all = False
    campaign.connection.save(update_fields=["open_to_all"])

    assert listed(client, q="secret") == []


def test_an_impatient_search_says_how_far_it_looked_and_goes_on(me):
    for _ in range(200):
        last = signed_in(me)
    asked = EntryFilter(text="nothing says this", event=Event.SIGNED_IN)

    page = queries.find_entries(me, asked, patience=0)

    looked = AuditEntry.objects.get(pk=page.older)
    assert page.looked_to == looked.at
    assert last.pk - page.older == 127


def test_going_on_comes_to_what_is_there_and_to_the_end(me):
    author = PersonFactory(full_name="Mara Lindqvist")
    audit.remember_name(author)
    wanted = signed_in(author)
    for _ in range(200):
        signed_in(me)
    asked = EntryFilter(text="lindqvist")

    first = queries.find_entries(me, asked, patience=0)
    second = queries.find_entries(me, asked, patience=0, before=first.older)

    assert (first.entries, second.entries) == ([], [wanted])
    assert (second.older, second.looked_to) == (None, None)


def test_the_page_says_how_far_it_looked(client, me, monkeypatch):
    monkeypatch.setattr(queries.find_entries, "__kwdefaults__", HURRIED)
    for _ in range(200):
        signed_in(me)

    page = see(client, q="nothing says this").content.decode()

    assert "Looked back to" in page
    assert ">Continue</a>" in page


HURRIED = {**queries.find_entries.__kwdefaults__, "patience": 0}


# --- values ---------------------------------------------------------------------


def test_a_value_is_found_before_and_after(client, me):
    to = ask(edits=[edit(seen="7", wanted="5")]).entry_id
    back = ask(edits=[edit(seen="5", wanted="7")]).entry_id
    ask(edits=[edit(seen="50", wanted="3")])

    assert listed(client, value="5 DAYS") == [back, to]


def test_a_value_of_one_field_leaves_the_others_out(client, me):
    wanted = ask(edits=[edit("ttr")]).entry_id
    ask(edits=[edit("limitPerDay")])

    assert listed(client, value="5 days", field="ttr") == [wanted]


def test_a_field_told_twice_with_two_values_is_listed_once(client, me):
    campaign = CampaignFactory()
    entry = ask(campaign=campaign).entry_id

    assert listed(client, campaign=campaign.pk, field="ttr") == [entry]


def test_a_field_told_without_values_is_found_by_its_campaign(client, me):
    campaign = CampaignFactory()
    with transaction.atomic():
        entry = audit.append(
            Event.OUTSIDE,
            f"campaign:{campaign.pk}",
            at=datetime.now(UTC),
            campaign=campaign,
            fields=[Told("ttr", "Time to rate", None, None)],
        )

    assert listed(client, campaign=campaign.pk, field="ttr") == [entry.pk]


# --- any filters together -------------------------------------------------------


PAIRS = [
    {"person", "since"},
    {"event", "since"},
    {"connection", "since"},
    {"campaign", "field"},
    {"person", "campaign"},
    {"connection", "state"},
    {"platform", "channel"},
    {"value", "until"},
    {"field", "person", "state", "q"},
]


@pytest.mark.parametrize("names", PAIRS, ids=lambda names: "+".join(sorted(names)))
def test_filters_together_find_what_fits_them_all(client, me, names):
    author = PersonFactory()
    audit.remember_name(author)
    campaign = CampaignFactory(connection=IndeedFactory(), name="Night nurses")
    wanted = ask(campaign=campaign, person=author, edits=[edit("name")]).entry_id
    ask(campaign=campaign), ask(person=author), ask()
    every = {
        "person": author.pk,
        "campaign": campaign.pk,
        "connection": campaign.connection_id,
        "platform": "indeed",
        "field": "name",
        "value": "5 days",
        "state": "waiting",
        "event": "change requested",
        "channel": "screen",
        "since": "2026-01-01",
        "until": "2099-01-01",
        "q": "nurses",
    }

    found = listed(client, **{name: every[name] for name in names})

    entries = AuditEntry.objects.filter(pk__in=found)
    assert wanted in found
    assert found == sorted(found, reverse=True)
    if "person" in names:
        assert {entry.person_id for entry in entries} == {author.pk}
    if "campaign" in names:
        assert {entry.campaign_id for entry in entries} == {campaign.pk}


def test_pages_of_two_filters_meet_without_gap_or_double(me):
    campaign = CampaignFactory()
    made = [ask(campaign=campaign).entry_id for _ in range(12)][::-1]
    asked = EntryFilter(campaign=campaign.pk, field="ttr", state="waiting")

    first = queries.find_entries(me, asked, limit=5)
    second = queries.find_entries(me, asked, limit=5, before=first.older)
    third = queries.find_entries(me, asked, limit=5, before=second.older)
    again = queries.find_entries(me, asked, limit=5, after=third.newer)

    pages = [first, second, third]
    assert [entry.pk for page in pages for entry in page.entries] == made
    assert again.entries == second.entries


# --- saved views ----------------------------------------------------------------


def save(client, **posted):
    return client.post("/audit/views/save", posted)


def pills(client, **asked):
    shown = see(client, **asked).context["views"].pills
    return [pill["text"] for pill in shown if pill["current"]]


def test_filters_are_kept_under_a_name_and_shown_as_a_tab(client, me):
    save(client, name="Clashes", query="?state=clash&before=12&junk=1")

    assert SavedView.objects.get().query == "?state=clash"
    assert pills(client, state="clash") == ["Clashes"]
    assert pills(client) == ["Everything"]


def test_a_name_used_again_gets_the_new_filters(client, me):
    save(client, name="Mine", query="?state=clash")
    save(client, name="Mine", query="?state=failed")

    assert SavedView.objects.get().query == "?state=failed"


def test_a_teammate_opens_a_view_by_its_link_and_sees_what_they_may(client, me):
    save(client, name="Clashes", query="?state=clash")
    view = SavedView.objects.get()
    client.force_login(PersonFactory(manager=True))

    answer = client.get(f"/audit/views/{view.pk}")

    assert answer["Location"] == "/audit/?state=clash"
    assert pills(client, state="clash") == []


def test_a_view_is_removed_by_its_owner_alone(client, me):
    save(client, name="Clashes", query="?state=clash")
    view = SavedView.objects.get()
    client.force_login(PersonFactory(manager=True))

    assert client.post(f"/audit/views/{view.pk}/remove").status_code == 404
    assert SavedView.objects.count() == 1


def test_a_marketer_opens_no_view(client, me):
    save(client, name="Clashes", query="?state=clash")
    view = SavedView.objects.get()
    client.force_login(PersonFactory())

    assert client.get(f"/audit/views/{view.pk}").status_code == 403


@pytest.mark.parametrize("query", ["?state=won", "https://evil.example/"])
def test_what_is_no_filter_is_not_kept(client, me, query):
    save(client, name="x", query=query)

    assert not SavedView.objects.exclude(query="?").exists()


def test_a_nameless_view_is_refused_in_words(client, me):
    answer = client.post("/audit/views/save", {"query": "?state=clash"})

    assert answer.status_code == 422
    assert "/audit/?state=clash" in answer.content.decode()
    assert "Give the view a name" in answer.content.decode()


def test_whoever_looks_for_what_a_person_confirmed_is_told_whose_that_is(client, me):
    author = ask(State.CONFIRMED).change_set.person
    audit.remember_name(author)

    asked = {"person": author.pk, "state": "confirmed"}
    page = client.get("/audit/", asked).content.decode()

    assert "told as Campaign Desk's own" in page
