"""Our forms and the stand-ins were written apart: here they meet.

What a form lets through for any planted campaign, the stand-in must accept and
then report back, except where only the platform can know (named below).
"""

import pytest

from campaigns import documents, registry
from campaigns.fields import Reported
from campaigns.gateway.contract import Account, Rejected
from campaigns.gateway.standin import serve
from campaigns.gateway.tokens import MemoryTokens

QUEUE = {
    "url": "https://sqs.eu-west-1.amazonaws.com/123456789012/desk",
    "type": "sqs",
    "notificationTypes": ["SlotSubmitted", "CampaignCanceled"],
}
VALUES = {
    "name": ["A name nobody has", "🚚" * 250],
    "trackingToken": ["utm=1", "x" * 255],
    "status": ["ACTIVE", "PAUSED", "DELETED"],
    "jobsToInclude": ["ALL", "QUERY"],
    "jobsQuery": ["title:(cook OR baker) AND -chef"],
    "jobsTitle": ["Cook"],
    "jobsCompany": ["L'atelier"],
    "jobsLocation": ["Graz"],
    "jobsLocationRadius": [5, 10, 15, 25, 50, 100],
    "objective.objectiveType": ["BALANCE", "MAXIMUM"],
    "objective.target": [7, documents.loads("10.10")],
    "autoRateOkTask": [True, False],
    "autoRateNokTask": [True, False],
    "successRate": [0, 75, 100],
    "ttr": [1, 30],
    "autoRefillPositions": [True, False],
    "maximumJobLimit.enabled": [True, False],
    "maximumJobLimit.limitPerDay": [1, 5000],
    "groupId": ["6f7c2b1ad4e5"],
    "qtRequired": [True, False],
    "autoSkipTask.enabled": [True, False],
    "autoSkipTask.timeLimit": [1, 86400],
    "timeToWaitAfterSlotExpiration": [0, 90],
    "notificationSettings": [[], [QUEUE]],
}
ONLY_THE_PLATFORM_KNOWS = {
    "AutoRateTasksAsSatisfiedNotSupported",
    "AutoRateTasksAsNotSatisfiedNotSupported",
    "CampaignIsNotRunning",
}


@pytest.fixture(params=registry.all(), ids=lambda platform: platform.key)
def platform(request):
    return request.param


@pytest.fixture
def sandbox(platform):
    with serve(platform.key) as sandbox:
        if "report_jobs" in sandbox.options:
            sandbox.configure(report_jobs=True)
        yield sandbox


@pytest.fixture
def client(platform, sandbox):
    account = Account(
        base_url=sandbox.base_url,
        token_url=sandbox.token_url,
        secrets=platform.demo_secrets(),
        employer=platform.demo_employer,
        tokens=MemoryTokens(),
        loopback_allowed=True,
    )
    client = platform.open(account)
    yield client
    client.close()


def plans(platform, document):
    """Every plan without errors that one touched field can lead to."""
    for path, field in platform.form.declared().items():
        if path in platform.form.locks(document):
            continue
        for value in VALUES[path]:
            wanted = {path: field.canonical(value)}
            plan = platform.form.plan(document, wanted)
            if plan.body and not plan.errors and _is_whole(plan.body):
                yield path, wanted, plan


def _is_whole(body):
    """Not agreed: the number alone, where the whole object is null so far."""
    objects = [value for value in body.values() if isinstance(value, dict)]
    return not any({"limitPerDay", "timeLimit"} >= value.keys() for value in objects)


def disagreement(platform, client, remote_id, planned):
    """What went wrong with one plan, or None."""
    path, wanted, plan = planned
    try:
        client.patch(remote_id, plan.body)
    except Rejected as rejected:
        known = any(c in str(vars(rejected)) for c in ONLY_THE_PLATFORM_KNOWS)
        return None if known else (remote_id, plan.body, rejected.fields)
    field = platform.form.declared()[path]
    if field.reported is Reported.NEVER:
        return None
    seen = field.read(client.read(remote_id).row.document)
    return None if seen == wanted[path] else (remote_id, plan.body, seen)


def test_what_a_form_lets_through_the_stand_in_accepts_and_reports(
    platform, sandbox, client
):
    rows = [row for page in client.pages() for row in page.rows]
    tried, wrong = 0, []
    for row in rows:
        document = client.read(row.remote_id).row.document
        for planned in plans(platform, document):
            tried += 1
            wrong.append(disagreement(platform, client, row.remote_id, planned))
            sandbox.edit(row.remote_id, _seeded(sandbox, row.remote_id))

    assert tried > 200
    assert list(filter(None, wrong)) == []


def _seeded(sandbox, remote_id):
    return sandbox._host.stand_in.seed()[remote_id]
