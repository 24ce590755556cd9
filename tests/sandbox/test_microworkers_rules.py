import pytest

from campaigns.platforms.microworkers.sandbox import (
    MW_BLOCKED,
    MW_EMPLOYER_RATED,
    MW_FINISHED,
    MW_FOREIGN,
    MW_NULLS,
    MW_QUEUES,
    MW_SCHEDULE,
    MW_SURVEY,
    MW_TEST_RATED,
)
from campaigns.platforms.microworkers.sandbox.rules import NOTIFICATION_TYPES

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/q"


def patch(hire, campaign, body, **more):
    return hire.patch(f"/hire-group-campaigns/{campaign}", body, **more)


def pointers(answer):
    return [one["pointer"] for one in answer.json()["violations"]]


def queue(**changes):
    entry = {"url": QUEUE, "type": "sqs", "notificationTypes": ["SlotCreated"]}
    return {"notificationSettings": [entry | changes]}


def test_an_accepted_change_answers_204_with_nothing(microworkers, hire):
    answer = patch(hire, MW_SURVEY, {"ttr": 9})

    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Length" not in answer.headers
    assert microworkers.document(MW_SURVEY)["ttr"] == 9


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"ttr": 0}, "/ttr"),
        ({"ttr": 31}, "/ttr"),
        ({"ttr": 130}, "/ttr"),
        ({"ttr": "7"}, "/ttr"),
        ({"ttr": 7.0}, "/ttr"),
        ({"ttr": True}, "/ttr"),
        ({"ttr": None}, "/ttr"),
        ({"successRate": 101}, "/successRate"),
        ({"successRate": -1}, "/successRate"),
        ({"qtRequired": "yes"}, "/qtRequired"),
        ({"qtRequired": 1}, "/qtRequired"),
        ({"autoRefillPositions": None}, "/autoRefillPositions"),
        ({"groupId": 5}, "/groupId"),
        ({"groupId": ""}, "/groupId"),
        ({"groupId": "000000000000"}, "/groupId"),
        ({"maximumJobLimit": None}, "/maximumJobLimit"),
        ({"maximumJobLimit": {}}, "/maximumJobLimit/enabled"),
        ({"maximumJobLimit": {"enabled": True}}, "/maximumJobLimit/limitPerDay"),
        (
            {"maximumJobLimit": {"enabled": True, "limitPerDay": 0}},
            "/maximumJobLimit/limitPerDay",
        ),
        (
            {"maximumJobLimit": {"enabled": False, "a/b": 1}},
            "/maximumJobLimit/a~1b",
        ),
        ({"autoSkipTask": {"enabled": True}}, "/autoSkipTask/timeLimit"),
        ({"autoSkipTask": {"enabled": "on"}}, "/autoSkipTask/enabled"),
        ({"notificationSettings": {}}, "/notificationSettings"),
        ({"notificationSettings": ["x"]}, "/notificationSettings/0"),
        (queue(url="http://sqs.eu.amazonaws.com/1/q"), "/notificationSettings/0/url"),
        (queue(url="https://example.com/q"), "/notificationSettings/0/url"),
        (queue(type="sns"), "/notificationSettings/0/type"),
        (
            queue(notificationTypes=["SlotCreated", "CampaignCancelled"]),
            "/notificationSettings/0/notificationTypes/1",
        ),
        (queue(notificationTypes=None), "/notificationSettings/0/notificationTypes"),
        ({"timeToWaitAfterSlotExpiration": -1}, "/timeToWaitAfterSlotExpiration"),
        ({"visibilityDelay": 3601}, "/visibilityDelay"),
        ({"title": "New"}, "/title"),
        ({"status": "PAUSED"}, "/status"),
    ],
)
def test_a_value_outside_the_rules_is_pointed_at(microworkers, hire, body, pointer):
    before = microworkers.document(MW_SURVEY)

    answer = patch(hire, MW_SURVEY, body)

    assert answer.status_code == 400
    assert answer.json()["title"] == "ValidationFailed"
    assert pointer in pointers(answer)
    assert microworkers.document(MW_SURVEY) == before


