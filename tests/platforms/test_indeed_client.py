"""What an answer to a PATCH means on Indeed, one documented shape after the other."""

import json
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured

from campaigns.gateway.contract import (
    Hold,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from campaigns.platforms.indeed import assumptions, errors
from tests.gateway import raw
from tests.platforms import indeed


@pytest.fixture
def client(server):
    client = indeed.opened(server, tokens=indeed.stored())
    yield client
    client.close()


def test_an_accepted_patch_tells_what_was_exchanged(server, client):
    server.play(indeed.APPLIED)

    exchange = client.patch(indeed.ID, {"name": "New", "status": "PAUSED"})

    assert exchange.status == 200
    assert exchange.request_body == '{"name":"New","status":"PAUSED"}'
    assert exchange.url == f"{server.url}/ads/v1/campaigns/{indeed.ID}"
    assert server.seen[0].headers["authorization"] == "Bearer stored"


def test_pitfall_21_a_cost_target_leaves_as_an_exact_number(server, client):
    server.play(indeed.APPLIED)
    target = {"objectiveType": "TARGET_COST_PER_APPLICATION"}

    client.patch(indeed.ID, {"objective": target | {"target": Decimal("10.10")}})

    assert server.seen[0].body.endswith(b'"target":10.10}}')


def test_pitfall_21_an_exponent_never_reaches_the_wire(server, client):
    server.play(indeed.APPLIED)

    client.patch(indeed.ID, {"objective": {"target": Decimal("1E+2")}})

    assert b'"target":100' in server.seen[0].body


def test_pitfall_21_a_cost_target_is_read_exactly(server, client):
    objective = {"objectiveType": "TARGET_COST_PER_APPLICATION", "target": 0}
    text = json.dumps({"data": indeed.row(indeed.ID, Objective=objective)}).replace(
        ": 0", ": 10.10"
    )
    server.play(raw.answer(200, text))

    target = client.read(indeed.ID).row.document["objective"]["target"]

    assert isinstance(target, Decimal)
    assert str(target) == "10.10"


def test_pitfall_25_an_error_type_under_200_is_not_believed_over_400(server, client):
    nonsense = [("RESOURCE_NOT_FOUND", "Couldn't locate it")]
    server.play(indeed.said(400, nonsense, told=200))

    error = indeed.refused(client)

    assert isinstance(error, Rejected)
    assert error.status == 400


@pytest.mark.parametrize("told", [400, 404, 500])
def test_pitfall_26_a_200_that_calls_itself_a_failure_is_unknown(server, client, told):
    server.play(indeed.said(200, told=told, data={"campaignId": indeed.ID}))

    assert isinstance(indeed.refused(client), OutcomeUnknown)


def test_a_200_that_carries_errors_is_unknown_and_keeps_their_words(server, client):
    server.play(
        indeed.said(
            200, [("RESOURCE_NOT_FOUND", "Odd.")], data={"campaignId": indeed.ID}
        )
    )

    error = indeed.refused(client)

    assert isinstance(error, OutcomeUnknown)
    assert error.said == "Odd."
    assert "Odd." in error.exchange.answer


@pytest.mark.parametrize("errors", [{"description": "Odd."}, "Odd."])
def test_a_200_whose_errors_are_no_list_is_unknown(server, client, errors):
    body = {"meta": {"status": 200, "errors": errors}, "data": None}
    server.play(raw.answer(200, json.dumps(body)))

    assert isinstance(indeed.refused(client), OutcomeUnknown)


def test_a_200_for_another_campaign_is_unknown(server, client):
    server.play(indeed.said(200, data={"campaignId": "another"}))

    assert isinstance(indeed.refused(client), OutcomeUnknown)


@pytest.mark.parametrize("answer", [raw.answer(200, ""), raw.answer(204, "")])
def test_a_success_that_says_nothing_is_unknown(server, client, answer):
    server.play(answer)

    assert isinstance(indeed.refused(client), OutcomeUnknown)


@pytest.mark.parametrize("links", [[{"rel": "up"}], {"rel": "up"}, None, [], 3, [None]])
def test_pitfall_27_links_may_be_an_array_an_object_or_null(server, client, links):
    server.play(indeed.said(200, links=links, data={"campaignId": indeed.ID}))

    assert client.patch(indeed.ID, {"name": "x"}).status == 200


def test_pitfall_28_a_400_has_no_data_key(server, client):
    server.play(indeed.said(400, [("INVALID_REQUEST", "name: too long")]))

    assert indeed.refused(client).fields == {"name": ["name: too long"]}


@pytest.mark.parametrize("errors", [None, []])
def test_pitfall_29_no_errors_may_be_null_or_none(server, client, errors):
    body = {
        "meta": {"status": 200, "errors": errors},
        "data": {"campaignId": indeed.ID},
    }
    server.play(raw.answer(200, json.dumps(body)))

    assert client.patch(indeed.ID, {"name": "x"}).status == 200


def test_pitfall_30_all_errors_of_a_400_are_shown(server, client):
    texts = ["name must not be blank", "jobsTitle is odd", "name must be unique"]
    server.play(indeed.said(400, [("INVALID_REQUEST", text) for text in texts]))

    error = indeed.refused(client)

    assert error.fields == {"name": [texts[0], texts[2]], "jobsTitle": [texts[1]]}
    assert error.code == "INVALID_REQUEST"


def test_pitfall_31_internal_names_are_put_into_our_words(server, client):
    text = (
        "Found objective with type `OBJECTIVE_BALANCE` that does not match the "
        "provided `OBJECTIVE_BUDGET` type. You cannot update an ad's objective type."
    )
    server.play(indeed.said(400, [("INVALID_REQUEST", text)]))

    error = indeed.refused(client)

    path = "objective.objectiveType"
    assert error.fields == {path: [text]}
    assert error.words == {path: ["The type of an objective cannot be changed."]}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("name: 1 to 250 characters.", "name"),
        ("The campaign name is taken", "name"),
        ("Parameter `jobsLocation` is not known", "jobsLocation"),
        ("jobsLocationRadius must be one of 5, 10", "jobsLocationRadius"),
        ("JOBSQUERY: unbalanced quotes", "jobsQuery"),
        ("JobsToInclude is QUERY, but the status is odd", "jobsToInclude"),
        ("'target' must be positive", "objective.target"),
        ("objective.target must be positive", "objective.target"),
        ("trackingToken too long", "trackingToken"),
        ("status: one of ACTIVE, PAUSED", "status"),
        ("name: a bonus campaign changes only jobsQuery", "name"),
        ("The filename is renamed", ""),
        ("Something is wrong", ""),
        ("", ""),
    ],
)
def test_pitfall_32_a_description_only_usually_names_its_field(
    server, client, text, path
):
    server.play(indeed.said(400, [("INVALID_REQUEST", text)]))

    assert list(indeed.refused(client).fields) == [path]


