from datetime import UTC, datetime

import pytest

from campaigns import clock
from campaigns.gateway import failures
from campaigns.gateway.answers import UNREAD, Answer
from campaigns.gateway.contract import Exchange, Hold, OutcomeUnknown, Unavailable

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def answered(status, document=UNREAD, trouble="", **headers):
    record = Exchange("PATCH", "https://x.example/", "{}", status, "", NOON, 0.1)
    return Answer(record, status, headers, document, trouble)


def judged(answer, *, changes):
    return failures.by_status(answer, who="The platform", changes=changes)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("9" * 400, 1e9),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Sunday, 01-Mar-26 12:01:00 GMT", 60.0),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("soon", None),
        ("Sun, 99 Mar 2026 12:01:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms_or_not_at_all(text, seconds):
    with clock.replaced(lambda: NOON):
        assert failures.retry_after({"Retry-After": text}) == seconds


def test_no_retry_after_is_no_wish():
    assert failures.retry_after({}) is None


@pytest.mark.parametrize("status", [100, 408, 425, 500, 502, 503, 504, 599, 999])
def test_a_failure_of_theirs_leaves_a_change_unknown(status):
    assert isinstance(judged(answered(status), changes=True), OutcomeUnknown)


@pytest.mark.parametrize("status", [100, 408, 425, 500, 502, 503, 504, 599, 999])
def test_a_failure_of_theirs_makes_a_read_unavailable(status):
    error = judged(answered(status, **{"Retry-After": "5"}), changes=False)

    assert isinstance(error, Unavailable)
    assert (error.hold, error.retry_after) == (Hold.NONE, 5.0)


@pytest.mark.parametrize("changes", [True, False])
def test_slowing_down_is_not_applied_and_waits(changes):
    error = judged(answered(429, **{"Retry-After": "5"}), changes=changes)

    assert isinstance(error, Unavailable)
    assert (error.hold, error.retry_after) == (Hold.NONE, 5.0)


@pytest.mark.parametrize("status", [300, 301, 302, 304, 307, 308, 399, 402])
def test_a_wrong_address_or_account_holds_the_connection(status):
    error = judged(answered(status), changes=True)

    assert isinstance(error, Unavailable)
    assert error.hold is Hold.CONNECTION


def test_an_unusable_success_leaves_a_change_unknown():
    answer = answered(200, trouble="a web page instead of data")

    assert isinstance(judged(answer, changes=True), OutcomeUnknown)
    assert isinstance(judged(answer, changes=False), Unavailable)


@pytest.mark.parametrize("status", [200, 202, 204, 400, 401, 403, 404, 409, 422])
def test_the_rest_is_for_the_platform_to_judge(status):
    assert judged(answered(status, {}), changes=True) is None


def test_the_platform_s_own_words_are_kept_apart():
    error = failures.by_status(
        answered(503), who="The platform", changes=True, said="Too busy."
    )

    assert error.said == "Too busy."
    assert "Too busy" not in error.message
