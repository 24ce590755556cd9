"""An objective: add it, change its target, nothing else."""

import pytest

from campaigns.platforms.indeed.sandbox import (
    INDEED_COST,
    INDEED_FUTURE_OBJECTIVE,
    INDEED_PAUSED,
    INDEED_PLAIN,
    INDEED_WAREHOUSE,
)
from tests.sandbox.talk import problems


def patch(api, campaign, body):
    return api.patch(f"/v1/campaigns/{campaign}", body)


def objective(kind, **target):
    return {"objective": {"objectiveType": kind} | target}


@pytest.mark.parametrize(
    "body",
    [
        objective("BALANCE"),
        objective("MAXIMUM"),
        objective("TARGET_APPLICATIONS", target=10),
        objective("SCHEDULED_INTERVIEWS", target=3),
        objective("TARGET_COST_PER_APPLICATION", target=7),
    ],
)
def test_an_objective_can_be_added(indeed, api, body):
    assert patch(api, INDEED_PLAIN, body).status_code == 200
    assert indeed.document(INDEED_PLAIN)["objective"] == body["objective"]


@pytest.mark.parametrize(
    "body",
    [
        objective("QUICK"),
        objective("TARGET_QUALIFIED_HIRES"),
        objective("BALANCE", target=1),
        objective("TARGET_APPLICATIONS"),
        objective("TARGET_APPLICATIONS", target=0),
        objective("TARGET_APPLICATIONS", target=1.5),
        objective("TARGET_APPLICATIONS", target="10"),
        objective("TARGET_APPLICATIONS", target=True),
        objective("TARGET_COST_PER_APPLICATION", target=0),
        objective("TARGET_COST_PER_APPLICATION", target="10.10"),
        objective("TARGET_COST_PER_APPLICATION"),
        objective("BALANCE", currency="USD"),
        {"objective": {"target": 10}},
        {"objective": {}},
    ],
)
def test_an_objective_outside_the_rules_is_refused(indeed, api, body):
    assert "objective" in problems(patch(api, INDEED_PLAIN, body))[0]
    assert indeed.document(INDEED_PLAIN)["objective"] is None


@pytest.mark.parametrize("digits", ["10.10", "0.01", "12.345", "99999999999999.99"])
def test_a_cost_target_is_kept_digit_for_digit(api, digits):
    kind = "TARGET_COST_PER_APPLICATION"
    body = f'{{"objective":{{"objectiveType":"{kind}","target":{digits}}}}}'

    patch(api, INDEED_COST, body.encode())

    assert f'"target":{digits}' in api.get(f"/v1/campaigns/{INDEED_COST}").text


def test_the_type_of_an_objective_stays(indeed, api):
    answer = patch(api, INDEED_PAUSED, objective("MAXIMUM"))

    assert answer.status_code == 400
    assert "OBJECTIVE_BALANCE" in problems(answer)[0]
    assert indeed.document(INDEED_PAUSED)["objective"]["objectiveType"] == "BALANCE"


def test_an_objective_without_target_keeps_its_target(indeed, api):
    patch(api, INDEED_WAREHOUSE, objective("TARGET_APPLICATIONS", target=None))

    assert indeed.document(INDEED_WAREHOUSE)["objective"]["target"] == 40


def test_an_unknown_type_of_objective_cannot_be_sent_back(api):
    body = objective("TARGET_QUALIFIED_HIRES", target=13)

    assert patch(api, INDEED_FUTURE_OBJECTIVE, body).status_code == 400


def test_interviews_need_a_subscription(indeed, api):
    indeed.configure(hiring_platform=False)

    answer = patch(api, INDEED_PLAIN, objective("SCHEDULED_INTERVIEWS", target=3))

    assert "objective" in problems(answer)[0]
