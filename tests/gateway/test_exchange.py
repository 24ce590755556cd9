"""One HTTP exchange against a server that misbehaves on purpose."""

import tomllib
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest

from campaigns.gateway import exchange
from campaigns.gateway.answers import UNREAD
from campaigns.gateway.contract import (
    Hold,
    OutcomeUnknown,
    Timeout,
    Unavailable,
)
from tests.gateway import raw
from tests.gateway.conftest import timed

# --- what is sent ---------------------------------------------------------------


def test_the_body_goes_out_byte_for_byte(server, call):
    call(server.url, body='{"target":10.10,"name":"Zoë"}')

    assert server.seen[0].body == '{"target":10.10,"name":"Zoë"}'.encode()
    assert server.seen[0].headers["content-type"] == "application/json"


def test_a_request_names_itself_and_not_the_library(server, call):
    call(server.url)

    assert server.seen[0].headers["user-agent"] == exchange.AGENT
    assert exchange.AGENT.startswith("CampaignDesk/")


def test_the_version_told_is_the_project_s():
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]

    assert project["version"] == exchange.VERSION


def test_proxies_of_the_environment_are_not_used(server, call, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{raw.free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)

    assert call(server.url).status == 200


def test_a_netrc_adds_no_credentials(server, call, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    call(server.url)

    assert "authorization" not in server.seen[0].headers


def test_cookies_are_not_kept(server, call):
    server.play(raw.answer(Set_Cookie="a=b; Path=/"), raw.answer())

    call(server.url)
    call(server.url)

    assert "cookie" not in server.seen[1].headers


# --- what comes back ------------------------------------------------------------


def test_numbers_stay_exact(server, call):
    server.play(raw.answer(200, '{"target":10.10}'))

    document = call(server.url).document

    assert (document["target"], str(document["target"])) == (Decimal("10.1"), "10.10")


def test_text_no_database_can_hold_is_made_safe(server, call):
    server.play(raw.answer(200, r'{"a":"x\u0000y","b":"\ud800"}'))

    answer = call(server.url)

    assert answer.document == {"a": "x\ufffdy", "b": "\ufffd"}


def test_raw_nul_bytes_do_not_reach_the_record(server, call):
    server.play(raw.answer(500, b"a\x00b", kind="text/plain"))

    assert "\x00" not in call(server.url).exchange.answer


def test_a_null_body_is_a_document(server, call):
    server.play(raw.answer(500, "null"))

    assert call(server.url).document is None


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        ("", ""),
        ("<html>hello", "a web page instead of data"),
        ("hello", "text that is not JSON"),
        ('{"a":NaN}', "text that is not JSON"),
        ('{"a":1e999}', "text that is not JSON"),
        ("[" * 10000 + "]" * 10000, "text that is not JSON"),
        (b"\xff\xfe{}", "text that is not JSON"),
    ],
)
def test_a_body_that_is_no_json_is_named(server, call, body, trouble):
    server.play(raw.answer(200, body))

    answer = call(server.url)

    assert (answer.document, answer.trouble) == (UNREAD, trouble)


def test_the_record_tells_what_was_exchanged(server, call):
    server.play(raw.answer(404, '{"title":"DoesNotExist"}'))

    record = call(server.url + "/c").exchange

    assert (record.method, record.url) == ("PATCH", server.url + "/c")
    assert (record.status, record.request_body) == (404, '{"a":1}')
    assert record.answer == '{"title":"DoesNotExist"}'
    assert 0 < record.seconds < 5


def test_the_record_keeps_64_kib_at_most(server, call):
    server.play(raw.answer(200, '{"a":"' + "ä" * 100_000 + '"}'))

    assert len(call(server.url).exchange.answer.encode()) <= 64 * 1024


# --- not followed, not repeated -------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(server, call, status):
    server.play(raw.answer(status, "{}", Location=server.url + "/elsewhere"))

    assert call(server.url).status == status
    assert len(server.seen) == 1


def test_a_location_that_is_no_address_is_no_crash(server, call):
    server.play(raw.answer(302, "{}", Location="http://[::1"))

    assert call(server.url).status == 302


@pytest.mark.parametrize("play", [raw.close, raw.reset, raw.answer(503)])
def test_nothing_is_sent_twice(server, call, play):
    server.play(play)

    with suppress(OutcomeUnknown):
        call(server.url)

    assert len(server.seen) == 1


# --- not sent or maybe sent -----------------------------------------------------


def test_a_refused_connection_sent_nothing(call):
    error, _ = timed(call, f"http://127.0.0.1:{raw.free_port()}")

    assert isinstance(error, Unavailable)
    assert error.message.endswith("Nothing was sent.")
    assert error.exchange.status is None


def test_a_name_without_address_sent_nothing(call):
    error, _ = timed(call, "https://nowhere.invalid/x")

    assert isinstance(error, Unavailable)
    assert "nowhere.invalid could not be found" in error.message


