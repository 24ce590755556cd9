"""Indeed's client tried as a person tries a connection, and against its sandbox."""

import pytest

from campaigns.gateway.contract import (
    Rejected,
)
from campaigns.gateway.standin import serve
from campaigns.gateway.tokens import MemoryTokens
from campaigns.platforms.indeed import platform
from tests.gateway import raw
from tests.platforms import indeed


@pytest.fixture
def client(server):
    client = indeed.opened(server, tokens=indeed.stored())
    yield client
    client.close()


def test_a_check_does_not_rely_on_a_stored_token(server, client):
    server.play(raw.answer(401, '{"error":"invalid_client"}'))

    check = client.check()

    assert not check.ok
    assert "client id and secret" in check.words[0]


def test_a_check_says_what_it_can_see(server, client):
    server.play(
        indeed.GRANTED,
        indeed.said(data={"Campaigns": [indeed.row("1"), indeed.row("2")]}),
    )

    check = client.check()

    assert check.ok
    assert check.words[1] == "2 campaigns on the first page."


def test_a_check_names_the_missing_part_of_the_base_address(server, client):
    server.play(indeed.GRANTED, indeed.HTML)

    assert "/ads" in client.check().words[0]


def test_a_check_quotes_the_platform(server, client):
    scope = "Requires scope: [employer.advertising.campaign.read]"
    server.play(
        indeed.GRANTED, indeed.said(403, [("INSUFFICIENT_SCOPE", scope)], data=None)
    )

    check = client.check()

    assert "scope" in check.words[0]
    assert check.words[1] == f"Indeed says: “{scope}”"


@pytest.fixture
def sandbox():
    with serve("indeed") as sandbox:
        yield sandbox


def test_a_name_travels_there_and_back(sandbox):
    client = indeed.guest(sandbox)

    client.patch(indeed.ID, {"name": "Lagerhelfer für München"})

    assert client.read(indeed.ID).row.name == "Lagerhelfer für München"


def test_several_pages_are_walked_by_the_platform_s_own_cursors(sandbox):
    sandbox.configure(page_limit=7)
    client = indeed.guest(sandbox)

    pages = list(client.pages())

    assert len(pages) == 4
    assert len({row.remote_id for page in pages for row in page.rows}) == 26


def test_an_expired_token_is_renewed_in_the_midst(sandbox):
    client = indeed.guest(sandbox)
    client.read(indeed.ID)
    sandbox.script({"match": {"path": "/v1/"}, "do": {"refuse": {"status": 401}}})

    assert client.read(indeed.ID).row.remote_id == indeed.ID


def test_a_token_address_of_old_is_named(sandbox):
    legacy = sandbox.token_url.replace("/v2/", "/")

    check = indeed.guest(sandbox, token_url=legacy).check()

    assert not check.ok
    assert "token address" in check.words[0]


def test_a_scope_that_does_not_suffice_is_named(sandbox):
    secrets = platform.demo_secrets() | {"scope": "employer_access"}

    check = indeed.guest(sandbox, secrets=secrets).check()

    assert not check.ok
    assert "employer.advertising.campaign" in check.words[0]


def test_another_employer_sees_none_of_the_first_one_s(sandbox):
    other = indeed.guest(sandbox, employer="a1b2c3d4e5f60718293a4b5c6d7e8f90")

    with pytest.raises(Rejected) as caught:
        other.read(indeed.ID)

    assert caught.value.status == 404


def test_every_refused_field_carries_its_own_words(sandbox):
    body = {"name": "", "trackingToken": "x" * 256, "status": "GONE"}

    with pytest.raises(Rejected) as caught:
        indeed.guest(sandbox).patch(indeed.ID, body)

    assert set(caught.value.fields) == set(body)


def test_two_threads_of_one_connection_share_one_token(sandbox):
    tokens = MemoryTokens()
    shared = {"tokens": tokens}
    first, second = indeed.guest(sandbox, **shared), indeed.guest(sandbox, **shared)

    first.read(indeed.ID)
    second.read(indeed.ID)

    asked = [entry.get("method") for entry in sandbox.journal()]
    assert asked.count("POST") == 1
