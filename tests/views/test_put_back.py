"""A campaign goes back to what it was at a moment: as unsent edits, then reviewed."""

from datetime import timedelta

import pytest

from campaigns import clock, documents
from campaigns.delivery import snapshots
from campaigns.diff import Origin
from campaigns.gateway.contract import Row
from campaigns.models import Change, Draft
from campaigns.platforms.indeed.forms import IndeedForm
from tests.factories import CampaignFactory, IndeedFactory, PersonFactory
from tests.views.tab import Review, text, words

pytestmark = pytest.mark.django_db
OLD = {
    "name": "Nurses",
    "status": "ACTIVE",
    "trackingToken": None,
    "jobsToInclude": "QUERY",
    "jobsQuery": "title:nurse",
    "jobsTitle": None,
    "jobsCompany": None,
    "jobsLocation": "Graz",
    "jobsLocationRadius": 25,
    "objective": {"objectiveType": "TARGET_COST_PER_APPLICATION", "target": 10},
    "CurrencyCode": "USD",
}
ALL = dict.fromkeys(("jobsQuery", "jobsLocation", "jobsLocationRadius")) | {
    "jobsToInclude": "ALL"
}


@pytest.fixture
def then(mara):
    """A campaign that two reads showed alike an hour ago, and a moment in between."""
    campaign = CampaignFactory(connection=IndeedFactory(), document="{}")
    read(campaign, 60)
    read(campaign, 58)
    return campaign, (clock.now() - timedelta(minutes=59)).isoformat()


def read(campaign, minutes, **shown):
    """A read of the whole campaign, so many minutes ago."""
    campaign.refresh_from_db()
    moment = clock.now() - timedelta(minutes=minutes)
    with clock.replaced(lambda: moment):
        told = Row("remote", "Nurses", "ACTIVE", OLD | shown)
        snapshots.keep(campaign, told, IndeedForm, whole=True, asked=clock.now())


def page(client, campaign, at, **more):
    return client.get(f"/campaigns/{campaign.pk}/as-of", {"at": at, **more})


def put_back(client, campaign, at):
    address = f"/campaigns/{campaign.pk}/put-back"
    return client.post(address, {"at": at}, follow=True)


def kept(campaign):
    rows = Draft.objects.filter(campaign=campaign)
    return {row.field: documents.loads(row.wanted) for row in rows}


def test_the_button_counts_what_would_go_back(client, then):
    campaign, at = then
    read(campaign, 5, name="Cooks", status="PAUSED")

    assert "Put 2 fields back…" in text(page(client, campaign, at))


def test_it_is_kept_as_unsent_edits_and_shown_for_review(client, then):
    campaign, at = then
    read(campaign, 5, name="Cooks", status="PAUSED")

    shown = put_back(client, campaign, at)

    assert kept(campaign) == {"name": "Nurses", "status": "ACTIVE"}
    assert shown.redirect_chain[-1][0] == "/review"
    assert "Cooks to Nurses" in words(text(shown))
    assert not Change.objects.exists()


def test_it_is_sent_like_any_other_edit(client, then):
    campaign, at = then
    read(campaign, 5, name="Cooks")
    put_back(client, campaign, at)

    Review(client).send(reason="The old name was right")

    (row,) = Change.objects.get(campaign=campaign).fields.all()
    assert (row.seen_text, row.wanted_text) == ("Cooks", "Nurses")


def test_saved_criteria_go_back_together(client, then):
    campaign, at = then
    read(campaign, 5, **ALL)

    put_back(client, campaign, at)
    Review(client).send()

    rows = Change.objects.get(campaign=campaign).fields.all()
    wanted = {
        row.field: row.wanted_text for row in rows if row.origin != Origin.IMPLIED
    }
    assert wanted["jobsToInclude"] == "Only jobs that match"
    assert wanted["jobsQuery"] == "title:nurse"
    assert wanted["jobsLocation"] == "Graz"


def test_what_cannot_go_back_stays_and_says_why(client, then):
    campaign, at = then
    read(campaign, 5, trackingToken="spring", name="Cooks")

    shown = text(page(client, campaign, at))

    assert "Put 1 field back…" in shown
    assert "Tracking token cannot go back: " in shown


def test_what_cannot_be_told_is_not_put_back(client, then, mara):
    campaign, _ = then
    before = (clock.now() - timedelta(days=1)).isoformat()

    assert "back…" not in text(page(client, campaign, before))
    assert "No field can go back" in text(put_back(client, campaign, before))
    assert kept(campaign) == {}


def test_an_edit_of_the_same_field_gives_way(client, then, mara):
    campaign, at = then
    read(campaign, 5, name="Cooks")
    Draft.objects.create(person=mara, campaign=campaign, field="name", wanted='"X"')

    put_back(client, campaign, at)

    assert kept(campaign) == {"name": "Nurses"}


def test_between_two_past_moments_nothing_goes_back(client, then):
    campaign, at = then
    read(campaign, 5, name="Cooks")
    other = (clock.now() - timedelta(minutes=1)).isoformat()

    assert "back…" not in text(page(client, campaign, at, **{"and": other}))


def test_who_may_not_edit_sees_no_button_and_keeps_nothing(client, then):
    campaign, at = then
    read(campaign, 5, name="Cooks")
    client.force_login(PersonFactory(admin=True))

    assert "back…" not in text(page(client, campaign, at))
    assert put_back(client, campaign, at).status_code == 403


def test_a_moment_that_cannot_be_read_puts_nothing_back(client, then):
    campaign, _ = then

    put_back(client, campaign, "soon")

    assert kept(campaign) == {}


# --- the same as a file -------------------------------------------------------------


def test_the_csv_holds_the_fields_that_the_page_shows(client, then):
    campaign, at = then
    read(campaign, 5, name="=Cooks")

    answer = page(client, campaign, at, show="differ", **{"as": "csv"})

    head, line = answer.content.decode("utf-8-sig").splitlines()
    assert head.startswith("Group,Field,")
    assert line.startswith("Name and tracking,Name,Nurses,Seen,")
    assert line.endswith(",'=Cooks,differ")
    assert "Export 1 field<" in text(page(client, campaign, at, show="differ"))
