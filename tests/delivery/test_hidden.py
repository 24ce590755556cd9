"""What no read can show has its time to settle before anything is sent over it."""

from datetime import timedelta

import pytest

from campaigns import changes, clock, documents
from campaigns.lifecycle import State
from campaigns.models import Attempt, AttemptKind, Change, Connection, Lane
from tests.delivery.conftest import fields

TTR = "a4c0b1d2e3f5"
REFILL = "autoRefillPositions"
LIMIT = "maximumJobLimit.limitPerDay"
LIMIT_ON = "maximumJobLimit.enabled"
SETTLE = timedelta(seconds=30)


@pytest.fixture
def desk(here):
    made = here("microworkers")
    made.connection.campaigns.update(read_due_at=made.connection.created_at)
    made.sync()
    Connection.objects.update(settle_seconds=SETTLE.seconds)
    return made


@pytest.fixture
def blind(desk):
    Connection.objects.update(read_policy="blind", sync_due_at=None)
    desk.connection.refresh_from_db()
    return desk


def sends(change):
    return Attempt.objects.filter(change=change, kind=AttemptKind.PATCH)


def gap(first, second):
    """From the answer to one until the intent of the other."""
    accepted = Change.objects.get(pk=first.pk).accepted_at
    return sends(second).get().started_at - accepted


def test_where_nothing_is_read_a_field_is_set_again_once_it_has_settled(blind, time):
    first = blind.ask(TTR, "ttr", "9")
    second = blind.ask(TTR, "ttr", "12")

    blind.let_pass(time, 25)
    assert fields(second) == {"ttr": State.WAITING}
    assert not sends(second).exists()

    blind.let_pass(time, 10)
    assert fields(second) == {"ttr": State.UNCONFIRMABLE}
    assert SETTLE <= gap(first, second) < SETTLE + timedelta(seconds=3)


def test_it_is_looked_at_again_when_that_is_over_and_not_before(blind, time):
    first = blind.ask(TTR, "ttr", "9")
    blind.ask(TTR, "ttr", "12")

    served = blind.deliver()

    first.refresh_from_db()
    assert served == 1
    assert Lane.objects.get(campaign=first.campaign).due_at == (
        first.accepted_at + SETTLE
    )


def test_who_waits_says_for_what(blind, time):
    first = blind.ask(TTR, "ttr", "9")
    second = blind.ask(TTR, "ttr", "12")
    blind.deliver()

    second.refresh_from_db()
    assert f"change {first.pk}" in second.says

    blind.let_pass(time, 60)
    second.refresh_from_db()
    assert second.says == ""


def test_another_field_does_not_wait(blind):
    blind.ask(TTR, "ttr", "9")
    other = blind.ask(TTR, "groupId", "7a8d3c2be5f6")

    blind.deliver()

    assert fields(other) == {"groupId": State.UNCONFIRMABLE}


def test_an_object_that_is_sent_whole_waits_for_each_of_its_parts(blind, time):
    first = blind.ask(TTR, LIMIT, {LIMIT: "55", LIMIT_ON: "on"})
    off = blind.ask(TTR, LIMIT_ON, {LIMIT: "55", LIMIT_ON: "off"})

    blind.let_pass(time, 60)

    assert gap(first, off) >= SETTLE
    last = documents.loads(blind.patches()[-1]["body"])
    assert last["maximumJobLimit"]["limitPerDay"] == 55


def test_a_field_that_is_never_reported_waits_where_others_are_read(desk, time):
    first = desk.ask(TTR, REFILL, "on")
    second = desk.ask(TTR, REFILL, "off")

    desk.deliver()
    reads = len(desk.requests())
    desk.let_pass(time, 25)
    assert fields(second) == {REFILL: State.WAITING}
    assert len(desk.requests()) == reads

    desk.let_pass(time, 35)
    assert fields(second) == {REFILL: State.UNCONFIRMABLE}
    assert gap(first, second) >= SETTLE


def test_a_field_that_a_read_has_shown_does_not_wait(desk):
    desk.ask(TTR, "ttr", "9")
    second = desk.ask(TTR, "ttr", "12")

    desk.deliver()

    assert fields(second) == {"ttr": State.CONFIRMED}


def test_an_older_change_that_is_sent_again_waits_for_a_younger_one(blind, time):
    refuse = {"status": 403, "body": {"title": "AccessDenied", "status": 403}}
    blind.sandbox.script({"match": {"method": "PATCH"}, "do": {"refuse": refuse}})
    held = blind.ask(TTR, LIMIT, {LIMIT: "55", LIMIT_ON: "on"})
    blind.deliver()
    ours = blind.ask(TTR, LIMIT_ON, {LIMIT: "200", LIMIT_ON: "off"})
    blind.deliver()
    assert fields(ours) == {LIMIT_ON: State.UNCONFIRMABLE}

    changes.send_again(Change.objects.get(pk=held.pk), blind.person)
    blind.let_pass(time, 60)

    held_again = sends(held).latest("pk").started_at
    ours.refresh_from_db()
    assert held_again - ours.accepted_at >= SETTLE


def test_a_clock_that_was_set_back_lets_nobody_wait_for_hours(blind, time):
    blind.ask(TTR, "ttr", "9")
    blind.deliver()
    time.advance(-7200)
    second = blind.ask(TTR, "ttr", "12")

    blind.deliver()

    assert fields(second) == {"ttr": State.UNCONFIRMABLE}
    assert clock.now() < Change.objects.earliest("pk").accepted_at


def test_also_for_a_worker_whose_clock_is_five_seconds_behind(desk, time):
    desk.ask(TTR, REFILL, "on")
    desk.deliver()
    time.advance(-5)
    second = desk.ask(TTR, REFILL, "off")
    desk.deliver()
    desk.let_pass(time, 20)

    assert fields(second) == {REFILL: State.WAITING}
    assert len(desk.patches()) == 1
