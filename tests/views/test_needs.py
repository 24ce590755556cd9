"""What waits for a person: one's own, then everyone's; with the next step."""

from datetime import timedelta

import pytest

from campaigns import clock, queries
from campaigns.lifecycle import State
from tests.asked import ask
from tests.factories import CampaignFactory, ConnectionFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client):
    person = PersonFactory()
    client.force_login(person)
    return person


def see(client):
    response = client.get("/needs-you/")
    assert response.status_code == 200
    return response.content.decode()


def waits_for(person):
    return [change.pk for change in queries.find_needs(person)]


def later(**span):
    then = clock.now() + timedelta(**span)
    return clock.replaced(lambda: then)


@pytest.mark.parametrize(
    "state",
    [State.CLASH, State.DIFFERENT, State.REJECTED, State.FAILED, State.UNKNOWN],
)
def test_my_own_waits_for_me_at_once(me, state):
    change = ask(state, person=me)

    assert waits_for(me) == [change.pk]


def test_what_moves_by_itself_waits_for_nobody(me):
    ask(State.WAITING, person=me)
    ask(State.CONFIRMED, person=me)

    assert waits_for(me) == []


def test_after_four_hours_it_shows_to_everyone_who_may_act(me):
    change = ask(State.REJECTED)

    with later(hours=3, minutes=59):
        assert waits_for(me) == []
    with later(hours=4, minutes=1):
        assert waits_for(me) == [change.pk]


def test_what_a_person_left_behind_shows_to_everyone_at_once(me):
    change = ask(State.REJECTED)
    owner = change.change_set.person
    owner.is_active = False
    owner.save(update_fields=["is_active"])

    assert waits_for(me) == [change.pk]


def test_what_is_held_shows_to_everyone_at_once(me):
    change = ask(State.HELD)

    assert waits_for(me) == [change.pk]


def test_who_may_not_act_is_not_asked(me):
    ask(State.HELD)

    with later(hours=5):
        assert waits_for(PersonFactory(admin=True)) == []


def test_a_connection_one_may_not_see_asks_nothing_of_one(me):
    owner = PersonFactory()
    campaign = CampaignFactory(
        connection__open_to_all=False, connection__people=[owner]
    )
    ask(State.HELD, campaign=campaign, person=owner)

    assert waits_for(me) == []


def test_nothing_to_do_is_said_and_explained(client, me):
    page = see(client)

    assert "Nothing waits for you" in page
    assert "A change comes here when" in page


def test_each_kind_stands_under_what_to_do(client, me):
    for state in (State.CLASH, State.REJECTED, State.UNKNOWN, State.HELD):
        ask(state, person=me)

    page = see(client)

    titles = ("Choose a value", "Fix and send again", "Send again, or leave")
    assert [title for title in titles if title in page] == list(titles)
    assert "Wait for a release, or cancel" in page
    assert "4 changes go no further" in page


def test_a_clash_is_decided_where_it_is_listed(client, me):
    change = ask(State.CLASH, person=me)

    page = see(client)

    assert f'action="/changes/{change.pk}/decide"' in page
    assert "Keep theirs: 9 days" in page
    assert "Send mine: 5 days" in page
    assert f"/campaigns/{change.campaign_id}/#field-ttr" in page


def test_the_count_in_the_rail_is_that_of_the_page(client, me):
    ask(State.CLASH, person=me)
    ask(State.HELD)

    assert queries.count_needs(me) == 2
    assert "2 changes go no further" in see(client)


def test_what_waits_for_others_is_named_apart(client, me):
    change = ask(State.REJECTED)

    page = see(client)

    assert "Waits for others" in page
    assert f'id="change-line-{change.pk}"' in page
    assert f'id="needs-{change.pk}"' not in page


def test_managers_see_connections_on_hold_and_not_read(client):
    client.force_login(PersonFactory(manager=True))
    ConnectionFactory(held_at=clock.now(), held_reason="Wrong bulk")
    ConnectionFactory(sync_error="The key was refused.")

    page = see(client)

    assert "Wrong bulk" in page
    assert "The key was refused." in page


def test_marketers_are_not_asked_about_connections(me):
    ConnectionFactory(sync_error="The key was refused.")

    assert list(queries.find_troubled(me)) == []


def test_what_platforms_said_is_text(client, me):
    campaign = CampaignFactory(name="<img src=x onerror=alert(1)>\u202e")
    ask(State.REJECTED, person=me, campaign=campaign)

    page = see(client)

    assert "<bdi>&lt;img src=x onerror=alert(1)&gt;\u202e</bdi>" in page


def test_more_that_waits_costs_no_more_queries(
    client, me, django_assert_max_num_queries
):
    kinds = (State.CLASH, State.REJECTED, State.UNKNOWN, State.HELD)
    for state in kinds:
        ask(state, person=me)
        ask(state)
    with django_assert_max_num_queries(100) as few:
        see(client)
    for state in kinds * 4:
        ask(state, person=me)
        ask(state)

    with django_assert_max_num_queries(len(few)):
        see(client)
