"""The first page: where everything stands, for whoever looks."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from campaigns import holds
from campaigns.lifecycle import State
from tests.asked import ask
from tests.factories import CampaignFactory, ConnectionFactory, PersonFactory

pytestmark = pytest.mark.django_db


def see(client, person, path="/"):
    client.force_login(person)
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_without_a_connection_an_admin_is_told_to_connect_one(client):
    page = see(client, PersonFactory(admin=True))

    assert "No platform is connected yet" in page
    assert 'href="/connections' in page


def test_without_a_connection_a_marketer_is_told_whom_to_ask(client):
    assert "Ask an admin" in see(client, PersonFactory())


def test_a_quiet_day_says_what_to_do_next(client):
    ConnectionFactory()

    page = see(client, PersonFactory())

    assert "Nothing waits for you" in page
    assert "No changes yet today" in page
    assert "No change in the last 14 days" in page


def test_while_everything_is_on_hold_nothing_is_said_to_move(client):
    ConnectionFactory()
    me = PersonFactory()
    holds.hold("everything", me, "Wrong bulk")

    page = see(client, me)

    assert "Everything is moving" not in page
    assert "Nothing leaves while it is on hold" in page


def test_what_waits_for_me_is_counted_and_listed(client):
    me = PersonFactory()
    change = ask(State.REJECTED, person=me)

    page = see(client, me)

    assert "1 change waits for you" in page
    assert f"/changes/{change.pk}/" in page


def test_the_sum_of_today_adds_up(client):
    me = PersonFactory()
    for state in (State.CONFIRMED, State.WAITING, State.CLASH):
        ask(state, person=me)

    assert "1 + 1 + 1 = 3 changes" in see(client, me)


def test_what_failed_is_shown_to_everyone_who_may_see_it(client):
    change = ask(State.FAILED)

    page = see(client, PersonFactory())

    assert f'id="failed-{change.pk}"' in page


def test_yesterday_counts_in_the_chart_and_not_today(client):
    me = PersonFactory(timezone="Europe/Vienna")
    with time_machine.travel(datetime(2026, 11, 20, 22, 30, tzinfo=UTC), tick=False):
        ask(State.CONFIRMED, person=me)
    with time_machine.travel(datetime(2026, 11, 20, 23, 30, tzinfo=UTC), tick=False):
        ask(State.WAITING, person=me)
        page = see(client, me)

    assert "0 + 1 + 0 = 1 change." in page
    assert "Fri 20 Nov: 1 changes, 1 Confirmed" in page
    assert "Sat 21 Nov: 1 changes, 0 Confirmed" in page


def test_each_connection_shows_when_it_was_read_last(client):
    ConnectionFactory(
        name="Harborline", synced_at=datetime.now(UTC) - timedelta(minutes=12)
    )

    page = see(client, PersonFactory())

    assert "Harborline" in page
    assert "12 min" in page


def test_a_connection_of_others_and_its_changes_stay_unseen(client):
    hidden = ConnectionFactory(name="Secret panel", open_to_all=False)
    insider = PersonFactory()
    hidden.people.add(insider)
    campaign = CampaignFactory(connection=hidden, name="Hidden one")
    ask(State.FAILED, campaign=campaign, person=insider)

    page = see(client, PersonFactory())

    assert "Secret panel" not in page
    assert "Hidden one" not in page


def test_more_changes_cost_no_more_queries(client, django_assert_max_num_queries):
    me = PersonFactory()
    client.force_login(me)
    for state in (State.REJECTED, State.FAILED, State.CONFIRMED):
        ask(state, person=me)
    with django_assert_max_num_queries(100) as few:
        client.get("/")
    for _ in range(10):
        ask(State.REJECTED, person=me)
        ask(State.CONFIRMED, person=me)

    with django_assert_max_num_queries(len(few)):
        client.get("/")
