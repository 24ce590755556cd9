"""What an answer to a PATCH means on Microworkers, shape after shape."""

import pytest

from campaigns.gateway.contract import Hold, OutcomeUnknown, Rejected, Unavailable
from campaigns.platforms.microworkers.codes import WORDS
from tests.gateway import raw
from tests.platforms import microworkers


@pytest.fixture
def client(server):
    client = microworkers.opened(f"{server.url}/api/v2")
    yield client
    client.close()


def test_the_key_goes_into_its_own_header_without_a_scheme(server, client):
    server.play(raw.answer(204, ""))

    client.patch(microworkers.ID, {"ttr": 7})

    assert server.seen[0].headers["microworkersapikey"] == "the-key"
    assert "authorization" not in server.seen[0].headers


def test_pitfall_41_a_204_has_no_json_and_is_accepted(server, client):
    server.play(raw.answer(204, "", Content_Length=None))

    exchange = client.patch(microworkers.ID, {"ttr": 7})

    assert (exchange.status, exchange.answer) == (204, "")
    assert exchange.url == f"{server.url}/api/v2/hire-group-campaigns/{microworkers.ID}"


@pytest.mark.parametrize(
    "answer",
    [
        raw.answer(200, '{"id":"x"}'),
        raw.answer(200, ""),
        raw.answer(202, ""),
        raw.answer(204, '{"id":"x"}'),
    ],
)
def test_any_other_2xx_is_accepted_too(server, client, answer):
    server.play(answer)

    assert client.patch(microworkers.ID, {"ttr": 7}).status in (200, 202, 204)


def test_a_2xx_with_objections_may_have_been_applied(server, client):
    server.play(raw.answer(200, '{"violations":[{"title":"IsBlank"}]}'))

    assert isinstance(microworkers.refused(client), OutcomeUnknown)


def test_pitfall_56_a_patch_is_a_patch_with_a_json_body(server, client):
    server.play(raw.answer(204, ""))

    client.patch(
        microworkers.ID, {"maximumJobLimit": {"enabled": True, "limitPerDay": 90}}
    )

    (seen,) = server.seen
    assert (seen.method, seen.headers["content-type"]) == ("PATCH", "application/json")
    assert seen.body == b'{"maximumJobLimit":{"enabled":true,"limitPerDay":90}}'


def test_pitfall_53_slowing_down_is_understood_though_not_documented(server, client):
    server.play(microworkers.problem(429, "TooManyRequests", detail="Slow down."))

    error = microworkers.refused(client)

    assert isinstance(error, Unavailable)
    assert (error.hold, error.said) == (Hold.NONE, "Slow down.")


@pytest.mark.parametrize("body", ["null", "<html>oops</html>", "", "{}"])
def test_a_500_of_any_shape_may_have_been_applied(server, client, body):
    server.play(raw.answer(500, body))

    assert isinstance(microworkers.refused(client), OutcomeUnknown)


def test_violations_go_to_the_fields_they_point_to(server, client):
    server.play(
        microworkers.invalid(
            ("IsBlank", "Should not be blank.", "/maximumJobLimit/limitPerDay"),
            ("InvalidRange", "From 1 to 30.", "/ttr"),
            ("InvalidRange", "Whole days.", "/ttr"),
        )
    )

    error = microworkers.refused(client)

    assert error.fields == {
        "maximumJobLimit.limitPerDay": ["Should not be blank."],
        "ttr": ["From 1 to 30.", "Whole days."],
    }
    assert error.words == {"maximumJobLimit.limitPerDay": ["This must not be empty."]}
    assert error.code == "IsBlank"


@pytest.mark.parametrize(
    ("pointer", "path"),
    [
        ("/ttr", "ttr"),
        ("ttr", "ttr"),
        ("/autoSkipTask/timeLimit", "autoSkipTask.timeLimit"),
        ("/autoSkipTask", "autoSkipTask.enabled"),
        ("/notificationSettings", "notificationSettings"),
        ("/notificationSettings/0/url", "notificationSettings"),
        ("/notificationSettings/1/notificationTypes/3", "notificationSettings"),
        ("/templateId", ""),
        ("/ttrx", ""),
        ("/auto", ""),
        ("/", ""),
        ("", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_a_pointer_finds_its_field_or_the_whole_form(server, client, pointer, path):
    server.play(microworkers.invalid(("X", "Their words.", pointer)))

    assert microworkers.refused(client).fields == {path: ["Their words."]}


@pytest.mark.parametrize(
    ("title", "detail", "shown"),
    [
        ("BrandNew", "Explained.", "Explained."),
        ("BrandNew", None, "BrandNew"),
        ("IsBlank", None, "IsBlank"),
        (None, "Explained.", "Explained."),
    ],
)
def test_an_unknown_code_falls_back_to_what_they_say(
    server, client, title, detail, shown
):
    server.play(microworkers.invalid((title, detail, "/ttr")))

    assert microworkers.refused(client).fields == {"ttr": [shown]}


def test_a_business_rule_may_stand_at_the_top(server, client):
    code = "AutoRateTasksAsSatisfiedNotSupported"
    server.play(microworkers.problem(400, code, detail="Not supported."))

    error = microworkers.refused(client)

    assert (error.code, error.fields) == (code, {"": ["Not supported."]})
    assert error.words == {"": [WORDS[code]]}


@pytest.mark.parametrize("violations", [[], None, "x", {}, [None], [[]], ["text"]])
def test_odd_violations_are_no_crash(server, client, violations):
    server.play(microworkers.problem(400, "ValidationFailed", violations=violations))

    error = microworkers.refused(client)

    assert isinstance(error, Rejected)
    assert error.fields


def test_a_401_without_detail_is_a_fault_of_the_key(server, client):
    server.play(microworkers.problem(401, "Unauthorized"))

    error = microworkers.refused(client)

    assert isinstance(error, Unavailable)
    assert error.hold is Hold.CONNECTION
    assert "API key" in error.message
    assert len(server.seen) == 1


def test_a_403_names_its_three_reasons_and_holds_this_change_alone(server, client):
    server.play(microworkers.problem(403, "AccessDenied", detail="Denied."))

    error = microworkers.refused(client)

    assert isinstance(error, Unavailable)
    assert (error.hold, error.said) == (Hold.CHANGE, "Denied.")
    for reason in ("API key", "another account", "network address"):
        assert reason in error.message


def test_a_404_names_its_three_meanings(server, client):
    server.play(microworkers.problem(404, "DoesNotExist", detail="Not here."))

    error = microworkers.refused(client)

    assert (error.status, error.code) == (404, "DoesNotExist")
    assert error.fields == {"": ["Not here."]}
    for meaning in ("gone", "basic campaign", "base address"):
        assert meaning in error.message


def test_a_404_of_another_host_is_a_404_too(server, client):
    server.play(raw.answer(404, "<html>nginx</html>"))

    assert microworkers.refused(client).status == 404


def test_pitfall_57_an_echoed_key_is_masked_in_what_is_kept(server, client):
    server.play(microworkers.invalid(("X", "Key the-key is bad", "/ttr")))

    error = microworkers.refused(client)

    assert "the-key" not in f"{error.exchange!r} {error.fields} {error.said}"
