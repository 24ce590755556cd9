"""Whatever holds and releases at once, or dies over it: nothing stays Held for ever."""

import pytest
from django.core.exceptions import ValidationError

from campaigns import changes, connections, holds
from campaigns.changes import holding
from campaigns.delivery.poll import _delivering
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Lane
from tests.delivery.conftest import die_after_intent, fields, tokens

WAREHOUSE = "ee4d641cab17b22c"
FORBIDDEN = {"status": 403, "body": {"title": "AccessDenied", "status": 403}}


class Killed(BaseException):
    """This process is gone."""


@pytest.fixture
def indeed(here):
    return here("indeed")


def ask_of_many(road, count=6):
    """One set with a change of each of so many campaigns."""
    return changes.request(road.person, tokens(road)[:count], key="many")


def states(sent):
    return set(sent.changes.values_list("state", flat=True))


def before_move(monkeypatch, number, act):
    """Let `act` happen right before the n-th move of a hold or a release."""
    real, seen = holding._move, []

    def move(*args):
        seen.append(args)
        if len(seen) == number:
            act()
        return real(*args)

    monkeypatch.setattr(holding, "_move", move)


def die():
    raise Killed


def test_a_release_that_died_half_way_is_finished_by_the_workers(
    indeed, time, monkeypatch
):
    sent = ask_of_many(indeed)
    connections.hold(indeed.connection, indeed.person, "Oops")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        before_move(patch, 3, die)
        connections.release(indeed.connection, indeed.person)
    assert states(sent) == {State.WAITING, State.HELD}

    indeed.let_pass(time, 120)

    assert states(sent) == {State.CONFIRMED}


def test_a_release_that_died_half_way_can_be_made_again(indeed, monkeypatch):
    sent = ask_of_many(indeed)
    connections.hold(indeed.connection, indeed.person, "Oops")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        before_move(patch, 3, die)
        connections.release(indeed.connection, indeed.person)

    assert connections.release(indeed.connection, indeed.person) == 4

    assert states(sent) == {State.WAITING}


def test_a_release_of_everything_that_died_is_finished_by_the_workers(
    indeed, time, monkeypatch
):
    sent = ask_of_many(indeed)
    holds.hold("everything", indeed.person, "Oops")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        before_move(patch, 1, die)
        holds.release("everything", indeed.person)

    indeed.let_pass(time, 120)

    assert states(sent) == {State.CONFIRMED}


def test_a_hold_that_was_released_meanwhile_holds_nothing_more(
    indeed, time, monkeypatch
):
    sent = ask_of_many(indeed)
    again = lambda: connections.release(indeed.connection, indeed.person)  # noqa: E731
    with monkeypatch.context() as patch:
        before_move(patch, 3, again)
        connections.hold(indeed.connection, indeed.person, "Oops")
    assert states(sent) == {State.WAITING}

    indeed.let_pass(time, 120)

    assert states(sent) == {State.CONFIRMED}


def test_a_worker_holds_nothing_back_for_a_hold_that_was_released_meanwhile(
    indeed, time, monkeypatch
):
    holds.hold("everything", indeed.person, "Stop")
    sent = ask_of_many(indeed)
    with monkeypatch.context() as patch:
        before_move(patch, 3, lambda: holds.release("everything", indeed.person))
        indeed.deliver()

    indeed.let_pass(time, 120)

    assert states(sent) == {State.CONFIRMED}


def test_a_release_that_is_held_again_meanwhile_releases_nothing_more(
    indeed, monkeypatch
):
    sent = ask_of_many(indeed)
    connections.hold(indeed.connection, indeed.person, "Oops")
    stop = lambda: holds.hold("indeed", indeed.person, "All")  # noqa: E731
    with monkeypatch.context() as patch:
        before_move(patch, 3, stop)
        connections.release(indeed.connection, indeed.person)

    assert states(sent) == {State.HELD}


def test_one_hold_less_releases_nothing_while_another_goes_on(indeed, time):
    sent = ask_of_many(indeed)
    connections.hold(indeed.connection, indeed.person, "Mine")
    holds.hold("indeed", indeed.person, "All")

    assert connections.release(indeed.connection, indeed.person) == 0
    with pytest.raises(ValidationError, match="not on hold"):
        connections.release(indeed.connection, indeed.person)
    indeed.let_pass(time, 120)
    assert states(sent) == {State.HELD}

    holds.release("indeed", indeed.person)
    indeed.let_pass(time, 120)
    assert states(sent) == {State.CONFIRMED}


def test_a_poll_finds_what_nothing_holds_though_no_lane_is_due(indeed, monkeypatch):
    ask_of_many(indeed)
    connections.hold(indeed.connection, indeed.person, "Oops")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        before_move(patch, 1, die)
        connections.release(indeed.connection, indeed.person)
    Lane.objects.update(due_at=None)

    assert _delivering() == [indeed.connection.pk]


def test_a_poll_finds_nothing_in_what_is_on_hold(indeed):
    ask_of_many(indeed)
    connections.hold(indeed.connection, indeed.person, "Oops")
    Lane.objects.update(due_at=None)

    assert _delivering() == []


def test_what_the_workers_let_go_on_is_history(indeed, monkeypatch):
    sent = ask_of_many(indeed, 1)
    connections.hold(indeed.connection, indeed.person, "Oops")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        before_move(patch, 1, die)
        connections.release(indeed.connection, indeed.person)

    indeed.deliver()

    told = AuditEntry.objects.filter(change_id=sent.changes.get().pk).order_by("pk")
    assert [entry.event for entry in told][:3] == [
        "change requested",
        "held",
        "released",
    ]


def test_what_is_held_for_itself_no_worker_lets_go_on(here, time):
    microworkers = here("microworkers")
    microworkers.sandbox.script(
        {"match": {"method": "PATCH"}, "do": {"refuse": FORBIDDEN}}
    )
    change = microworkers.ask("a4c0b1d2e3f5", "ttr", "9")

    microworkers.let_pass(time, 300)

    assert fields(change) == {"ttr": State.HELD}
    assert change.waits_for_person
    assert change.held_with is None


def test_a_change_asked_for_while_on_hold_waits_as_those_before_it(indeed):
    connections.hold(indeed.connection, indeed.person, "Oops")
    change = indeed.ask(WAREHOUSE, "name", "Later")

    assert fields(change) == {"name": State.HELD}
    assert (change.waits_for_person, change.says) == (True, "Oops")

    connections.release(indeed.connection, indeed.person)
    change.refresh_from_db()
    assert (change.state, change.held_with) == (State.WAITING, None)


def test_what_a_dead_worker_was_sending_is_told_as_unknown_also_on_hold(indeed, time):
    change = indeed.ask(WAREHOUSE, "name", "In doubt")
    die_after_intent(indeed)
    connections.hold(indeed.connection, indeed.person, "Looking into it")
    asked = len(indeed.requests())

    indeed.deliver()
    assert fields(change) == {"name": State.SENDING}, "its worker may still be at it"

    indeed.let_pass(time, 300)
    assert fields(change) == {"name": State.UNKNOWN}
    assert len(indeed.requests()) == asked

    connections.release(indeed.connection, indeed.person)
    indeed.let_pass(time, 120)
    assert fields(change) == {"name": State.CONFIRMED}
