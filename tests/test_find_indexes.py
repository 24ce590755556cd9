"""Each filter of the history, and the named pairs, walk along an index, unsorted."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection

from campaigns import queries
from campaigns.queries import EntryFilter
from campaigns.queries.asked import index_for, matching
from tests.asked import ask
from tests.factories import IndeedFactory, PersonFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "sqlite",
        reason="PostgreSQL reads small tables whole; tests.bench.audit measures it",
    ),
]

DAY = datetime(2026, 3, 1, tzinfo=UTC)
ASKED = {
    "person": {"person": 1},
    "campaign": {"campaign": 1},
    "connection": {"connection": 1},
    "platform": {"platform": "indeed"},
    "field": {"field": "ttr"},
    "value": {"value": "5 days"},
    "state": {"state": "waiting"},
    "event": {"event": "sending"},
    "channel": {"channel": "screen"},
    "everything": {},
    "person + date": {"person": 1, "since": DAY},
    "event + date": {"event": "sending", "until": DAY},
    "connection + date": {"connection": 1, "since": DAY},
    "campaign + field": {"campaign": 1, "field": "ttr"},
    "person + campaign": {"person": 1, "campaign": 1},
    "connection + state": {"connection": 1, "state": "waiting"},
}


def plans(asked):
    index = index_for(PersonFactory(admin=True), EntryFilter(**asked))
    key = index.key
    for rows in index.branches:
        span = {f"{key}__gte": 1, f"{key}__lte": 10**6}
        keys = rows.filter(**span).order_by(f"-{key}").values_list(key, flat=True)
        yield keys[:128].explain()


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_keys_come_from_an_index_in_their_order(asked):
    IndeedFactory(), IndeedFactory()

    for plan in plans(asked):
        assert "SEARCH" in plan
        assert "SCAN" not in plan
        assert "TEMP B-TREE" not in plan


PAIRS = [name for name in ASKED if "+" in name and "date" not in name]


@pytest.mark.parametrize("name", PAIRS)
def test_a_named_pair_is_answered_by_its_index_alone(name):
    me = PersonFactory(manager=True)
    change = ask(person=me)
    own = {
        "person": me.pk,
        "campaign": change.campaign_id,
        "connection": change.campaign.connection_id,
    }
    asked = {key: own.get(key, value) for key, value in ASKED[name].items()}
    wanted = replace(EntryFilter(), **asked)
    index = index_for(me, wanted)

    keys = {key for rows in index.branches for key in rows.values_list(index.key)}

    found = set(matching(me, wanted).values_list("pk"))
    assert keys == found == {(change.entry_id,)}


def test_what_no_index_answers_is_still_found(django_assert_max_num_queries):
    me = PersonFactory(manager=True)
    entry = ask(person=me).entry_id
    wanted = EntryFilter(channel="screen", state="waiting", text="days")

    with django_assert_max_num_queries(6):
        page = queries.find_entries(me, wanted)

    assert [each.pk for each in page.entries] == [entry]