def test_an_unknown_error_type_keeps_its_text(server, client):
    server.play(indeed.said(400, [("BRAND_NEW", "Never seen before")]))

    error = indeed.refused(client)

    assert (error.code, error.fields) == ("BRAND_NEW", {"": ["Never seen before"]})


@pytest.mark.parametrize(
    "kind",
    [
        "INSUFFICIENT_SCOPE",
        "NOT_EMPLOYER_ACCESS_TOKEN",
        "LEGACY_ACCESS_TOKEN_NOT_ALLOWED",
    ],
)
def test_pitfall_35_a_fault_of_the_token_is_one_for_an_admin(server, client, kind):
    server.play(indeed.said(403, [(kind, "Their wording.")], data=None))

    error = indeed.refused(client)

    assert isinstance(error, Unavailable)
    assert (error.hold, error.said) == (Hold.CONNECTION, "Their wording.")
    assert "An admin must" in error.message
    assert "you" not in error.message.lower().split()


def test_a_403_of_an_unknown_type_holds_the_change_alone(server, client):
    server.play(indeed.said(403, [("QUOTA_PERHAPS", "No.")], data=None))

    assert indeed.refused(client).hold is Hold.CHANGE


def test_more_refusals_can_be_taken_for_a_used_up_quota(server, client, monkeypatch):
    monkeypatch.setattr(errors, "QUOTA", frozenset({429, 403}))
    server.play(indeed.said(403, [("QUOTA_PERHAPS", "No.")], data=None))

    error = indeed.refused(client)

    assert (error.hold, error.said) == (Hold.NONE, "No.")


def test_a_fault_of_the_token_is_never_taken_for_a_quota(server, client, monkeypatch):
    monkeypatch.setattr(errors, "QUOTA", frozenset({429, 403}))
    server.play(indeed.said(403, [("INSUFFICIENT_SCOPE", "No.")], data=None))

    assert indeed.refused(client).hold is Hold.CONNECTION


@pytest.mark.parametrize("codes", ["200", "429;403", "x", "429,"])
def test_odd_quota_codes_are_an_error(monkeypatch, codes):
    monkeypatch.setenv("INDEED_QUOTA_STATUS_CODES", codes)

    with pytest.raises(ImproperlyConfigured):
        assumptions.quota_statuses()


def test_quota_codes_may_have_spaces(monkeypatch):
    monkeypatch.setenv("INDEED_QUOTA_STATUS_CODES", " 429, 403")

    assert assumptions.quota_statuses() == {429, 403}


def test_the_name_we_give_ourselves_can_be_changed(server, monkeypatch):
    monkeypatch.setenv("INDEED_USER_AGENT", "CampaignDesk/x (+desk@example.com)")
    server.play(indeed.APPLIED)

    indeed.opened(server, tokens=indeed.stored()).patch(indeed.ID, {"name": "x"})

    agent = server.seen[0].headers["user-agent"]
    assert agent == "CampaignDesk/x (+desk@example.com)"


def test_a_403_page_points_to_the_base_address(server, client):
    server.play(indeed.HTML)

    error = indeed.refused(client)

    assert error.hold is Hold.CONNECTION
    assert "/ads" in error.message


def test_pitfall_36_a_404_says_both_meanings_and_the_employer(server, client):
    up = {"rel": "up", "href": "/v1/campaigns"}
    server.play(
        indeed.said(404, [("RESOURCE_NOT_FOUND", "Not located.")], up, data=None)
    )

    error = indeed.refused(client)

    assert (error.status, error.code) == (404, "RESOURCE_NOT_FOUND")
    assert "gone" in error.message and "another employer" in error.message
    assert indeed.EMPLOYER in error.message
    assert error.fields == {"": ["Not located."]}


def test_pitfall_37_a_500_says_that_it_may_last(server, client):
    server.play(indeed.said(500, [("INTERNAL_SERVER_ERROR", "Failed.")], data=None))

    error = indeed.refused(client)

    assert isinstance(error, OutcomeUnknown)
    assert "check them" in error.message
    assert error.said == "Failed."


def test_pitfall_38_success_brings_no_values_back(server, client):
    server.play(indeed.APPLIED)

    exchange = client.patch(indeed.ID, {"name": "x"})

    assert not hasattr(exchange, "document")


def test_extra_keys_are_no_trouble(server, client):
    server.play(
        indeed.said(200, data={"campaignId": indeed.ID, "new": 1}, extra={"x": [1]})
    )

    assert client.patch(indeed.ID, {"name": "x"}).status == 200
