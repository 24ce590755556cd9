"""What pages read, below the pages: order, bounds, and whose it is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from campaigns import audit, queries
from campaigns.audit import Event
from campaigns.lifecycle import State
from campaigns.queries import CampaignFilter, ChangeFilter, EntryFilter
from tests.asked import ask
from tests.factories import CampaignFactory, ConnectionFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed():
    """A connection shared with one teammate, and everyone who may look."""
    owner, teammate = PersonFactory(), PersonFactory()
    connection = ConnectionFactory(open_to_all=False, people=[owner, teammate])
    ask(
        State.FAILED,
        campaign=CampaignFactory(connection=connection),
        person=owner,
    )
    return {
        "owner": owner,
        "teammate": teammate,
        "stranger": PersonFactory(manager=True),
        "admin": PersonFactory(admin=True),
    }


LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
READS = {
    "campaigns": lambda person: queries.find_campaigns(person, CampaignFilter()),
    "statuses": queries.find_statuses,
    "changes": lambda person: queries.find_changes(person, ChangeFilter()),
    "change": queries.find_change,
    "entry": queries.find_entry,
    "entries": lambda person: queries.find_entries(person, EntryFilter()).entries,
    "running": queries.find_running,
    "states": lambda person: queries.count_by_state(person, LONG_AGO),
}


@pytest.mark.parametrize("who", ["owner", "teammate", "stranger", "admin"])
@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_only_who_may_see_a_connection_reads_what_is_on_it(closed, read, who):
    assert bool(read(closed[who])) == (who != "stranger")


def test_the_work_of_others_campaigns_stays_unseen(closed):
    (campaign,) = queries.find_campaigns(closed["owner"], CampaignFilter())

    assert queries.find_work(closed["owner"], [campaign.pk]) == {
        campaign.pk: State.FAILED
    }
    assert queries.find_work(closed["stranger"], [campaign.pk]) == {}


def test_what_waits_is_given_the_longest_wait_first():
    me = PersonFactory()
    first, second = ask(State.CLASH, person=me), ask(State.FAILED, person=me)

    assert list(queries.find_needs(me)) == [first, second]


def test_what_waits_for_others_is_all_the_rest():
    me = PersonFactory()
    ask(State.CLASH, person=me)
    theirs = ask(State.CLASH)

    assert list(queries.find_others(me)) == [theirs]


def test_put_aside_waits_for_nobody():
    me = PersonFactory()
    change = ask(State.REJECTED, person=me)
    type(change).objects.filter(pk=change.pk).update(waits_for_person=False)

    assert queries.count_needs(me) == 0


def test_every_day_has_its_row_also_across_a_change_of_clocks():
    midnight = datetime(2026, 10, 26, tzinfo=ZoneInfo("Europe/Vienna"))

    days = queries.count_by_day(PersonFactory(), midnight)

    assert len(days) == 14
    assert str(days[0]["day"]) == "2026-10-13"
    assert str(days[-1]["day"]) == "2026-10-26"


def test_a_day_of_25_hours_counts_all_of_them(time_machine):
    for moment in ("2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z"):
        time_machine.move_to(moment, tick=False)
        ask(State.CONFIRMED)
    midnight = datetime(2026, 10, 26, tzinfo=ZoneInfo("Europe/Vienna"))

    days = queries.count_by_day(PersonFactory(), midnight, days=2)

    assert [(day["count"], day["confirmed"]) for day in days] == [(2, 2), (0, 0)]


def test_entries_written_a_little_out_of_order_are_not_lost():
    reader = PersonFactory(admin=True)
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    offsets = (2, 1, 0, 3)
    with transaction.atomic():
        made = [
            audit.append(Event.TESTED, "system", at=noon + timedelta(seconds=offset))
            for offset in offsets
        ]

    until = EntryFilter(until=noon + timedelta(seconds=1))
    since = EntryFilter(since=noon + timedelta(seconds=2))

    assert queries.find_entries(reader, until).entries == [made[2]]
    assert queries.find_entries(reader, since).entries == [made[3], made[0]]


def test_past_the_newest_entry_the_newest_page_comes_again():
    reader = PersonFactory(admin=True)
    entry = audit.append(Event.TESTED, "system", at=datetime.now(UTC))

    page = queries.find_entries(reader, EntryFilter(), after=entry.pk)

    assert page.entries == [entry]
    assert page.newer is None


def test_a_stream_says_how_many_entries_it_has():
    for _ in range(3):
        audit.append(Event.TESTED, "connection:7", at=datetime.now(UTC))

    assert queries.newest_number("connection:7") == 3
    assert queries.newest_number("connection:8") == 0
