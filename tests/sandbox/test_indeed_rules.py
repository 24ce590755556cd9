import pytest

from campaigns.platforms.indeed.sandbox import (
    INDEED_ALL,
    INDEED_BONUS,
    INDEED_DELETED,
    INDEED_FOREIGN,
    INDEED_PLAIN,
    INDEED_QUICK,
    INDEED_WAREHOUSE,
)
from tests.sandbox.talk import problems

CRITERIA = {
    "jobsQuery": "title:cook",
    "jobsTitle": "Cook",
    "jobsCompany": "Nordlicht",
    "jobsLocation": "Graz",
    "jobsLocationRadius": 50,
}


def patch(api, campaign, body, **more):
    return api.patch(f"/v1/campaigns/{campaign}", body, **more)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 251),
        ("name", 7),
        ("name", "a\0b"),
        ("name", "Truck drivers, Midwest"),
        ("name", "Summer temps 2025"),
        ("trackingToken", "x" * 256),
        ("trackingToken", ["t"]),
        ("status", "ENDED"),
        ("status", "active"),
        ("status", True),
        ("jobsToInclude", "SOME"),
        ("jobsQuery", 5),
        ("jobsTitle", {}),
        ("jobsCompany", False),
        ("jobsLocation", []),
        ("jobsLocationRadius", 20),
        ("jobsLocationRadius", "25"),
        ("jobsLocationRadius", True),
        ("jobsLocationRadius", 25.0),
        ("jobsSourceId", "501"),
        ("Name", "Pascal"),
        ("objective", "BALANCE"),
    ],
)
def test_a_value_outside_the_rules_is_refused_by_name(indeed, api, field, value):
    before = indeed.document(INDEED_WAREHOUSE)

    answer = patch(api, INDEED_WAREHOUSE, {field: value})

    assert answer.status_code == 400
    assert field in problems(answer)[0]
    assert indeed.document(INDEED_WAREHOUSE) == before


def test_a_refusal_has_no_data_and_an_array_of_links(api):
    answer = patch(api, INDEED_WAREHOUSE, {"status": "ENDED"}).json()

    assert "data" not in answer
    assert answer["meta"]["links"] == [{"rel": "up", "href": "/v1/campaigns"}]


def test_every_bad_parameter_is_named_at_once(api):
    body = {"name": "", "status": "X", "jobsLocationRadius": 7, "budget": 1}

    said = problems(patch(api, INDEED_WAREHOUSE, body))

    assert {words.split(":")[0] for words in said} == set(body)


@pytest.mark.parametrize("name", ["x", "🚚" * 250, "Kitchen Porters "])
def test_names_of_1_to_250_characters_are_accepted(indeed, api, name):
    assert patch(api, INDEED_PLAIN, {"name": name}).status_code == 200
    assert indeed.document(INDEED_PLAIN)["name"] == name


def test_a_name_is_unique_per_employer_only(indeed, api):
    answer = patch(api, INDEED_PLAIN, {"name": "Someone else's campaign"})

    assert answer.status_code == 200


def test_a_campaign_may_keep_its_own_name(api):
    body = {"name": "Truck drivers, Midwest"}

    assert patch(api, INDEED_PLAIN, body).status_code == 200


def test_null_and_absent_keep_the_value(indeed, api):
    before = indeed.document(INDEED_WAREHOUSE)
    body = dict.fromkeys(["name", "trackingToken", "status", "objective", *CRITERIA])

    assert patch(api, INDEED_WAREHOUSE, body).status_code == 200
    assert patch(api, INDEED_WAREHOUSE, {}).status_code == 200
    assert indeed.document(INDEED_WAREHOUSE) == before


def test_an_empty_tracking_token_is_no_null(indeed, api):
    patch(api, INDEED_WAREHOUSE, {"trackingToken": ""})

    assert indeed.document(INDEED_WAREHOUSE)["trackingToken"] == ""


