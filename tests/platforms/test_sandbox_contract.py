"""What every platform's client does with the platform's own sandbox."""

import pytest
import requests

from campaigns.gateway.contract import Account, OutcomeUnknown, Rejected
from campaigns.gateway.standin import serve
from campaigns.gateway.standin.running import found
from campaigns.gateway.tokens import MemoryTokens


@pytest.fixture
def sandbox(platform):
    with serve(platform.key) as sandbox:
        yield sandbox


def sandboxed(platform, sandbox, **changed):
    given = {
        "base_url": sandbox.base_url,
        "token_url": sandbox.token_url,
        "secrets": platform.demo_secrets(),
        "employer": platform.demo_employer,
        "tokens": MemoryTokens(),
        "loopback_allowed": True,
    }
    return platform.open(Account(**given | changed))


@pytest.fixture
def guest(platform, sandbox):
    client = sandboxed(platform, sandbox)
    yield client
    client.close()


def rows_of(client):
    return [row for page in client.pages() for row in page.rows]


def test_the_demo_credentials_pass_the_check(guest):
    check = guest.check()

    assert check.ok, check.words


def test_each_wrong_credential_fails_the_check(platform, sandbox):
    right = platform.demo_secrets()
    for name in right:
        wrong = sandboxed(platform, sandbox, secrets=right | {name: "wrong-value"})
        check = wrong.check()
        assert not check.ok, name
        assert "wrong-value" not in " ".join(check.words)


def test_the_list_shows_every_campaign_once(guest):
    ids = [row.remote_id for row in rows_of(guest)]

    assert len(ids) == len(set(ids)) > 1


def test_the_list_keeps_to_the_keys_it_declares(platform, guest):
    for row in rows_of(guest):
        assert set(row.document) <= platform.capabilities.list_keys


def test_a_read_agrees_with_the_list_and_adds_to_it(platform, guest):
    for row in rows_of(guest)[:5]:
        full = guest.read(row.remote_id).row
        assert (full.remote_id, full.name, full.status) == (
            row.remote_id,
            row.name,
            row.status,
        )
        assert set(full.document) >= platform.capabilities.read_keys


def test_the_document_is_one_the_form_can_read(platform, guest):
    for row in rows_of(guest):
        document = guest.read(row.remote_id).row.document
        for field in platform.form.declared().values():
            field.display(field.read(document), document)


def test_an_unknown_campaign_is_rejected_as_missing(guest):
    for work in (guest.read, lambda remote_id: guest.patch(remote_id, {"x": 1})):
        with pytest.raises(Rejected) as caught:
            work("doesnotexist")
        assert caught.value.status == 404


def test_an_unknown_field_is_rejected_and_nothing_takes_effect(guest, sandbox):
    remote_id = rows_of(guest)[0].remote_id
    before = sandbox.document(remote_id)

    with pytest.raises(Rejected):
        guest.patch(remote_id, {"noSuchField": 1})

    assert sandbox.document(remote_id) == before


def test_the_journal_tells_a_credential_by_its_last_letters(platform, sandbox):
    header = found(platform.key)().secret_header

    requests.get(sandbox.base_url, headers={header: "0123456789"}, timeout=5)

    assert sandbox.journal()[-1]["token"] == "…6789"


def test_a_lost_answer_is_unknown_and_sent_once(guest, sandbox):
    remote_id = rows_of(guest)[0].remote_id
    sandbox.script({"match": {"method": "PATCH"}, "do": {"lost": "after"}})

    with pytest.raises(OutcomeUnknown):
        guest.patch(remote_id, {"noSuchField": 1})

    methods = [entry.get("method") for entry in sandbox.journal()]
    assert methods.count("PATCH") == 1