def test_every_violation_is_shown_at_once(hire):
    body = {"ttr": 0, "successRate": 200, "title": "x"}

    assert set(pointers(patch(hire, MW_SURVEY, body))) == {f"/{key}" for key in body}


@pytest.mark.parametrize("days", [1, 30])
def test_1_to_30_days_to_rate_are_accepted(hire, days):
    assert patch(hire, MW_SURVEY, {"ttr": days}).status_code == 204


def test_an_object_is_replaced_whole(microworkers, hire):
    limit = {"enabled": True, "limitPerDay": 40}

    patch(hire, MW_SCHEDULE, {"maximumJobLimit": limit})

    assert microworkers.document(MW_SCHEDULE)["maximumJobLimit"] == limit


def test_an_object_sent_with_its_schedule_keeps_it(microworkers, hire):
    limit = microworkers.document(MW_SCHEDULE)["maximumJobLimit"]

    patch(hire, MW_SCHEDULE, {"maximumJobLimit": limit | {"limitPerDay": 7}})

    kept = microworkers.document(MW_SCHEDULE)["maximumJobLimit"]
    assert kept == limit | {"limitPerDay": 7}


def test_a_limit_that_is_off_needs_no_number(hire):
    body = {"maximumJobLimit": {"enabled": False}, "autoSkipTask": {"enabled": False}}

    assert patch(hire, MW_NULLS, body).status_code == 204


def test_the_queues_are_replaced_whole(microworkers, hire):
    patch(hire, MW_QUEUES, queue())

    assert microworkers.document(MW_QUEUES)["notificationSettings"] == [
        {"url": QUEUE, "type": "sqs", "notificationTypes": ["SlotCreated"]}
    ]


def test_all_26_notification_types_are_accepted(hire):
    names = sorted(NOTIFICATION_TYPES)

    assert len(names) == 26
    body = queue(notificationTypes=names)
    assert patch(hire, MW_SURVEY, body).status_code == 204


def test_a_newer_type_is_taken_back_only_where_it_already_is(hire):
    body = queue(notificationTypes=["SlotAutoRated"])

    assert patch(hire, MW_QUEUES, body).status_code == 204
    assert patch(hire, MW_SURVEY, body).status_code == 400


@pytest.mark.parametrize(
    ("flag", "code"),
    [
        ("autoRateNokTask", "AutoRateTasksAsNotSatisfiedNotSupported"),
        ("autoRateOkTask", "AutoRateTasksAsSatisfiedNotSupported"),
    ],
)
def test_automatic_rating_is_for_employer_rated_campaigns(hire, flag, code):
    refused = patch(hire, MW_TEST_RATED, {flag: True})

    assert refused.json()["violations"][0]["title"] == code
    assert patch(hire, MW_TEST_RATED, {flag: False}).status_code == 204
    assert patch(hire, MW_EMPLOYER_RATED, {flag: True}).status_code == 204


@pytest.mark.parametrize("campaign", [MW_FINISHED, MW_BLOCKED])
def test_a_rule_of_business_has_its_code_on_top_and_no_violations(hire, campaign):
    answer = patch(hire, campaign, {"groupId": "6f7c2b1ad4e5"})

    assert answer.status_code == 400
    assert answer.json()["title"] == "CampaignIsNotRunning"
    assert "violations" not in answer.json()


def test_another_owners_campaign_is_denied(microworkers, hire):
    assert patch(hire, MW_FOREIGN, {"ttr": 2}).status_code == 403
    assert microworkers.document(MW_FOREIGN)["ttr"] == 7


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"", 400), (b"[]", 400)])
def test_a_body_that_is_no_object_is_refused(hire, body, status):
    assert patch(hire, MW_SURVEY, body).status_code == status


def test_a_form_is_not_json(hire):
    answer = patch(hire, MW_SURVEY, b"ttr=7", headers={"Content-Type": "text/plain"})

    assert answer.status_code == 415