def test_an_unanswered_connect_sent_nothing(calling, monkeypatch):
    call = calling(timeout=Timeout(connect=0.2, read=5.0, total=9.0))

    error, seconds = timed(call, "https://198.51.100.1:9/x")

    assert isinstance(error, Unavailable)
    assert seconds < 4


@pytest.mark.parametrize("play", [raw.hang, raw.close, raw.reset])
def test_a_changing_request_without_answer_may_have_been_applied(server, hasty, play):
    server.play(play)

    error, seconds = timed(hasty, server.url)

    assert isinstance(error, OutcomeUnknown)
    assert seconds < 4


@pytest.mark.parametrize("play", [raw.hang, raw.close, raw.reset])
def test_a_read_without_answer_is_unavailable(server, hasty, play):
    server.play(play)

    error, _ = timed(hasty, server.url, "GET", "")

    assert isinstance(error, Unavailable)


@pytest.mark.parametrize("at", range(1, 21, 3))
def test_a_status_line_cut_short_may_have_been_applied(server, call, at):
    server.play(raw.cut(raw.answer(), at))

    error, _ = timed(call, server.url)

    assert isinstance(error, OutcomeUnknown)


@pytest.mark.parametrize(
    "garbage", [b"\0" * 100, b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n"]
)
def test_garbage_may_have_been_applied(server, call, garbage):
    server.play(raw.cut(garbage, len(garbage)))

    error, _ = timed(call, server.url)

    assert isinstance(error, OutcomeUnknown)


@pytest.mark.parametrize("missing", [1, 5, 12])
def test_a_body_cut_short_is_told_with_its_status(server, call, missing):
    whole = raw.answer(200, '{"a":"0123456789"}')
    server.play(raw.cut(whole, len(whole) - missing))

    answer = call(server.url)

    assert (answer.status, answer.trouble) == (200, "text that was cut off")
    assert answer.exchange.answer.startswith('{"a"')


def test_chunks_without_an_end_are_a_body_cut_short(server, call):
    head = raw.answer(200, b"", Content_Length=None, Transfer_Encoding="chunked")
    server.play(raw.cut(head + b"5\r\n{}   \r\nzz", 10**6))

    assert call(server.url).trouble == "text that was cut off"


# --- connections ----------------------------------------------------------------


def test_a_connection_is_used_again(server, call):
    call(server.url)
    call(server.url)

    assert server.accepted == 1


def test_an_idle_connection_is_not_used_again(server, call, monkeypatch):
    call(server.url)
    monkeypatch.setattr("campaigns.gateway.sockets.IDLE_LIMIT", 0.0)
    call(server.url)

    assert server.accepted == 2


def test_a_connection_closed_meanwhile_costs_nothing(server, call):
    server.play(
        lambda server, connection: connection.sendall(raw.answer()) and False,
        raw.answer(),
    )
    call(server.url)
    assert server.closed.acquire(timeout=5)

    assert call(server.url).status == 200


def test_a_body_behind_204_is_not_taken_for_the_next_answer(server, call):
    server.play(raw.answer(204, b'{"late":1}'), raw.answer(200, '{"a":1}'))

    assert call(server.url).status == 204
    assert call(server.url).document == {"a": 1}
    assert server.accepted == 2


# --- where to -------------------------------------------------------------------


def test_this_machine_is_called_only_where_the_settings_allow_it(server, calling):
    error, _ = timed(calling(loopback_allowed=False), server.url)

    assert isinstance(error, Unavailable)
    assert error.hold is Hold.CONNECTION
    assert server.accepted == 0


@pytest.mark.parametrize("name", ["localhost", "127.1", "2130706433", "0x7f000001"])
def test_no_spelling_of_this_machine_gets_round_that(server, calling, name):
    call = calling(loopback_allowed=False)

    error, _ = timed(call, f"http://{name}:{server.port}/")

    assert isinstance(error, Unavailable)
    assert server.accepted == 0


@pytest.mark.parametrize("host", ["10.1.2.3", "192.168.0.1", "[fd00::1]"])
def test_private_networks_are_not_called(calling, host):
    error, _ = timed(calling(loopback_allowed=False), f"https://{host}/")

    assert "a private network" in error.message
    assert error.hold is Hold.CONNECTION


def test_link_local_addresses_are_never_called(call):
    error, _ = timed(call, "https://169.254.169.254/latest")

    assert "an address that no platform has" in error.message


# --- credentials ----------------------------------------------------------------


def test_an_echoed_credential_is_in_no_record(server, calling):
    server.play(raw.answer(400, '{"seen":"tok/en+1","MicroworkersApiKey":"other"}'))

    record = calling("tok/en+1")(server.url + "?q=tok%2Fen%2B1").exchange

    assert "tok" not in record.url
    assert "tok" not in record.answer
    assert "other" not in record.answer
