"""Paging through the audit log: no gap, no double, nothing counted."""

from datetime import UTC, datetime

import pytest

from campaigns.lifecycle import State
from campaigns.models import Channel
from tests.asked import ask
from tests.views.audit.log import append, listed, outside, see

pytestmark = pytest.mark.django_db


def test_older_and_newer_meet_without_gap_or_double(client, me):
    made = [append().pk for _ in range(120)][::-1]

    first = listed(client)
    second = listed(client, before=first[-1])
    third = listed(client, before=second[-1])

    assert first + second + third == made
    assert listed(client, after=third[0]) == second


def test_new_entries_do_not_shift_the_pages(client, me):
    [append() for _ in range(60)]
    first = listed(client)
    append()

    assert first[-1] - 1 == listed(client, before=first[-1])[0]


def test_the_ends_offer_no_way_on(client, me):
    [append() for _ in range(60)]
    first = see(client)
    last = see(client, before=first.context["lines"][-1].entry.pk)

    assert (first.context["newer"], bool(first.context["older"])) == ("", True)
    assert (bool(last.context["newer"]), last.context["older"]) == (True, "")


def test_ways_on_keep_the_filters(client, me):
    made = [append(channel=Channel.SYSTEM) for _ in range(51)]

    older = see(client, channel="system").context["older"]

    assert older == f"?channel=system&before={made[1].pk}"


def test_a_jump_begins_with_the_last_entry_of_that_day(client, me):
    days = [append(at=datetime(2026, 3, day, 12, tzinfo=UTC)).pk for day in (1, 2, 3)]

    page = see(client, jump="2026-03-02")

    assert [line.entry.pk for line in page.context["lines"]] == [days[1], days[0]]
    assert f"after={days[1]}" in page.context["newer"]


@pytest.mark.parametrize("key", ["x", "-1", "9" * 40])
def test_a_place_that_is_no_place_is_the_newest(client, me, key):
    entry = append()

    assert listed(client, before=key) == [entry.pk]


def test_nothing_is_counted(client, me, django_assert_max_num_queries):
    append()

    with django_assert_max_num_queries(30) as made:
        see(client)

    history = [q["sql"] for q in made.captured_queries if "auditentry" in q["sql"]]
    assert history
    assert not [sql for sql in history if "COUNT(" in sql]


def test_a_hundred_entries_cost_as_many_queries_as_ten(
    client, me, django_assert_max_num_queries
):
    for _ in range(10):
        ask(State.CONFIRMED)
    with django_assert_max_num_queries(100) as few:
        see(client)
    for _ in range(20):
        ask(State.CONFIRMED)

    with django_assert_max_num_queries(len(few)):
        see(client)


def test_a_jump_before_the_first_entry_leads_to_newer_ones(client, me):
    entry = outside(at=datetime(2026, 11, 20, 9, tzinfo=UTC))

    page = see(client, jump="2026-11-10")

    assert "Nothing that old matches" in page.content.decode()
    newer = client.get(f"/audit/{page.context['newer']}")
    assert "1 entry shown" in newer.content.decode()
    assert [line.entry.pk for line in newer.context["lines"]] == [entry.pk]
