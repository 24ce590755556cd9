"""Somebody who may answers for each send: who decided last, else its author."""

import pytest

from campaigns import changes
from campaigns.delivery import sending
from campaigns.lifecycle import State
from campaigns.models import Change, Connection, Person
from tests.delivery.conftest import fields
from tests.factories import PersonFactory

WAREHOUSE = "ee4d641cab17b22c"
AUTHOR = "Its author may no longer"
DECIDER = "Who decided about it last may no longer"


@pytest.fixture
def indeed(here):
    return here("indeed")


@pytest.fixture
def closed(indeed):
    """A connection for its marketer and a manager alone."""
    indeed.manager = PersonFactory(manager=True)
    Connection.objects.update(open_to_all=False)
    indeed.connection.people.set([indeed.person, indeed.manager])
    return indeed


def leave(person):
    Person.objects.filter(pk=person.pk).update(is_active=False)


def send_again(change, person):
    changes.send_again(Change.objects.get(pk=change.pk), person)


@pytest.fixture
def after_the_read(monkeypatch):
    """Let something happen between the read and the intent."""

    def build(act):
        acts = {"after-compare": act}
        monkeypatch.setattr(sending, "killpoint", lambda name: acts.get(name, int)())

    return build


def test_a_managers_word_sends_what_its_author_no_longer_may(indeed, time):
    change = indeed.ask(WAREHOUSE, "name", "New")
    leave(indeed.person)
    indeed.let_pass(time, 5)
    assert fields(change) == {"name": State.HELD}

    send_again(change, PersonFactory(manager=True))
    indeed.let_pass(time, 60)

    assert fields(change) == {"name": State.CONFIRMED}


def test_who_decided_last_answers_for_it(indeed, time):
    change = indeed.ask(WAREHOUSE, "name", "New")
    leave(indeed.person)
    indeed.let_pass(time, 5)
    manager = PersonFactory(manager=True)
    send_again(change, manager)
    leave(manager)

    indeed.let_pass(time, 60)

    assert fields(change) == {"name": State.HELD}
    assert change.says.startswith(f"{DECIDER} edit campaigns")
    assert indeed.patches() == []


def test_who_decided_before_answers_for_nothing_more(indeed, time):
    change = indeed.ask(WAREHOUSE, "name", "New")
    leave(indeed.person)
    indeed.let_pass(time, 5)
    first = PersonFactory(manager=True)
    send_again(change, first)
    leave(first)
    indeed.let_pass(time, 60)
    assert fields(change) == {"name": State.HELD}

    send_again(change, PersonFactory(manager=True))
    indeed.let_pass(time, 60)

    assert fields(change) == {"name": State.CONFIRMED}


def test_who_was_taken_off_a_connection_sends_nothing_there(closed, time):
    change = closed.ask(WAREHOUSE, "name", "New")
    closed.connection.people.remove(closed.person)

    closed.let_pass(time, 60)

    assert fields(change) == {"name": State.HELD}
    assert change.says.startswith(f"{AUTHOR} use this connection")
    assert (change.waits_for_person, closed.patches()) == (True, [])


def test_whoever_is_left_on_the_connection_may_send_it(closed, time):
    change = closed.ask(WAREHOUSE, "name", "New")
    closed.connection.people.remove(closed.person)
    closed.let_pass(time, 5)

    send_again(change, closed.manager)
    closed.let_pass(time, 60)

    assert fields(change) == {"name": State.CONFIRMED}


def test_a_right_that_is_lost_during_the_read_stops_the_send(
    indeed, time, after_the_read
):
    change = indeed.ask(WAREHOUSE, "name", "New")
    after_the_read(lambda: leave(indeed.person))

    indeed.let_pass(time, 60)

    assert fields(change) == {"name": State.HELD}
    assert change.says.startswith(f"{AUTHOR} edit campaigns")
    assert indeed.patches() == []


def test_a_connection_that_is_lost_during_the_read_stops_the_send(
    closed, time, after_the_read
):
    change = closed.ask(WAREHOUSE, "name", "New")
    after_the_read(closed.connection.people.clear)

    closed.let_pass(time, 60)

    assert fields(change) == {"name": State.HELD}
    assert closed.patches() == []


def test_what_runs_out_of_time_during_the_read_is_not_sent(
    indeed, time, after_the_read
):
    change = indeed.ask(WAREHOUSE, "name", "New")
    end = Change.objects.filter(pk=change.pk)
    after_the_read(lambda: end.update(expires_at=time.at))

    indeed.let_pass(time, 60)

    assert fields(change) == {"name": State.FAILED}
    assert indeed.patches() == []


def test_what_its_author_sent_again_is_theirs_to_answer_for(indeed, time):
    indeed.sandbox.script(
        {"match": {"method": "PATCH"}, "do": {"refuse": {"status": 403}}}
    )
    change = indeed.ask(WAREHOUSE, "name", "New")
    indeed.let_pass(time, 5)
    assert fields(change) == {"name": State.HELD}
    Connection.objects.update(held_at=None)

    send_again(change, indeed.person)
    indeed.let_pass(time, 60)

    assert fields(change) == {"name": State.CONFIRMED}
