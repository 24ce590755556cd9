from decimal import Decimal

import pytest

from campaigns.platforms.microworkers.sandbox import (
    MW_BASIC,
    MW_EMPLOYER_RATED,
    MW_FOREIGN,
    MW_HTML,
    MW_NULLS,
    MW_SCHEDULE,
    MW_SURVEY,
)
from tests.sandbox.talk import Talk, exact

LIST = "/hire-group-campaigns"
NEVER = {
    *("autoRateNokTask", "autoRateOkTask", "autoRefillPositions"),
    *("successRate", "timeToWaitAfterSlotExpiration"),
}


def one(hire, campaign):
    return exact(hire.get(f"{LIST}/{campaign}"))


def walk(hire, **query):
    """All ids over all pages, and the last page."""
    ids, page = [], {"nextPageToken": ""}
    for _ in range(12):
        page = hire.get(LIST, **query | {"nextPageToken": page["nextPageToken"]}).json()
        ids += [row["id"] for row in page["items"]]
        if not page.get("nextPageToken"):
            break
    return ids, page


def test_a_page_has_three_keys_and_ten_rows(hire):
    page = hire.get(LIST).json()

    assert set(page) == {"items", "perPage", "nextPageToken"}
    assert (len(page["items"]), page["perPage"]) == (10, 10)


@pytest.mark.parametrize("sort", ["id", "-id", "title", "-created", "status"])
def test_walking_the_pages_meets_every_campaign_once(hire, sort):
    ids, page = walk(hire, pageSize=4, sort=sort)

    assert len(ids) == len(set(ids)) == 25
    assert page["nextPageToken"] is None


def test_a_sort_with_a_dash_goes_down(hire):
    ids, _ = walk(hire, pageSize=9, sort="-id")

    assert ids == sorted(ids, reverse=True)


@pytest.mark.parametrize(
    ("way", "value"), [("null", None), ("empty", ""), ("absent", 0)]
)
def test_the_last_page_can_say_so_in_three_ways(microworkers, hire, way, value):
    microworkers.configure(last_page=way)

    assert hire.get(LIST, pageSize=100).json().get("nextPageToken", 0) == value


def test_a_last_page_can_repeat_its_token_for_ever(microworkers, hire):
    microworkers.configure(last_page="repeat")

    first = hire.get(LIST, pageSize=100).json()["nextPageToken"]
    again = hire.get(LIST, pageSize=100, nextPageToken=first).json()

    assert (again["items"], again["nextPageToken"]) == ([], first)


@pytest.mark.parametrize(
    "query",
    [{"pageSize": 0}, {"pageSize": "x"}, {"sort": "pay"}, {"nextPageToken": "?"}],
)
def test_a_list_asked_wrongly_is_refused(hire, query):
    answer = hire.get(LIST, **query)

    assert answer.status_code == 400
    assert answer.json()["violations"][0]["pointer"] == f"/{next(iter(query))}"


def test_basic_and_foreign_campaigns_are_not_listed(hire):
    ids, _ = walk(hire, pageSize=100)

    assert not {MW_BASIC, MW_FOREIGN} & set(ids)


@pytest.mark.parametrize("campaign", [MW_SURVEY, MW_EMPLOYER_RATED])
def test_five_fields_are_never_reported(hire, campaign):
    hire.patch(f"{LIST}/{campaign}", {"successRate": 90, "autoRefillPositions": True})

    assert not NEVER & set(one(hire, campaign))


def test_one_campaign_shows_what_can_be_read(hire):
    data = one(hire, MW_SURVEY)

    assert data["id"] == MW_SURVEY
    assert data["maximumJobLimit"] == {"enabled": True, "limitPerDay": 90}
    assert data["paymentPerTask"] == Decimal("0.15")
    assert not {"owner", "kind"} & set(data)


def test_objects_may_be_null(hire):
    data = one(hire, MW_NULLS)

    assert data["maximumJobLimit"] is None
    assert data["autoSkipTask"] is None


def test_a_schedule_is_reported_inside_the_limit(hire):
    assert "standardSchedule" in one(hire, MW_SCHEDULE)["maximumJobLimit"]


def test_html_is_given_as_it_was_written(hire):
    assert "<script>" in one(hire, MW_HTML)["description"]


@pytest.mark.parametrize("key", ["", "demo-keyx", "Bearer demo-key"])
def test_a_wrong_key_gets_a_problem_without_detail(microworkers, key):
    answer = Talk(microworkers, MicroworkersApiKey=key).get(LIST)

    assert answer.status_code == 401
    assert set(answer.json()) == {"type", "title", "status"}
    assert answer.json()["title"] == "Unauthorized"


def test_a_locked_key_is_denied(microworkers):
    answer = Talk(microworkers, MicroworkersApiKey="locked-key").get(LIST)

    assert (answer.status_code, answer.json()["title"]) == (403, "AccessDenied")


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        (f"{LIST}/{MW_FOREIGN}", 403, "AccessDenied"),
        (f"{LIST}/{MW_BASIC}", 404, "DoesNotExist"),
        (f"{LIST}/nothing", 404, "DoesNotExist"),
        ("/hire_group_campaigns", 404, "DoesNotExist"),
    ],
)
def test_what_is_not_ours_or_not_there_is_said(hire, path, status, title):
    answer = hire.get(path)

    assert (answer.status_code, answer.json()["title"]) == (status, title)
    assert answer.json()["detail"]


def test_a_method_nobody_knows_gets_the_frameworks_problem(hire, microworkers):
    answer = hire.session.put(f"{microworkers.base_url}{LIST}/{MW_SURVEY}", timeout=10)

    assert answer.status_code == 405
    assert "rfc2616" in answer.json()["type"]
