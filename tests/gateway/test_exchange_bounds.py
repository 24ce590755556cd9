"""Bounds of one HTTP exchange: sizes, and the time after which it is over."""

import gzip
import time

import pytest

from campaigns.gateway import exchange
from campaigns.gateway.answers import ANSWER_LIMIT, UNREAD
from campaigns.gateway.contract import (
    OutcomeUnknown,
    Timeout,
    Unavailable,
)
from tests.gateway import raw
from tests.gateway.conftest import timed

MIB = 1024 * 1024


# --- sizes ----------------------------------------------------------------------


def test_an_answer_larger_than_the_limit_is_left_alone(server, call):
    server.play(raw.answer(200, b'"' + b"a" * (MIB + 1) + b'"'))

    answer = call(server.url)

    assert (answer.document, answer.trouble) == (UNREAD, "more than 1024 KiB")


def test_an_answer_without_an_end_is_left_at_the_limit(server, call):
    head = raw.answer(200, b"", Content_Length=None)
    server.play(raw.endless(head, b"a" * 65536))

    answer = call(server.url)

    assert answer.trouble == "more than 1024 KiB"
    assert answer.exchange.seconds < 9


def test_a_zip_bomb_is_left_at_the_limit(server, call, monkeypatch):
    taken = []
    monkeypatch.setattr(
        exchange, "_kept", lambda _, text: taken.append(len(text)) or ""
    )
    server.play(raw.zipped(b"\0" * 200 * MIB))

    answer = call(server.url)

    assert answer.trouble == "more than 1024 KiB"
    assert taken[0] < ANSWER_LIMIT + 2 * exchange.CHUNK


def test_a_zip_bomb_behind_a_redirect_is_never_unpacked(server, call):
    bomb = gzip.compress(b"\0" * 50 * MIB)
    server.play(raw.answer(302, bomb, Location="/x", Content_Encoding="gzip"))

    answer = call(server.url)

    assert (answer.status, answer.trouble) == (302, "more than 1024 KiB")


def test_a_zipped_answer_is_read(server, call):
    server.play(raw.zipped(b'{"a":1}'))

    assert call(server.url).document == {"a": 1}


def test_bytes_that_only_claim_to_be_zipped_are_no_crash(server, call):
    server.play(raw.answer(200, b'{"a":1}', Content_Encoding="gzip"))

    assert call(server.url).trouble == "text that was cut off"


# --- bounds ---------------------------------------------------------------------


def test_a_dripping_head_ends_with_the_total_time(server, hasty):
    server.play(raw.drip(raw.answer(200, "{}", X_Long="a" * 500), every=0.1))

    error, seconds = timed(hasty, server.url)

    assert isinstance(error, OutcomeUnknown)
    assert 0.9 < seconds < 4


def test_a_dripping_body_ends_with_the_total_time(server, hasty):
    head = raw.answer(200, b"", Content_Length="9999")
    server.play(
        lambda server, connection: (
            connection.sendall(head) or raw.drip(b" " * 9999, 0.1)(server, connection)
        )
    )

    answer = hasty(server.url)

    assert answer.trouble == "text that did not end in time"
    assert 0.9 < answer.exchange.seconds < 4


def test_the_total_time_cuts_a_longer_read_time_short(server, calling):
    server.play(raw.hang)

    error, seconds = timed(calling(timeout=Timeout(0.5, 20.0, 0.5)), server.url)

    assert isinstance(error, OutcomeUnknown)
    assert seconds < 4


def test_continue_lines_without_end_end_with_the_total_time(server, hasty):
    server.play(raw.endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"))

    error, seconds = timed(hasty, server.url)

    assert isinstance(error, OutcomeUnknown)
    assert seconds < 4


def test_nothing_is_sent_after_the_deadline(server, call):
    begun = time.monotonic()
    request = exchange.Request("PATCH", server.url, {}, "{}", changes=True)

    with pytest.raises(Unavailable, match="Nothing was sent"):
        call.line.send(request, begun - 1)

    assert server.accepted == 0


def test_nothing_is_sent_after_the_deadline_on_an_open_connection(server, call):
    call(server.url)
    request = exchange.Request("PATCH", server.url, {}, "{}", changes=True)

    with pytest.raises(Unavailable, match="Nothing was sent"):
        call.line.send(request, time.monotonic() - 1)

    assert len(server.seen) == 1