@pytest.mark.parametrize("extra", [{}, {"jobsTitle": "Cook"}])
def test_all_clears_the_five_criteria_whatever_else_is_sent(indeed, api, extra):
    patch(api, INDEED_WAREHOUSE, {"jobsToInclude": "ALL"} | extra)

    document = indeed.document(INDEED_WAREHOUSE)
    assert document["jobsToInclude"] == "ALL"
    assert {document[key] for key in CRITERIA} == {None}


def test_criteria_on_an_all_campaign_are_ignored_with_200(indeed, api):
    before = indeed.document(INDEED_ALL)

    assert patch(api, INDEED_ALL, CRITERIA).status_code == 200
    assert indeed.document(INDEED_ALL) == before


def test_criteria_sent_with_query_are_kept(indeed, api):
    patch(api, INDEED_ALL, {"jobsToInclude": "QUERY"} | CRITERIA)

    document = indeed.document(INDEED_ALL)
    assert {key: document[key] for key in CRITERIA} == CRITERIA


def test_one_criterion_leaves_the_others(indeed, api):
    patch(api, INDEED_WAREHOUSE, {"jobsTitle": "Picker"})

    assert indeed.document(INDEED_WAREHOUSE)["jobsLocation"] == "Leipzig"


@pytest.mark.parametrize("extra", [{}, {"jobsLocationRadius": 50}])
def test_query_without_criterion_passes_today_and_not_tomorrow(indeed, api, extra):
    body = {"jobsToInclude": "QUERY"} | extra
    assert patch(api, INDEED_ALL, body).status_code == 200

    indeed.configure(refuse_bare_query=True)

    assert "jobsToInclude" in problems(patch(api, INDEED_ALL, body))[0]


@pytest.mark.parametrize("radius", [5, 10, 15, 25, 50, 100])
def test_six_radii_are_accepted(api, radius):
    body = {"jobsLocationRadius": radius}

    assert patch(api, INDEED_WAREHOUSE, body).status_code == 200


def test_a_quick_campaign_cannot_be_modified(api):
    assert patch(api, INDEED_QUICK, {"name": "New"}).status_code == 400


def test_a_bonus_campaign_changes_two_fields_only(api):
    allowed = {"jobsQuery": "title:cook", "jobsToInclude": "QUERY"}
    refused = {"name": "x", "status": "PAUSED", "jobsTitle": "Cook"}

    assert patch(api, INDEED_BONUS, allowed).status_code == 200
    assert len(problems(patch(api, INDEED_BONUS, refused))) == 3


def test_a_deleted_campaign_still_exists(api):
    assert patch(api, INDEED_DELETED, {"status": "PAUSED"}).status_code == 200


def test_another_employers_campaign_does_not_exist(indeed, api):
    assert patch(api, INDEED_FOREIGN, {"name": "Mine"}).status_code == 404
    assert indeed.document(INDEED_FOREIGN)["name"] == "Someone else's campaign"


@pytest.mark.parametrize(
    "body", [b'{"name": ', b'{"objective": NaN}', b"\xff\xfe", b'{"name": 1e999}']
)
def test_a_body_that_cannot_be_read_is_a_500(api, body):
    answer = patch(api, INDEED_PLAIN, body)

    assert answer.status_code == 500
    assert answer.json()["meta"]["errors"][0]["type"] == "INTERNAL_SERVER_ERROR"
    assert answer.json()["data"] is None


@pytest.mark.parametrize("body", [b"", b"[]", b'"name"', b"null"])
def test_a_body_that_is_no_object_is_refused(api, body):
    assert patch(api, INDEED_PLAIN, body).status_code == 400


def test_a_body_must_say_that_it_is_json(api):
    answer = patch(api, INDEED_PLAIN, {"name": "x"}, headers={"Content-Type": "text/x"})

    assert answer.status_code == 500


def test_half_a_surrogate_pair_is_refused(api):
    assert patch(api, INDEED_PLAIN, b'{"name": "\\ud83d"}').status_code == 400
