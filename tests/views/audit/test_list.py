"""The audit log: who reads it, and what its lines tell."""

from datetime import UTC, datetime

import pytest
from django.utils.html import escape

from campaigns import audit
from campaigns.audit import Event, Told
from campaigns.lifecycle import State
from campaigns.models import Channel, PersonName
from tests.asked import ask
from tests.factories import CampaignFactory, PersonFactory
from tests.views.audit.log import append, listed, outside, see, text

pytestmark = pytest.mark.django_db
TOM = 2**40
"""Nobody's number here: what somebody does to themselves is told in other words."""


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
        (
            Event.PERSON_CHANGED,
            {"about": TOM, "active": False},
            "Tom Test, deactivated",
        ),
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
            {"about": TOM, "kind": "recovery_codes", "done": "added"},
            "Tom Test, recovery codes added",
        ),
    ],
)
def test_it_tells_whom_or_what_an_entry_is_about(client, me, event, facts, about):
    PersonName.objects.create(person_id=TOM, name="Tom Test")
    append(event, person=me, facts=facts)

    assert see(client).context["lines"][0].about == about
    assert escape(about) in text(client)


def test_who_acts_on_themselves_is_told_once(client, me):
    append(Event.SIGNED_IN, f"user:{me.pk}", person=me, facts={"about": me.pk})

    assert see(client).context["lines"][0].about == ""


def test_a_search_for_a_person_finds_what_was_done_to_them(client, me):
    PersonName.objects.create(person_id=TOM, name="Tom Test")
    entry = append(Event.PERSON_CHANGED, f"user:{TOM}", person=me, facts={"about": TOM})

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
