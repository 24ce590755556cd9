"""Who is served first: one edit of a person before many, but never for ever."""

import pytest

from campaigns import changes
from campaigns.delivery import rates, urgency
from campaigns.delivery.rates import Busy
from campaigns.lifecycle import State
from campaigns.models import Campaign, Change, Channel, Connection, Lane
from tests.asked import move
from tests.delivery.conftest import copies, fields, tokens
from tests.factories import PersonFactory

MANY = 15


@pytest.fixture
def road(here):
    """Sixteen campaigns of a connection that may be called ten times a minute."""
    made = here("indeed", seed=copies(MANY + 1))
    Connection.objects.update(calls_per_minute=10, read_policy="careful")
    return made


def many(road, channel=Channel.UNDO):
    """A set of fifteen changes."""
    return changes.request(
        road.person, tokens(road)[:MANY], key="many", channel=channel
    )


def one(road, key="one"):
    """An edit of somebody else on the sixteenth campaign."""
    sent = changes.request(PersonFactory(), tokens(road)[MANY:], key=key)
    return sent.changes.get()


def lane(change):
    return Lane.objects.get(campaign=change.campaign_id).pk


@pytest.mark.parametrize("channel", [Channel.UNDO, Channel.SCREEN])
def test_one_edit_does_not_wait_for_a_set_of_many(road, time, channel):
    sent = many(road, channel)
    road.let_pass(time, 5)
    change = one(road)

    road.let_pass(time, 25)

    assert fields(change) == {"trackingToken": State.CONFIRMED}
    assert sent.changes.filter(state=State.WAITING).count() > MANY / 2


def test_a_set_of_many_goes_out_at_the_whole_pace_where_nobody_else_sends(road, time):
    sent = many(road)

    road.let_pass(time, MANY * 3 * 6)

    assert set(sent.changes.values_list("state", flat=True)) == {State.CONFIRMED}


def test_a_small_set_goes_before_a_large_one_that_is_older(road, time):
    sent = many(road)
    time.advance(10)
    change = one(road)

    order = urgency.in_order(road.connection.pk)

    assert order[0] == lane(change)
    assert len(order) == sent.changes.count() + 1


def test_what_no_person_sent_on_a_page_is_not_urgent(road, time):
    few = changes.request(
        road.person, tokens(road)[:1], key="few", channel=Channel.COMMAND
    )
    time.advance(10)
    change = one(road)

    assert not urgency.is_urgent(few.changes.get())
    assert urgency.in_order(road.connection.pk)[0] == lane(change)


@pytest.mark.parametrize(("size", "is_urgent"), [(MANY, True), (MANY - 1, False)])
def test_how_many_are_a_small_set_is_a_setting(road, settings, size, is_urgent):
    settings.DELIVERY = settings.DELIVERY | {"SMALL_SET": size}

    assert urgency.is_urgent(many(road).changes.first()) == is_urgent


def test_a_large_set_leaves_the_reserve_to_others(road, time):
    sent = many(road)
    big, small = sent.changes.first(), one(road)

    with pytest.raises(Busy):
        for _ in range(MANY):
            rates.book(big, 1)

    rates.book(small, 2)


def test_what_waited_for_long_is_served_however_many_come_before_it(road, time):
    sent = many(road)
    oldest = sent.changes.order_by("pk").first()
    Lane.objects.filter(campaign=oldest.campaign).update(due_at=oldest.created_at)
    time.advance(901)
    change = one(road)

    order = urgency.in_order(road.connection.pk)

    assert order[:2] == [lane(oldest), lane(change)]
    assert urgency.is_urgent(oldest)


def test_the_order_is_found_by_few_queries(road, time, django_assert_num_queries):
    many(road)
    one(road)

    with django_assert_num_queries(3):
        assert len(urgency.in_order(road.connection.pk)) == MANY + 1

    assert Campaign.objects.count() == Change.objects.count() == MANY + 1


def test_what_a_person_left_makes_its_lane_no_more_urgent(road, time):
    left = one(road)
    for state in (State.SENDING, State.UNKNOWN):
        move(left, state)
    changes.put_aside(left, road.person)
    time.advance(901)
    changes.request(
        road.person, tokens(road)[MANY:], key="many", channel=Channel.COMMAND
    )
    few = changes.request(road.person, tokens(road)[:1], key="few").changes.get()
    Lane.objects.filter(campaign=left.campaign).update(due_at=left.created_at)

    assert urgency.in_order(road.connection.pk) == [lane(few), lane(left)]
