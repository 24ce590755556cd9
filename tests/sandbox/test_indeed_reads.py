from decimal import Decimal

import pytest

from campaigns.platforms.indeed.sandbox import (
    INDEED_COST,
    INDEED_DELETED,
    INDEED_FOREIGN,
    INDEED_FUTURE_OBJECTIVE,
    INDEED_LONG_NAME,
    INDEED_PLAIN,
    INDEED_QUICK,
    INDEED_WAREHOUSE,
    OTHER_EMPLOYER,
)
from tests.sandbox.talk import exact, problems, signed_in


def one(api, campaign):
    return exact(api.get(f"/v1/campaigns/{campaign}"))["data"]


def rows(answer):
    return answer.json()["data"]["Campaigns"]


def test_a_list_row_has_three_facts_unless_more_are_asked(api):
    row = rows(api.get("/v1/campaigns"))[0]

    assert row == {
        "Id": INDEED_WAREHOUSE,
        "Name": "Warehouse associates, Leipzig night shift",
        "Status": "ACTIVE",
    }


def test_a_list_row_has_exactly_the_fields_asked(api):
    row = rows(api.get("/v1/campaigns", fields="Id,TrackingToken,FundingSource"))[0]

    assert list(row) == ["Id", "TrackingToken", "FundingSource"]


def test_the_list_shows_deleted_campaigns_too(api):
    found = {row["Id"]: row["Status"] for row in rows(api.get("/v1/campaigns"))}

    assert found[INDEED_DELETED] == "DELETED"
    assert len(found) >= 24


def test_the_list_never_shows_another_employers_campaigns(indeed, api):
    other = signed_in(indeed, employer=OTHER_EMPLOYER)

    assert INDEED_FOREIGN not in {row["Id"] for row in rows(api.get("/v1/campaigns"))}
    assert [row["Id"] for row in rows(other.get("/v1/campaigns"))] == [INDEED_FOREIGN]


def test_following_next_meets_every_campaign_once(api):
    seen, href = [], "/v1/campaigns?perPage=7"
    for _ in range(10):
        answer = api.get(href)
        seen += [row["Id"] for row in rows(answer)]
        onward = [x for x in answer.json()["meta"]["links"] if x["rel"] == "next"]
        if not onward:
            break
        href = onward[0]["href"]

    assert len(seen) == len(set(seen)) == 26


def test_a_page_may_be_shorter_than_asked_and_still_go_on(indeed, api):
    indeed.configure(page_limit=2)

    answer = api.get("/v1/campaigns", perPage=500)

    assert len(rows(answer)) == 2
    assert answer.json()["meta"]["perPage"] == 500
    assert answer.json()["meta"]["links"][0]["rel"] == "next"


def test_more_than_the_largest_page_is_cut_to_it(api):
    assert api.get("/v1/campaigns", perPage=9999).json()["meta"]["perPage"] == 500


@pytest.mark.parametrize(
    "query",
    [
        {"perPage": 0},
        {"perPage": "many"},
        {"status": "ENDED"},
        {"type": "PAPER"},
        {"fields": "Id,jobsQuery"},
        {"start": "30"},
        {"campaignIds": ",".join("x" * 51)},
        {"campaignIds": INDEED_PLAIN, "status": "ACTIVE"},
        {"page": 2},
    ],
)
def test_a_list_asked_wrongly_is_refused_by_the_parameters_name(api, query):
    answer = api.get("/v1/campaigns", **query)

    assert answer.status_code == 400
    assert any(name in problems(answer)[0] for name in [*query, "fields"])


def test_the_list_can_be_narrowed_to_some_campaigns(api):
    ids = f"{INDEED_PLAIN},{INDEED_COST}"

    answer = api.get("/v1/campaigns", campaignIds=ids, fields="Id")

    assert {row["Id"] for row in rows(answer)} == {INDEED_PLAIN, INDEED_COST}


def test_a_status_narrows_the_list(api):
    found = rows(api.get("/v1/campaigns", status="PAUSED"))

    assert found
    assert {row["Status"] for row in found} == {"PAUSED"}


def test_a_cost_target_keeps_its_digits(api):
    assert str(one(api, INDEED_COST)["Objective"]["target"]) == "10.10"


def test_one_campaign_speaks_in_pascal_case_with_a_camel_inside(api):
    data = one(api, INDEED_WAREHOUSE)

    assert data["Name"].startswith("Warehouse")
    assert data["TrackingToken"] == "wh-leipzig"
    assert data["Objective"]["objectiveType"] == "TARGET_APPLICATIONS"
    assert data["BudgetMonthlyLimit"] == Decimal("2500.00")
    assert data["CurrencyCode"] == "USD"


def test_the_selection_of_jobs_is_not_reported(api):
    assert not [key for key in one(api, INDEED_WAREHOUSE) if "jobs" in key.lower()]


def test_the_selection_of_jobs_is_reported_when_told(indeed, api):
    indeed.configure(report_jobs=True)

    data = one(api, INDEED_WAREHOUSE)

    assert data["JobsToInclude"] == "QUERY"
    assert data["JobsLocationRadius"] == 25
    assert data["JobsTitle"] is None


def test_the_usual_radius_is_reported_where_a_location_has_none(indeed, api):
    indeed.configure(report_jobs=True)
    indeed.edit(INDEED_PLAIN, {"jobsLocation": "Graz"})

    assert one(api, INDEED_PLAIN)["JobsLocationRadius"] == 25


def test_objectives_of_every_kind_are_shown_as_they_are(api):
    assert one(api, INDEED_PLAIN)["Objective"] is None
    assert one(api, INDEED_QUICK)["Objective"]["objectiveType"] == "QUICK"
    future = one(api, INDEED_FUTURE_OBJECTIVE)["Objective"]
    assert future["objectiveType"] == "TARGET_QUALIFIED_HIRES"


def test_the_longest_name_has_250_characters(api):
    assert len(one(api, INDEED_LONG_NAME)["Name"]) == 250


@pytest.mark.parametrize("campaign", [INDEED_FOREIGN, "0000", "27AB10C4E5D6F708"])
def test_a_campaign_that_is_not_ours_does_not_exist(api, campaign):
    answer = api.get(f"/v1/campaigns/{campaign}")

    assert answer.status_code == 404
    assert answer.json()["meta"]["links"] == {"rel": "up", "href": "/v1/campaigns"}
    assert answer.json()["data"] is None


def test_account_and_quota_answer_simply(api):
    assert api.get("/v1/account").json()["data"]["currencyCode"] == "USD"
    usage = api.get("/v1/apiquotausage", monthYear="112026").json()["data"]
    assert usage["monthYear"] == "112026"
