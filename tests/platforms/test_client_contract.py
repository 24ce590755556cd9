"""What every platform's client promises, whatever the platform.

Runs for each package under campaigns.platforms, against a server that misbehaves; the
platform's own sandbox has test_sandbox_contract.py. Knows no platform by name.
"""

import gzip
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from campaigns.gateway.contract import (
    Account,
    GatewayError,
    Hold,
    OutcomeUnknown,
    Rejected,
    Timeout,
    Token,
    Unavailable,
)
from campaigns.gateway.tokens import MemoryTokens
from tests.gateway import raw

PATIENT = Timeout(connect=5.0, read=5.0, total=10.0)


HASTY = Timeout(connect=0.5, read=0.5, total=1.0)


BODY = {"first": Decimal("10.10"), "second": {"text": "Zoë"}}


TOKEN = "token-for-the-contract"


EMPLOYER = "employer-for-the-contract"


MIB = 1024 * 1024


@pytest.fixture
def secrets(platform):
    return {one.name: f"{one.name}-for-the-contract" for one in platform.secrets}


def account(platform, url, secrets, **changed):
    tokens = MemoryTokens()
    tokens.renew(None, lambda: Token(TOKEN, datetime.now(UTC) + timedelta(hours=1)))
    given = {
        "base_url": f"{url}/root/location",
        "token_url": f"{url}/token" if platform.token_url else "",
        "employer": EMPLOYER if platform.needs_employer else "",
        "tokens": tokens,
        "loopback_allowed": True,
        "timeout": PATIENT,
    }
    return Account(secrets=secrets, **given | changed)


@pytest.fixture
def client(platform, server, secrets):
    client = platform.open(account(platform, server.url, secrets))
    yield client
    client.close()


@pytest.fixture
def hasty(platform, server, secrets):
    """A client that soon gives up waiting."""
    client = platform.open(account(platform, server.url, secrets, timeout=HASTY))
    yield client
    client.close()


def patch(client):
    return client.patch("c1", BODY)


def read(client):
    return client.read("c1")


def first_page(client):
    return next(client.pages())


def failure(work, client):
    with pytest.raises(GatewayError) as caught:
        work(client)
    return caught.value


# --- what is sent ---------------------------------------------------------------


def test_a_patch_is_one_request_with_the_body_exactly(server, client):
    with suppress(OutcomeUnknown):
        patch(client)

    (seen,) = server.seen
    assert seen.method == "PATCH"
    assert b"10.10" in seen.body
    assert json.loads(seen.body) == {"first": 10.1, "second": {"text": "Zoë"}}
    assert seen.headers["content-type"] == "application/json"


@pytest.mark.parametrize("work", [patch, read, first_page])
def test_the_path_of_the_base_address_is_kept(server, client, work):
    with suppress(GatewayError):
        work(client)

    assert server.seen[0].target.startswith("/root/location/")


def test_a_remote_id_cannot_leave_its_place(server, client):
    with suppress(GatewayError):
        client.read("a/../b?c=d#e")

    assert server.seen[0].target.endswith("/a%2F..%2Fb%3Fc%3Dd%23e")


@pytest.mark.parametrize("remote_id", ["", ".", ".."])
def test_a_remote_id_that_would_climb_is_not_sent(server, client, remote_id):
    with pytest.raises(Rejected) as caught:
        client.patch(remote_id, BODY)

    assert caught.value.status == 404
    assert server.seen == []


def test_requests_name_the_desk_and_not_the_library(server, client):
    with suppress(OutcomeUnknown):
        patch(client)

    assert server.seen[0].headers["user-agent"].startswith("CampaignDesk/")


# --- not sent, or maybe sent ----------------------------------------------------


@pytest.mark.parametrize("work", [patch, read, first_page])
def test_a_refused_connection_sent_nothing(platform, secrets, work):
    url = f"http://127.0.0.1:{raw.free_port()}"

    error = failure(work, platform.open(account(platform, url, secrets)))

    assert isinstance(error, Unavailable)
    assert error.hold is Hold.NONE


@pytest.mark.parametrize(
    "play",
    [
        raw.hang,
        raw.close,
        raw.reset,
        raw.cut(raw.answer(200, '{"a":1}'), 12),
        raw.cut(raw.answer(204, ""), 30),
        raw.drip(raw.answer(204, ""), 0.1),
    ],
    ids=["hang", "close", "reset", "cut 200", "cut 204", "drip"],
)
def test_a_patch_whose_answer_is_lost_may_have_been_applied(server, hasty, play):
    server.play(play)

    error = failure(patch, hasty)

    assert isinstance(error, OutcomeUnknown)
    assert error.exchange.seconds < 4
    assert len(server.seen) == 1


@pytest.mark.parametrize("work", [read, first_page])
@pytest.mark.parametrize("play", [raw.hang, raw.close, raw.reset])
def test_a_read_whose_answer_is_lost_is_unavailable(server, hasty, play, work):
    server.play(play)

    error = failure(work, hasty)

    assert isinstance(error, Unavailable)
    assert error.hold is Hold.NONE


@pytest.mark.parametrize(
    "answer",
    [
        raw.answer(200, "<html>maintenance</html>", kind="text/html"),
        raw.answer(200, '{"a":'),
        raw.answer(200, '{"a":1e999}'),
        raw.answer(200, "[" * 10_000),
        raw.answer(200, b'"' + b"a" * (MIB + 1) + b'"'),
        raw.answer(
            200, gzip.compress(b" " * 30 * MIB + b"{}"), Content_Encoding="gzip"
        ),
        raw.answer(200, b"no gzip", Content_Encoding="gzip"),
    ],
    ids=["page", "half", "1e999", "deep", "large", "bomb", "no gzip"],
)
def test_an_unreadable_200_may_have_been_applied(server, client, answer):
    server.play(answer)

    assert isinstance(failure(patch, client), OutcomeUnknown)


