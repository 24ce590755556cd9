"""Indeed's tokens: asked for, kept, renewed once, and every way to get none."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from campaigns import clock
from campaigns.gateway.contract import (
    Hold,
    OutcomeUnknown,
    Timeout,
    Token,
    Unavailable,
)
from campaigns.gateway.tokens import MemoryTokens
from tests.gateway import raw
from tests.platforms import indeed


@pytest.fixture
def tokens():
    return indeed.stored()


@pytest.fixture
def client(server, tokens):
    client = indeed.opened(server, tokens=tokens)
    yield client
    client.close()


@pytest.fixture
def stranger(server):
    """A client that has no token yet."""
    client = indeed.opened(server)
    yield client
    client.close()


@pytest.fixture
def hasty(server):
    """A stranger that soon gives up waiting."""
    client = indeed.opened(server, timeout=indeed.HASTY)
    yield client
    client.close()


def test_a_token_is_asked_for_with_the_employer(server, stranger):
    server.play(indeed.GRANTED, indeed.APPLIED)

    stranger.patch(indeed.ID, {"name": "x"})

    asked, sent = server.seen
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    assert (asked.method, asked.target) == ("POST", "/oauth/v2/tokens")
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.headers["accept"] == "application/json"
    assert form == indeed.SECRETS | {
        "grant_type": "client_credentials",
        "scope": "employer_access employer.advertising.campaign "
        "employer.advertising.account.read",
        "employer": indeed.EMPLOYER,
    }
    assert sent.headers["authorization"] == "Bearer fresh"


def test_other_scopes_can_be_asked_for(server):
    client = indeed.opened(server, secrets=indeed.SECRETS | {"scope": "a b"})
    server.play(indeed.GRANTED, indeed.APPLIED)

    client.patch(indeed.ID, {"name": "x"})

    assert b"scope=a+b&" in server.seen[0].body


def test_other_scopes_can_be_the_default(server, monkeypatch):
    monkeypatch.setenv("INDEED_SCOPES", "c d")
    server.play(indeed.GRANTED, indeed.APPLIED)

    indeed.opened(server).patch(indeed.ID, {"name": "x"})

    assert b"scope=c+d&" in server.seen[0].body


def test_a_token_is_used_until_a_minute_before_its_end(server, stranger):
    server.play(indeed.GRANTED, indeed.APPLIED)
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with clock.replaced(lambda: noon):
        stranger.patch(indeed.ID, {"name": "x"})
    with clock.replaced(lambda: noon + timedelta(seconds=3539)):
        stranger.patch(indeed.ID, {"name": "x"})
    server.play(indeed.GRANTED, indeed.APPLIED)
    with clock.replaced(lambda: noon + timedelta(seconds=3540)):
        stranger.patch(indeed.ID, {"name": "x"})

    methods = [seen.method for seen in server.seen]
    assert methods == ["POST", "PATCH", "PATCH", "POST", "PATCH"]


@pytest.mark.parametrize(
    ("expires", "seconds"),
    [
        ("", 3600),
        (',"expires_in":null', 3600),
        (',"expires_in":"1800"', 1800),
        (',"expires_in":1800.5', 1800.5),
        (',"expires_in":0', 3600),
        (',"expires_in":-5', 3600),
        (',"expires_in":"NaN"', 3600),
        (',"expires_in":"soon"', 3600),
        (',"expires_in":true', 3600),
        (',"expires_in":99999999999', 86400),
    ],
)
def test_a_lifetime_that_is_missing_or_absurd_counts_as_an_hour(
    server, expires, seconds
):
    tokens = MemoryTokens()
    client = indeed.opened(
        server,
        tokens=tokens,
    )
    server.play(
        raw.answer(200, '{"access_token":"fresh"' + expires + "}"), indeed.APPLIED
    )
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)

    with clock.replaced(lambda: noon):
        client.patch(indeed.ID, {"name": "x"})

    assert tokens.current().expires_at == noon + timedelta(seconds=seconds)


def test_pitfall_34_a_refused_token_is_replaced_once(server, client):
    expired = indeed.said(401, [("INVALID_TOKEN", "Expired.")], data=None)
    server.play(expired, indeed.GRANTED, indeed.APPLIED)

    assert client.patch(indeed.ID, {"name": "x"}).status == 200
    assert [seen.method for seen in server.seen] == ["PATCH", "POST", "PATCH"]
    assert server.seen[2].headers["authorization"] == "Bearer fresh"


def test_pitfall_34_a_second_refusal_stops_and_calls_an_admin(server, client):
    expired = indeed.said(401, [("INVALID_TOKEN", "Mangled.")], data=None)
    server.play(expired, indeed.GRANTED, expired)

    error = indeed.refused(client)

    assert isinstance(error, Unavailable)
    assert (error.hold, error.said) == (Hold.CONNECTION, "Mangled.")
    assert len(server.seen) == 3


def test_a_token_that_somebody_renewed_meanwhile_is_used(server, client, tokens):
    def renewed_elsewhere(server, connection):
        tokens.renew(
            "stored", lambda: Token("theirs", clock.now() + timedelta(hours=1))
        )
        connection.sendall(indeed.said(401, data=None))
        return True

    server.play(renewed_elsewhere, indeed.APPLIED)

    client.patch(indeed.ID, {"name": "x"})

    assert [seen.method for seen in server.seen] == ["PATCH", "PATCH"]
    assert server.seen[1].headers["authorization"] == "Bearer theirs"


@pytest.mark.parametrize(
    ("answer", "hold", "words"),
    [
        (raw.answer(400, '{"error":"invalid_scope"}'), Hold.CONNECTION, "scopes"),
        (raw.answer(401, '{"error":"invalid_client"}'), Hold.CONNECTION, "client id"),
        (raw.answer(400, '{"error":"invalid_request"}'), Hold.CONNECTION, "employer"),
        (raw.answer(400, '{"error":"brand_new"}'), Hold.CONNECTION, "no token"),
        (raw.answer(400, '{"error":["x"]}'), Hold.CONNECTION, "no token"),
        (raw.answer(403, "plain", kind="text/plain"), Hold.CONNECTION, "no token"),
        (indeed.said(401, [("INVALID_CLIENT", "No.")]), Hold.CONNECTION, "no token"),
        (raw.answer(404, "<html>"), Hold.CONNECTION, "no token"),
        (raw.answer(302, "", Location="/login"), Hold.CONNECTION, "another address"),
        (raw.answer(200, "{}"), Hold.CONNECTION, "without a token"),
        (raw.answer(200, '{"access_token":""}'), Hold.CONNECTION, "without a token"),
        (raw.answer(200, '{"access_token":7}'), Hold.CONNECTION, "without a token"),
        (raw.answer(200, '{"access_token":"a\\nb"}'), Hold.CONNECTION, "without a"),
        (raw.answer(200, "[]"), Hold.CONNECTION, "without a token"),
        (raw.answer(200, ""), Hold.CONNECTION, "without a token"),
        (raw.answer(200, "<html>login"), Hold.NONE, "web page"),
        (raw.answer(502, "<html>"), Hold.NONE, "502"),
        (raw.hang, Hold.NONE, "did not answer in time"),
        (raw.close, Hold.NONE, "without a complete answer"),
    ],
)
def test_without_a_token_nothing_is_sent(server, hasty, answer, hold, words):
    server.play(answer)

    error = indeed.refused(hasty)

    assert isinstance(error, Unavailable)
    assert error.hold is hold
    assert words in error.message
    assert {seen.method for seen in server.seen} == {"POST"}


def test_a_slowed_token_address_passes_its_wish_on(server, stranger):
    server.play(raw.answer(429, "{}", Retry_After="30"))

    assert indeed.refused(stranger).retry_after == 30


def test_a_slow_token_leaves_the_patch_less_time_and_never_more(server, hasty):
    server.play(raw.drip(indeed.GRANTED, 0.001), raw.drip(indeed.APPLIED, 0.1))
    begun = clock.now()

    error = indeed.refused(hasty)

    assert isinstance(error, OutcomeUnknown)
    assert (clock.now() - begun).total_seconds() < 4


def test_replacing_a_token_takes_no_more_than_the_total_time(server):
    impatient = Timeout(connect=5.0, read=10.0, total=2.0)
    client = indeed.opened(server, tokens=indeed.stored(), timeout=impatient)
    server.play(raw.late(indeed.said(401, data=None), 1.5), raw.hang)
    begun = clock.now()

    error = indeed.refused(client)

    assert isinstance(error, Unavailable)
    assert (clock.now() - begun).total_seconds() < 3.2


def test_pitfall_57_a_stored_token_is_hidden_too(server, client):
    server.play(indeed.said(500, [("X", "Odd: stored")], data=None))

    error = indeed.refused(client)

    assert "stored" not in f"{error.exchange!r} {error.said} {error}"


def test_pitfall_57_no_token_is_in_what_is_kept(server, stranger):
    server.play(
        indeed.GRANTED, indeed.said(500, [("X", "fresh the-secret")], data=None)
    )

    error = indeed.refused(stranger)

    kept = f"{error.exchange!r} {error.said} {error}"
    assert "fresh" not in kept and "the-secret" not in kept


def test_an_employer_is_needed(server):
    with pytest.raises(Unavailable, match="Employer id") as caught:
        indeed.opened(server, employer=" ")

    assert caught.value.hold is Hold.CONNECTION
