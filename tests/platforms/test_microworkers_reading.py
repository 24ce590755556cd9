"""Microworkers' list and single reads, tried connections, and its sandbox."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from campaigns.gateway.contract import Hold, Rejected, Unavailable
from campaigns.gateway.standin import serve
from tests.gateway import raw
from tests.platforms import microworkers


@pytest.fixture
def client(server):
    client = microworkers.opened(f"{server.url}/api/v2")
    yield client
    client.close()


def pages_of(client):
    return [[row.remote_id for row in page.rows] for page in client.pages()]


@pytest.mark.parametrize("last", [{"nextPageToken": None}, {"nextPageToken": ""}, {}])
def test_three_pages_are_walked_by_their_tokens(server, client, last):
    server.play(
        microworkers.page([microworkers.item("1")], nextPageToken="eyJpZCI6IjEifQ=="),
        microworkers.page([microworkers.item("2")], nextPageToken="a+b/c&d"),
        microworkers.page([microworkers.item("3")], **last),
    )

    assert pages_of(client) == [["1"], ["2"], ["3"]]
    queries = [parse_qs(urlsplit(seen.target).query) for seen in server.seen]
    assert queries == [
        {"pageSize": ["50"]},
        {"pageSize": ["50"], "nextPageToken": ["eyJpZCI6IjEifQ=="]},
        {"pageSize": ["50"], "nextPageToken": ["a+b/c&d"]},
    ]


def test_the_token_s_parameter_can_have_another_name(server, client, monkeypatch):
    monkeypatch.setenv("MW_PAGE_TOKEN_PARAM", "pageToken")
    one = microworkers.page([microworkers.item("1")], nextPageToken="abc")
    server.play(one, microworkers.page([]))

    pages_of(client)

    assert server.seen[1].target.endswith("&pageToken=abc")


@pytest.mark.parametrize("body", ["{}", '{"items":null}', "[]", '{"items":[]}'])
def test_a_page_without_items_is_empty(server, client, body):
    server.play(raw.answer(200, body))

    assert pages_of(client) == [[]]


def test_a_bare_array_is_a_page(server, client):
    server.play(
        raw.answer(200, json.dumps([microworkers.item("1"), microworkers.item("2")]))
    )

    assert pages_of(client) == [["1", "2"]]


def test_a_repeated_token_ends_the_walk(server, client):
    server.play(microworkers.page([microworkers.item("1")], nextPageToken="same"))

    with pytest.raises(Unavailable, match="does not come to an end"):
        pages_of(client)

    assert len(server.seen) == 2


def test_a_row_tells_nothing_about_editable_fields(server, client):
    row = microworkers.item(
        "1", ttr=7, maximumJobLimit=None, created="2026-01-01T00:00:00-05:00"
    )
    server.play(microworkers.page([row]))

    (only,) = client.pages()

    assert set(only.rows[0].document) == {"title", "status", "created"}


def test_an_unknown_status_is_kept_as_it_is(server, client):
    server.play(microworkers.page([microworkers.item("1", status="BRAND_NEW")]))

    (only,) = client.pages()

    assert only.rows[0].status == "BRAND_NEW"


def test_an_item_without_an_id_is_an_error_and_not_dropped(server, client):
    server.play(microworkers.page([{"title": "x"}]))

    with pytest.raises(Unavailable, match="does not understand"):
        pages_of(client)


def test_a_read_gives_everything_under_the_platform_s_own_names(server, client):
    facts = {"ttr": 7, "maximumJobLimit": None, "autoSkipTask": None, "groupId": "g"}
    server.play(
        raw.answer(200, json.dumps(microworkers.item(microworkers.ID, **facts)))
    )

    row = client.read(microworkers.ID).row

    assert (row.name, row.status) == (f"Campaign {microworkers.ID}", "RUNNING")
    assert row.document == facts | {"title": row.name, "status": row.status}


def test_pitfall_45_keys_nobody_knows_are_carried_through(server, client):
    limit = {"enabled": True, "limitPerDay": 5, "standardSchedule": {"x": [1]}}
    server.play(
        raw.answer(
            200, json.dumps(microworkers.item(microworkers.ID, maximumJobLimit=limit))
        )
    )

    assert client.read(microworkers.ID).row.document["maximumJobLimit"] == limit


def test_html_of_a_campaign_arrives_unchanged_as_text(server, client):
    html = "<script>alert('x')</script>"
    server.play(
        raw.answer(
            200, json.dumps(microworkers.item(microworkers.ID, description=html))
        )
    )

    assert client.read(microworkers.ID).row.document["description"] == html


def test_a_read_of_another_campaign_is_not_believed(server, client):
    server.play(raw.answer(200, json.dumps(microworkers.item("another"))))

    with pytest.raises(Unavailable, match="does not understand"):
        client.read(microworkers.ID)


def test_a_check_says_what_it_can_see(server, client):
    server.play(microworkers.page([microworkers.item("1")]))

    check = client.check()

    assert check.ok
    assert check.words[1] == "1 campaign on the first page."


def test_a_check_of_a_wrong_base_address_says_so(server, client):
    server.play(microworkers.problem(404, "DoesNotExist", detail="Not here."))

    check = client.check()

    assert not check.ok
    assert "base address" in check.words[0]
    assert check.words[1] == "Microworkers says: “Not here.”"


@pytest.fixture
def sandbox():
    with serve("microworkers") as sandbox:
        yield sandbox


def test_a_time_to_rate_travels_there_and_back(sandbox):
    client = microworkers.opened(sandbox.base_url, "demo-key")

    client.patch(microworkers.ID, {"ttr": 9})

    assert client.read(microworkers.ID).row.document["ttr"] == 9


def test_a_refused_value_stands_at_its_field(sandbox):
    client = microworkers.opened(sandbox.base_url, "demo-key")

    with pytest.raises(Rejected) as caught:
        client.patch(
            microworkers.ID, {"ttr": 130, "maximumJobLimit": {"enabled": True}}
        )

    assert set(caught.value.fields) == {"ttr", "maximumJobLimit.limitPerDay"}


@pytest.mark.parametrize("last_page", ["null", "empty", "absent"])
def test_every_way_to_end_a_list_ends_it(sandbox, last_page):
    sandbox.configure(last_page=last_page)

    assert len(pages_of(microworkers.opened(sandbox.base_url, "demo-key"))) == 1


def test_a_list_that_repeats_itself_is_left(sandbox):
    sandbox.configure(last_page="repeat")

    with pytest.raises(Unavailable, match="does not come to an end"):
        pages_of(microworkers.opened(sandbox.base_url, "demo-key"))


def test_another_owner_s_campaign_holds_the_change(sandbox):
    with pytest.raises(Unavailable) as caught:
        microworkers.opened(sandbox.base_url, "other-key").patch(
            microworkers.ID, {"ttr": 9}
        )

    assert caught.value.hold is Hold.CHANGE


def test_a_locked_key_says_who_must_act(sandbox):
    check = microworkers.opened(sandbox.base_url, "locked-key").check()

    assert not check.ok
    assert "An admin must" in check.words[0]
