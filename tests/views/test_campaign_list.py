"""The list of campaigns: found, filtered, sorted, paged, each to who may see it."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.lifecycle import State
from tests.asked import ask
from tests.factories import (
    CampaignFactory,
    ConnectionFactory,
    IndeedFactory,
    LabelFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def me(client):
    person = PersonFactory()
    client.force_login(person)
    return person


def names(response):
    return [row.campaign.name for row in response.context["rows"]]


def see(client, **asked):
    response = client.get("/campaigns/", asked)
    assert response.status_code == 200
    return names(response)


def test_who_shares_the_connection_sees_its_campaigns(client, me):
    mine = ConnectionFactory(open_to_all=False, people=[me])
    CampaignFactory(connection=mine, name="Ours")

    assert see(client) == ["Ours"]


def test_a_stranger_sees_nothing_of_a_closed_connection(client, me):
    theirs = ConnectionFactory(name="Theirs", open_to_all=False)
    CampaignFactory(connection=theirs, name="Not ours")

    response = client.get("/campaigns/")

    assert names(response) == []
    assert "Theirs" not in response.content.decode()


def test_an_admin_sees_every_campaign(client):
    client.force_login(PersonFactory(admin=True))
    CampaignFactory(connection__open_to_all=False, name="Any")

    assert see(client) == ["Any"]


@pytest.mark.parametrize("words", ["nurs", "NURSES", "abc-9"])
def test_search_finds_by_name_and_by_remote_id(client, me, words):
    CampaignFactory(name="Night nurses", remote_id="abc-99")
    CampaignFactory(name="Drivers", remote_id="xyz-1")

    assert see(client, q=words) == ["Night nurses"]


def test_deleted_campaigns_stay_hidden_until_asked_for(client, me):
    CampaignFactory(name="Gone", status="DELETED", is_deleted=True)

    assert see(client) == []
    assert see(client, deleted="on") == ["Gone"]
    assert see(client, status="DELETED") == ["Gone"]


def test_filters_narrow_by_connection_platform_status_and_label(client, me):
    label = LabelFactory(name="Evergreen")
    wanted = CampaignFactory(
        name="Wanted", connection=IndeedFactory(), status="ACTIVE", labels=[label]
    )
    CampaignFactory(name="Other")

    assert see(client, connection=wanted.connection_id) == ["Wanted"]
    assert see(client, platform="indeed") == ["Wanted"]
    assert see(client, status="ACTIVE") == ["Wanted"]
    assert see(client, label=label.pk) == ["Wanted"]


def test_filters_by_the_state_of_changes(client, me):
    ask(State.WAITING, campaign=CampaignFactory(name="Going"))
    ask(State.REJECTED, campaign=CampaignFactory(name="Mine to fix"), person=me)
    ask(State.REJECTED, campaign=CampaignFactory(name="Theirs to fix"))

    assert see(client, state="open") == ["Going"]
    assert see(client, state="needs") == ["Mine to fix"]
    assert see(client, state="rejected") == ["Mine to fix", "Theirs to fix"]


def test_the_state_that_matters_most_stands_in_the_row(client, me):
    campaign = CampaignFactory()
    ask(State.CLASH, campaign=campaign)
    ask(State.WAITING, campaign=campaign)

    row = client.get("/campaigns/").context["rows"][0]

    assert row.work == State.CLASH


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["Ash", "beech", "Cedar"]),
        ("-name", ["Cedar", "beech", "Ash"]),
        ("status", ["Cedar", "Ash", "beech"]),
        ("shown", ["Cedar", "beech", "Ash"]),
        ("-shown", ["Ash", "beech", "Cedar"]),
    ],
)
def test_sorts_by_what_the_head_says(client, me, sort, order):
    now = datetime.now(UTC)
    CampaignFactory(name="Cedar", status="A")
    CampaignFactory(name="beech", status="C", read_at=now - timedelta(hours=1))
    CampaignFactory(name="Ash", status="B", listed_at=now)

    assert see(client, sort=sort) == order


def test_the_campaign_changed_last_comes_first_when_sorted_so(client, me):
    for name in ("First", "Second"):
        ask(campaign=CampaignFactory(name=name))
    CampaignFactory(name="Never")

    assert see(client, sort="-changed") == ["Second", "First", "Never"]


def test_pages_hold_fifty_and_lose_nobody_between_equal_names(client, me):
    connection = ConnectionFactory()
    CampaignFactory.create_batch(60, connection=connection, name="Same")

    pages = [client.get("/campaigns/", {"page": n}).context["rows"] for n in (1, 2)]

    assert [len(page) for page in pages] == [50, 10]
    assert len({row.campaign.pk for page in pages for row in page}) == 60


def test_the_way_to_the_next_page_keeps_the_filters(client, me):
    CampaignFactory.create_batch(51, connection=ConnectionFactory())

    page = client.get("/campaigns/", {"q": "Campaign", "sort": "-name"})

    assert "?q=Campaign&amp;sort=-name&amp;page=2" in page.content.decode()


def test_changing_a_filter_brings_the_rows_alone_and_a_clean_address(client, me):
    CampaignFactory(name="Night nurses")

    response = client.get("/campaigns/", {"q": "night", "label": ""}, headers=HTMX)

    assert response.headers["HX-Push-Url"] == "/campaigns/?q=night"
    assert b"<html" not in response.content
    assert response.content.count(b'id="campaign-rows"') == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"connection": "999999"},
        {"connection": "9" * 30},
        {"label": "x"},
        {"state": "won"},
        {"sort": "password"},
        {"q": "x" * 301},
        {"q": "a\x00b"},
        {"platform": "made-up"},
    ],
)
def test_a_filter_nobody_can_mean_shows_nothing_and_says_so(client, me, asked):
    CampaignFactory(name="Here")

    response = client.get("/campaigns/", asked)

    assert response.status_code == 422
    assert "Here" not in response.content.decode()
    assert 'role="alert"' in response.content.decode()


def test_a_connection_one_may_not_see_cannot_be_asked_for(client, me):
    hidden = ConnectionFactory(open_to_all=False)

    response = client.get("/campaigns/", {"connection": hidden.pk})

    assert response.status_code == 422


def test_text_of_platforms_is_shown_as_text(client, me):
    CampaignFactory(name="<script>alert(1)</script>", remote_id='"><b>')
    CampaignFactory(name="safe \u202egnirts", read_error="<i>late</i>")

    page = client.get("/campaigns/").content.decode()

    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>" in page
    assert "<bdi>safe \u202egnirts</bdi>" in page
    assert "<i>late" not in page


def test_each_set_filter_can_be_taken_away_alone(client, me):
    CampaignFactory(name="Night nurses", status="RUNNING")

    page = client.get("/campaigns/", {"q": "night", "status": "RUNNING"})

    assert [chip.url for chip in page.context["filters"].chips()] == [
        "?status=RUNNING",
        "?q=night",
    ]


def test_a_campaign_no_longer_listed_says_so(client, me):
    CampaignFactory(missing_since=datetime.now(UTC))

    assert "no longer listed" in client.get("/campaigns/").content.decode()


def test_reading_a_list_says_what_it_costs_before_it_is_pressed(client, me):
    IndeedFactory(is_sandbox=False)
    ConnectionFactory(is_sandbox=False)

    page = client.get("/campaigns/").content.decode()

    assert page.count("Read campaigns now · up to") == 1
    assert page.count("Read campaigns now") == 2


@pytest.mark.parametrize("address", ["/campaigns/", "/connections/{}"])
def test_reading_a_list_has_one_name_wherever_it_is_offered(client, me, address):
    connection = IndeedFactory()

    page = client.get(address.format(connection.pk)).content.decode()

    assert "Read campaigns now" in page


def test_a_hundred_rows_cost_as_many_queries_as_ten(
    client, me, django_assert_max_num_queries
):
    labels = [LabelFactory(), LabelFactory()]
    for count in (10, 40):
        CampaignFactory.create_batch(
            count, connection=ConnectionFactory(), labels=labels
        )
        for campaign in labels[0].campaigns.all()[:3]:
            ask(State.WAITING, campaign=campaign)
        if count == 10:
            with django_assert_max_num_queries(100) as few:
                client.get("/campaigns/")

    with django_assert_max_num_queries(len(few)):
        client.get("/campaigns/")