# --- what a status means --------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_no_success_and_not_followed(server, client, status):
    server.play(raw.answer(status, "{}", Location=f"{server.url}/elsewhere"))

    error = failure(patch, client)

    assert isinstance(error, Unavailable)
    assert error.hold is Hold.CONNECTION
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [400, 404, 405, 409, 410, 413, 415, 422])
@pytest.mark.parametrize("body", ["{}", "null", "[]", "", "<html>", '{"status":1}'])
def test_a_refusal_is_a_refusal_whatever_it_says(server, client, status, body):
    server.play(raw.answer(status, body))

    error = failure(patch, client)

    assert isinstance(error, Rejected)
    assert error.status == status
    assert all(text for texts in error.fields.values() for text in texts)
    assert error.fields


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
@pytest.mark.parametrize("body", ["null", "", "<html>", "{}"])
def test_a_failure_of_theirs_may_have_been_applied(server, client, status, body):
    server.play(raw.answer(status, body))

    assert isinstance(failure(patch, client), OutcomeUnknown)
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [408, 500, 503])
@pytest.mark.parametrize("work", [read, first_page])
def test_a_failure_of_theirs_makes_a_read_unavailable(server, client, status, work):
    server.play(raw.answer(status, "null", Retry_After="9"))

    error = failure(work, client)

    assert isinstance(error, Unavailable)
    assert (error.hold, error.retry_after) == (Hold.NONE, 9.0)


@pytest.mark.parametrize("body", ["{}", "null", "", "<html>"])
def test_an_unauthorised_patch_holds_the_connection(server, client, body):
    server.play(raw.answer(401, body))

    error = failure(patch, client)

    assert isinstance(error, Unavailable)
    assert error.hold is Hold.CONNECTION


@pytest.mark.parametrize("body", ["{}", "null", "", "<html>Forbidden</html>"])
def test_a_forbidden_patch_waits_for_a_person(server, client, body):
    server.play(raw.answer(403, body))

    error = failure(patch, client)

    assert isinstance(error, Unavailable)
    assert error.hold is not Hold.NONE
    assert "admin" in error.message


@pytest.mark.parametrize(
    ("wish", "seconds"), [("7", 7.0), (None, None), ("never", None)]
)
def test_slowing_down_was_not_applied(server, client, wish, seconds):
    server.play(raw.answer(429, "{}", Retry_After=wish))

    error = failure(patch, client)

    assert isinstance(error, Unavailable)
    assert (error.hold, error.retry_after) == (Hold.NONE, seconds)


def test_a_refused_list_is_a_fault_of_the_connection(server, client):
    server.play(raw.answer(404, "{}"))

    error = failure(first_page, client)

    assert isinstance(error, Unavailable)
    assert error.hold is Hold.CONNECTION


@pytest.mark.parametrize("body", ["null", "3", '"text"', '{"data":7}', '[{"x":1}]'])
@pytest.mark.parametrize("work", [read, first_page])
def test_a_strange_answer_to_a_read_is_no_crash(server, client, body, work):
    server.play(raw.answer(200, body))

    with suppress(Unavailable):
        assert work(client).rows == ()


# --- secrets --------------------------------------------------------------------


def told(error):
    exchange = error.exchange
    parts = [str(error), repr(error), error.said, repr(exchange)]
    parts += [str(getattr(error, name, "")) for name in ("fields", "words")]
    return " ".join(parts)


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 429, 500])
@pytest.mark.parametrize("work", [patch, read, first_page, lambda one: one.check()])
def test_an_echoed_credential_is_told_to_nobody(
    platform, server, secrets, client, status, work
):
    server.play(raw.echo(status))
    hidden = [secrets[one.name] for one in platform.secrets if one.secret]

    try:
        found = repr(work(client))
    except GatewayError as error:
        found = told(error)

    assert server.seen
    assert not [value for value in [*hidden, TOKEN] if value in found]


@pytest.mark.parametrize("value", ["", "ab\ncd", "abü"])
def test_an_unusable_credential_is_refused_in_words(platform, server, secrets, value):
    for secret in platform.secrets:
        if secret.required:
            broken = account(platform, server.url, secrets | {secret.name: value})
            with pytest.raises(Unavailable, match=secret.label) as caught:
                platform.open(broken)
            assert caught.value.hold is Hold.CONNECTION
            assert value not in caught.value.message or not value


def test_an_unencrypted_address_is_refused(platform, secrets):
    elsewhere = account(platform, "http://platform.example", secrets)

    with pytest.raises(Unavailable, match="https") as caught:
        platform.open(elsewhere)

    assert caught.value.hold is Hold.CONNECTION


def test_this_machine_is_called_by_permission_only(platform, server, secrets):
    with pytest.raises(Unavailable):
        platform.open(account(platform, server.url, secrets, loopback_allowed=False))

    assert server.accepted == 0


# --- check ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "play",
    [
        raw.hang,
        raw.close,
        raw.answer(200, "<html>"),
        raw.answer(302, "", Location="/x"),
        raw.answer(401, "{}"),
        raw.answer(403, "<html>"),
        raw.answer(404, "{}"),
        raw.answer(500, "null"),
    ],
)
def test_a_check_puts_every_fault_into_words(server, hasty, play):
    server.play(play)

    check = hasty.check()

    assert not check.ok
    assert check.words
    assert all(words.endswith((".", "”")) for words in check.words)
