"""An object is sent whole: no part of it is sent back to what it was before ours."""

import pytest

from campaigns import documents
from campaigns.lifecycle import State
from campaigns.models import Connection
from tests.delivery.conftest import fields
from tests.delivery.doubt.steps import (
    FORBIDDEN,
    LIMIT,
    LIMIT_ON,
    TTR,
    look_at,
    send_again,
)


@pytest.fixture
def thrifty(desk):
    Connection.objects.update(read_policy="thrifty", sync_due_at=None)
    desk.connection.refresh_from_db()
    return desk


def refuse(road, method):
    road.sandbox.script({"match": {"method": method}, "do": {"refuse": FORBIDDEN}})


def held(road):
    """A change of the limit that the platform refuses to this account."""
    refuse(road, "PATCH")
    change = road.ask(TTR, LIMIT, {LIMIT: "55", LIMIT_ON: "on"})
    road.deliver()
    assert set(fields(change).values()) == {State.HELD}
    return change


def switched_off(road):
    change = road.ask(TTR, LIMIT_ON, {LIMIT: "200", LIMIT_ON: "off"})
    road.deliver()
    return change


def last_sent(road):
    return documents.loads(road.patches()[-1]["body"])["maximumJobLimit"]


def test_what_is_sent_again_waits_while_a_younger_part_is_not_seen(desk, time):
    older = held(desk)
    desk.sandbox.script({"match": {"method": "PATCH"}, "do": {"stale": 10**6}})
    younger = switched_off(desk)

    send_again(desk, older)
    desk.let_pass(time, 25)
    assert fields(younger) == {LIMIT_ON: State.ACCEPTED}
    assert len(desk.patches()) == 2

    desk.let_pass(time, 60)
    assert fields(younger) == {LIMIT_ON: State.DIFFERENT}
    assert len(desk.patches()) == 3


def test_nor_is_it_sent_from_a_snapshot_that_lacks_the_younger_part(thrifty, time):
    older = held(thrifty)
    time.advance(60)
    look_at(thrifty, time)
    assert fields(switched_off(thrifty)) == {LIMIT_ON: State.ACCEPTED}

    send_again(thrifty, older)
    thrifty.let_pass(time, 200)

    assert last_sent(thrifty)["enabled"] is False


def test_a_snapshot_from_before_an_accepted_part_stands_in_for_no_read(thrifty, time):
    """The read back was refused, so a person is asked; the snapshot stays older."""
    look_at(thrifty, time)
    ours = switched_off(thrifty)
    refuse(thrifty, "GET")
    thrifty.let_pass(time, 40)
    assert fields(ours) == {LIMIT_ON: State.ACCEPTED} and ours.waits_for_person

    thrifty.ask(TTR, LIMIT, {LIMIT: "55", LIMIT_ON: "off"})
    thrifty.let_pass(time, 100)

    assert last_sent(thrifty)["enabled"] is False


def test_nor_one_from_before_a_part_that_is_in_doubt(thrifty, time):
    look_at(thrifty, time)
    thrifty.sandbox.script({"match": {"method": "PATCH"}, "do": {"lost": "after"}})
    ours = switched_off(thrifty)
    refuse(thrifty, "GET")
    thrifty.let_pass(time, 90)
    assert fields(ours) == {LIMIT_ON: State.UNKNOWN} and ours.waits_for_person

    thrifty.ask(TTR, LIMIT, {LIMIT: "55"})
    thrifty.let_pass(time, 100)

    assert last_sent(thrifty)["enabled"] is False


def test_a_read_that_lags_behind_what_was_seen_before_is_not_sent_back(desk, time):
    """Two reads may come from two replicas; after the time to settle both tell."""
    assert fields(switched_off(desk)) == {LIMIT_ON: State.CONFIRMED}
    limit = desk.sandbox.document(TTR)["maximumJobLimit"]
    lags = {"rival": {"maximumJobLimit": limit | {"enabled": True}}}
    desk.sandbox.script({"match": {"method": "GET"}, "do": lags})

    change = desk.ask(TTR, LIMIT, {LIMIT: "55", LIMIT_ON: "off"})
    desk.deliver()
    assert fields(change) == {LIMIT: State.WAITING}

    desk.sandbox.edit(TTR, {"maximumJobLimit": limit})
    desk.let_pass(time, 60)
    assert fields(change) == {LIMIT: State.CONFIRMED}
    assert last_sent(desk)["enabled"] is False


def test_a_part_that_a_late_request_sent_back_is_different(desk, time):
    """What was lost from sight carried the whole object, and comes long after."""
    desk.sandbox.script({"match": {"method": "PATCH"}, "do": {"lost": "after"}})
    lost = desk.ask(TTR, LIMIT, {LIMIT: "55", LIMIT_ON: "on"})
    desk.let_pass(time, 55)
    assert fields(lost) == {LIMIT: State.CONFIRMED}
    late = desk.sandbox.document(TTR)["maximumJobLimit"]
    newer = desk.ask(TTR, LIMIT_ON, {LIMIT: "55", LIMIT_ON: "off"})
    desk.let_pass(time, 3)
    assert fields(newer) == {LIMIT_ON: State.CONFIRMED}

    time.advance(40)
    desk.sandbox.edit(TTR, {"maximumJobLimit": late})
    desk.let_pass(time, 700)

    assert fields(newer) == {LIMIT_ON: State.DIFFERENT}
    assert newer.waits_for_person and f"Change {lost.pk}" in newer.says


def test_nor_is_a_plain_field_that_a_younger_change_of_ours_has_set(desk, time):
    """What is sent again had seen the value from before both."""
    desk.sandbox.script(
        {"match": {"method": "PATCH"}, "do": {"lost": "before"}},
        {"match": {"method": "GET", "nth": 2}, "do": {"refuse": FORBIDDEN}},
    )
    older = desk.ask(TTR, "ttr", "9")
    desk.let_pass(time, 90)
    assert fields(older) == {"ttr": State.UNKNOWN} and older.waits_for_person
    before = desk.sandbox.document(TTR)["ttr"]
    younger = desk.ask(TTR, "ttr", "11")
    desk.deliver()
    assert fields(younger) == {"ttr": State.CONFIRMED}
    lags = {"match": {"method": "GET"}, "do": {"rival": {"ttr": before}}}
    desk.sandbox.script(lags)

    send_again(desk, older)
    desk.deliver()
    assert fields(older) == {"ttr": State.WAITING}

    desk.sandbox.edit(TTR, {"ttr": 11})
    desk.let_pass(time, 60)
    assert fields(older) == {"ttr": State.CLASH}
