"""The list of changes, and how it keeps up to date."""

import pytest
from django.contrib.sessions.models import Session

from campaigns import changes
from campaigns.lifecycle import State
from tests.asked import ask, move
from tests.factories import CampaignFactory, PersonFactory
from tests.views.tab import HTMX

pytestmark = pytest.mark.django_db


def listed(client, **asked):
    response = client.get("/changes/", asked)
    assert response.status_code == 200
    return [change.pk for change in response.context["page"]]


def closed_to(person):
    return CampaignFactory(connection__open_to_all=False, connection__people=[person])


def test_the_newest_change_comes_first(client, mara):
    older, newer = ask(), ask()

    assert listed(client) == [newer.pk, older.pk]


def test_a_teammate_sees_a_change_and_a_stranger_does_not(client, mara):
    owner = PersonFactory()
    shared = ask(campaign=CampaignFactory(), person=owner)
    ask(campaign=closed_to(owner), person=owner)

    assert listed(client) == [shared.pk]


def test_the_list_narrows_to_what_is_asked_for(client, mara):
    mine = ask(State.REJECTED, person=mara)
    ask(State.CONFIRMED)

    assert listed(client, state="rejected") == [mine.pk]
    assert listed(client, state="needs") == [mine.pk]
    assert listed(client, by="mine") == [mine.pk]
    assert listed(client, campaign=mine.campaign_id) == [mine.pk]
    assert listed(client, connection=mine.campaign.connection_id) == [mine.pk]
    assert listed(client, set=mine.change_set_id) == [mine.pk]


def test_open_changes_are_those_that_still_move(client, mara):
    going = ask(State.WAITING)
    ask(State.CONFIRMED)

    assert listed(client, state="open") == [going.pk]


def test_a_day_begins_at_midnight_of_the_person(client, time_machine):
    client.force_login(PersonFactory(timezone="Europe/Vienna"))
    time_machine.move_to("2026-11-20T22:59:59Z", tick=False)
    before = ask()
    time_machine.move_to("2026-11-20T23:00:00Z", tick=False)
    after = ask()

    assert listed(client, since="2026-11-21") == [after.pk]
    assert listed(client, until="2026-11-20") == [before.pk]


@pytest.mark.parametrize(
    "asked",
    [
        {"set": "0"},
        {"campaign": "9" * 25},
        {"since": "2026-13-01"},
        {"until": "9999-12-31"},
        {"state": "draft"},
    ],
)
def test_a_filter_nobody_can_mean_is_named(client, mara, asked):
    response = client.get("/changes/", asked)

    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


def test_filters_bring_the_rows_alone(client, mara):
    response = client.get("/changes/", {"state": "open", "by": ""}, headers=HTMX)

    assert response.headers["HX-Push-Url"] == "/changes/?state=open"
    assert b"<html" not in response.content


def test_a_hundred_changes_cost_as_many_queries_as_ten(
    client, mara, django_assert_max_num_queries
):
    for _ in range(10):
        ask()
    with django_assert_max_num_queries(100) as few:
        client.get("/changes/")
    for _ in range(40):
        ask()

    with django_assert_max_num_queries(len(few)):
        client.get("/changes/")


# --- live -----------------------------------------------------------------------


def test_a_page_with_an_open_change_asks_for_news(client, mara):
    change = ask()

    content = client.get("/changes/").content.decode()

    assert f"/changes/live?seen={change.pk}.{change.entry_id}" in content


def test_a_page_where_all_has_ended_asks_for_nothing(client, mara):
    ask(State.CONFIRMED)

    assert 'hx-trigger="every' not in client.get("/changes/").content.decode()


def test_a_page_asks_for_no_news_of_what_was_left(client, mara):
    changes.put_aside(ask(State.UNKNOWN), mara)

    assert 'hx-trigger="every' not in client.get("/changes/").content.decode()


def test_no_news_is_an_empty_answer(client, mara):
    change = ask()

    response = client.get("/changes/live", {"seen": f"{change.pk}.{change.entry_id}"})

    assert response.status_code == 204
    assert response.content == b""


def test_news_bring_the_row_that_moved_and_the_next_question(client, mara):
    still, moved = ask(), ask()
    seen = f"{still.pk}.{still.entry_id},{moved.pk}.{moved.entry_id}"
    move(moved, State.SENDING)

    content = client.get("/changes/live", {"seen": seen}).content.decode()

    assert f'id="change-row-{moved.pk}"' in content
    assert f'id="change-row-{still.pk}"' not in content
    assert f"{moved.pk}.{moved.entry_id},{still.pk}.{still.entry_id}" in content


def test_the_last_news_end_the_questions(client, mara):
    change = ask(State.ACCEPTED)
    seen = f"{change.pk}.{change.entry_id}"
    move(change, State.CONFIRMED)

    content = client.get("/changes/live", {"seen": seen}).content.decode()

    assert 'data-state="confirmed"' in content
    assert "hx-get" not in content


def test_live_shows_nothing_of_changes_one_may_not_see(client, mara):
    owner = PersonFactory()
    hidden = ask(campaign=closed_to(owner), person=owner)

    content = client.get("/changes/live", {"seen": f"{hidden.pk}.1"}).content.decode()

    assert "change-row" not in content


@pytest.mark.parametrize("seen", ["", "x", "1", "1.2.3", "1.-2", "9" * 30 + ".1"])
def test_what_no_page_asks_is_refused(client, mara, seen):
    assert client.get("/changes/live", {"seen": seen}).status_code == 404


def test_a_poll_does_not_lengthen_the_session(client, mara):
    change = ask()
    before = Session.objects.get().expire_date

    response = client.get("/changes/live", {"seen": f"{change.pk}.0"})

    assert "sessionid" not in response.cookies
    assert Session.objects.get().expire_date == before
