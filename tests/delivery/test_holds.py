"""A hold of a platform or of everything: nothing leaves, nothing is lost."""

import pytest
from django.core.exceptions import ValidationError

from campaigns import connections, holds
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Change
from tests.asked import ask
from tests.delivery.conftest import fields
from tests.factories import PersonFactory

WAREHOUSE = "ee4d641cab17b22c"


@pytest.fixture
def indeed(road):
    made = road("indeed")
    made.sync()
    return made


@pytest.mark.parametrize("scope", ["everything", "indeed"])
def test_nothing_leaves_while_it_is_on_hold(indeed, scope):
    holds.hold(scope, indeed.person, "A wrong import")
    change = indeed.ask(WAREHOUSE, "name", "Later")

    indeed.deliver()

    assert fields(change) == {"name": State.HELD}
    assert indeed.patches() == []


def test_a_hold_of_another_platform_stops_nothing_here(indeed):
    holds.hold("microworkers", indeed.person, "A wrong import")
    change = indeed.ask(WAREHOUSE, "name", "Now")

    indeed.deliver()

    assert fields(change) == {"name": State.CONFIRMED}


def test_release_sends_what_was_held(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Later")
    holds.hold("everything", indeed.person, "A wrong import")

    assert holds.release("everything", indeed.person) == 1
    indeed.deliver()

    assert fields(change) == {"name": State.CONFIRMED}


def test_release_lets_everything_go_on_wherever_it_is(db):
    for state in (State.HELD, State.HELD, State.WAITING):
        ask(state)
    holds.hold("everything", PersonFactory(), "A wrong import")

    assert holds.release("everything", PersonFactory()) == 3

    assert set(Change.objects.values_list("state", flat=True)) == {State.WAITING}


def test_release_re_checks_what_waited(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Later")
    holds.hold("everything", indeed.person, "A wrong import")
    indeed.sandbox.edit(WAREHOUSE, {"name": "Theirs"})

    holds.release("everything", indeed.person)
    indeed.deliver()

    assert fields(change) == {"name": State.CLASH}


def test_a_connection_held_by_itself_stays_held(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Later")
    connections.hold(indeed.connection, indeed.person, "Mine")
    holds.hold("everything", indeed.person, "A wrong import")

    holds.release("everything", indeed.person)
    indeed.deliver()

    assert fields(change) == {"name": State.HELD}


def test_a_hold_needs_a_reason(indeed):
    with pytest.raises(ValidationError):
        holds.hold("everything", indeed.person, "  ")


def test_hold_and_release_are_history(indeed):
    holds.hold("everything", indeed.person, "A wrong import")
    holds.release("everything", indeed.person)

    told = AuditEntry.objects.filter(stream="system").order_by("number")
    assert [entry.event for entry in told] == ["held", "released"]
