"""Indeed's list and single reads, in the shape of the PATCH body."""

from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest

from campaigns.gateway.contract import (
    Hold,
    Unavailable,
)
from tests.gateway import raw
from tests.platforms import indeed


@pytest.fixture
def client(server):
    client = indeed.opened(server, tokens=indeed.stored())
    yield client
    client.close()


def test_the_list_asks_for_500_and_for_all_it_can_show(server, client):
    server.play(indeed.page(f"{server.url}/ads", []))

    list(client.pages())

    asked = urlsplit(server.seen[0].target)
    query = parse_qs(asked.query)
    assert asked.path == "/ads/v1/campaigns"
    assert query["perPage"] == ["500"]
    assert {"Id", "Name", "Status", "TrackingToken"} < set(
        query["fields"][0].split(",")
    )
    assert "status" not in query


def test_pitfall_33_the_next_page_is_root_location_and_href_together(server, client):
    root = f"{server.url}/ads"
    server.play(
        indeed.page(
            root, [indeed.row("1")], "/v1/campaigns?perPage=500&start=b3Bh+cXVl%3D%3D"
        ),
        indeed.page(root, [indeed.row("2")], "/v1/campaigns?start=more"),
        indeed.page(root, [indeed.row("3")]),
    )

    ids = [row.remote_id for page in client.pages() for row in page.rows]

    assert ids == ["1", "2", "3"]
    assert server.seen[1].target.startswith("/ads/v1/campaigns?perPage=500&start=b3Bh")


def test_a_next_link_may_be_a_single_object(server, client):
    link = {"rel": "next", "href": "/v1/campaigns?start=x"}
    root = f"{server.url}/ads"
    first = indeed.said(data={"Campaigns": [indeed.row("1")]}, links=link, root=root)
    server.play(first, indeed.page(root, [indeed.row("2")]))

    assert len([row for page in client.pages() for row in page.rows]) == 2


@pytest.mark.parametrize(
    "root", ["https://evil.example/ads", "", "http://127.0.0.1/ads"]
)
def test_a_next_link_to_elsewhere_is_not_followed(server, client, root):
    server.play(indeed.page(root, [indeed.row("1")], "/v1/campaigns?start=x"))
    pages = client.pages()

    assert len(next(pages).rows) == 1
    with pytest.raises(Unavailable) as caught:
        next(pages)
    assert caught.value.hold is Hold.CONNECTION
    assert len(server.seen) == 1


def test_a_repeated_cursor_ends_the_walk(server, client):
    root = f"{server.url}/ads"
    server.play(indeed.page(root, [indeed.row("1")], "/v1/campaigns?start=same"))

    with pytest.raises(Unavailable, match="does not come to an end"):
        list(client.pages())

    assert len(server.seen) == 2


def test_a_list_without_end_is_left(server, client, monkeypatch):
    monkeypatch.setattr("campaigns.gateway.paging.PAGE_LIMIT", 5)
    root = f"{server.url}/ads"
    server.play(*(indeed.page(root, [], f"/v1/campaigns?start={n}") for n in range(9)))

    with pytest.raises(Unavailable, match="does not come to an end"):
        list(client.pages())

    assert len(server.seen) == 5


@pytest.mark.parametrize(
    "answer", [indeed.said(data=None), indeed.said(), indeed.said(data={})]
)
def test_a_page_without_campaigns_is_empty(server, client, answer):
    server.play(answer)

    assert [page.rows for page in client.pages()] == [()]


def test_a_row_without_an_id_is_an_error_and_not_dropped(server, client):
    server.play(indeed.said(data={"Campaigns": [{"Name": "x"}]}))

    with pytest.raises(Unavailable, match="does not understand"):
        list(client.pages())


def test_pitfall_14_deleted_campaigns_and_unknown_statuses_are_listed(server, client):
    rows = [indeed.row("1", Status="DELETED"), indeed.row("2", Status="BRAND_NEW")]
    server.play(indeed.said(data={"Campaigns": rows}))

    (page,) = client.pages()

    assert [one.status for one in page.rows] == ["DELETED", "BRAND_NEW"]


def test_a_row_speaks_the_language_of_the_patch(server, client):
    facts = {"FundingSource": "BONUS", "NonSpendingReasons": [{"type": "X"}]}
    server.play(
        indeed.said(data={"Campaigns": [indeed.row("1", TrackingToken=None, **facts)]})
    )

    (page,) = client.pages()

    assert page.rows[0].document == facts | {
        "name": "Campaign 1",
        "status": "ACTIVE",
        "trackingToken": None,
    }


@pytest.mark.parametrize("remote_id", ["ee4d641cab17b22c", "3141592653589793", 12])
def test_pitfall_39_ids_are_text_whatever_their_shape(server, client, remote_id):
    server.play(indeed.said(data={"Campaigns": [indeed.row(remote_id)]}))

    (page,) = client.pages()

    assert page.rows[0].remote_id == str(remote_id)


def test_a_read_without_an_objective_says_that_there_is_none(server, client):
    server.play(indeed.said(data=indeed.row(indeed.ID)))

    assert client.read(indeed.ID).row.document["objective"] is None


def test_a_list_says_nothing_about_objectives(server, client):
    server.play(indeed.said(data={"Campaigns": [indeed.row(indeed.ID)]}))

    (page,) = client.pages()

    assert "objective" not in page.rows[0].document


@pytest.mark.parametrize("kind", ["QUICK", "BRAND_NEW", "BALANCE"])
def test_pitfall_18_unknown_objectives_arrive_as_they_are(server, client, kind):
    objective = {"objectiveType": kind, "description": "x"}
    server.play(indeed.said(data=indeed.row(indeed.ID, Objective=objective)))

    assert client.read(indeed.ID).row.document["objective"] == objective


@pytest.mark.parametrize("key", ["JobsQuery", "jobsQuery"])
def test_fields_are_found_with_either_first_letter(server, client, key):
    server.play(indeed.said(data=indeed.row(indeed.ID, **{key: "title:x"})))

    assert client.read(indeed.ID).row.document["jobsQuery"] == "title:x"


def test_fields_that_are_not_reported_stay_unknown(server, client):
    server.play(indeed.said(data=indeed.row(indeed.ID)))

    document = client.read(indeed.ID).row.document

    assert not [key for key in document if key.lower().startswith("jobs")]
    assert "trackingToken" not in document


def test_a_read_of_another_campaign_is_not_believed(server, client):
    server.play(indeed.said(data=indeed.row("another")))

    with pytest.raises(Unavailable, match="does not understand"):
        client.read(indeed.ID)


def test_a_read_with_errors_is_not_believed(server, client):
    server.play(indeed.said(200, [("X", "Odd.")], data=indeed.row(indeed.ID)))

    with pytest.raises(Unavailable) as caught:
        client.read(indeed.ID)

    assert caught.value.said == "Odd."


def test_text_no_database_can_hold_is_made_safe(server, client):
    server.play(indeed.said(data=indeed.row(indeed.ID, Name="a\0b\ud800")))

    assert client.read(indeed.ID).row.name == "a\ufffdb\ufffd"


def test_nothing_is_lost_when_a_page_fails(server, client):
    root = f"{server.url}/ads"
    server.play(
        indeed.page(root, [indeed.row("1")], "/v1/campaigns?start=x"),
        raw.answer(500, "null"),
    )
    found = []

    with suppress(Unavailable):
        for one in client.pages():
            found += one.rows

    assert [one.remote_id for one in found] == ["1"]
