"""A large set whose worker is killed in the midst: the rest goes out, nothing twice."""

import json
from collections import defaultdict

import pytest

from campaigns import changes
from campaigns.lifecycle import State
from campaigns.models import Change, Connection, Lane
from tests.delivery.conftest import copies, tokens
from tests.delivery.test_kills import work_and_die

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]
MANY = 200
KILLED_AFTER = 74
"""37 % of them."""


@pytest.fixture
def large(road):
    made = road("indeed", seed=copies(MANY))
    made.sync()
    Connection.objects.update(calls_per_minute=60_000)
    return made


def test_each_of_a_large_set_is_sent_once_and_in_order(large):
    first = changes.request(large.person, tokens(large, "first"), key="first")
    second = changes.request(large.person, tokens(large, "second")[:20], key="second")

    work_and_die(large.connection.pk, "after-answer", KILLED_AFTER)
    assert 0.3 * MANY < len(large.patches()) < 0.45 * MANY
    while Change.objects.exclude(state=State.CONFIRMED).exists():
        Lane.objects.update(lease_until=None)
        large.wake()
        assert large.deliver()

    assert first.changes.count() == MANY and second.changes.count() == 20
    sent = defaultdict(list)
    for patch in large.patches():
        sent[patch["campaign"]].append(json.loads(patch["body"])["trackingToken"])
    words = sorted([token.partition("-")[0] for token in one] for one in sent.values())
    assert words == [["first"]] * (MANY - 20) + [["first", "second"]] * 20
