"""A request of many lanes, and beside it somebody who touches as many."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from campaigns import changes, clock, connections
from campaigns.audit import Event
from campaigns.changes import requests
from campaigns.delivery import deliver, lists
from campaigns.lifecycle import State
from campaigns.models import Campaign, Change, Connection, Lane
from tests.delivery.conftest import tokens


@pytest.fixture
def indeed(road):
    made = road("indeed")
    made.sync()
    return made


def ask_of_all(road, key):
    """What asks for a token of its own on each campaign, in one transaction."""
    wishes = tokens(road, key)
    return lambda: changes.request(road.person, wishes, key=key)


@contextmanager
def meanwhile(act):
    """Let `act` go on beside us; gives what will hold its result."""

    def run():
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as beside:
        yield beside.submit(run)


@pytest.fixture
def half_way(monkeypatch):
    """Set when a request has taken five lanes; then it rests for a second."""
    real, taken, reached = requests._accept, [], threading.Event()

    def accept(*args):
        change = real(*args)
        taken.append(change)
        if len(taken) == 5:
            reached.set()
            time.sleep(1)
        return change

    def begin():
        monkeypatch.setattr(requests, "_accept", accept)
        return reached

    return begin


def lay_backwards():
    """Bring the rows of lanes into the order in which a request does not take them."""
    for pk in Lane.objects.order_by("-pk").values_list("pk", flat=True):
        Lane.objects.filter(pk=pk).update(due_at=clock.now())


def accept_all():
    for change in Change.objects.select_related("campaign__connection", "change_set"):
        changes.move(change, State.SENDING, Event.SENDING)
        changes.move(change, State.ACCEPTED, Event.ANSWERED)


def test_nobody_may_call_for_a_while(indeed, half_way):
    ask_of_all(indeed, "first")()
    lay_backwards()
    reached = half_way()

    with meanwhile(ask_of_all(indeed, "second")) as request:
        assert reached.wait(10)
        deliver._rest(indeed.connection, clock.now())

    assert request.result().changes.count() > 5


def test_a_list_was_read(indeed, half_way):
    ask_of_all(indeed, "first")()
    accept_all()
    lay_backwards()
    reached = half_way()

    with meanwhile(ask_of_all(indeed, "second")) as request:
        assert reached.wait(10)
        everywhere = Campaign.objects.values_list("pk", flat=True)
        lists.wake(indeed.connection, list(everywhere))

    assert request.result().changes.count() > 5


def test_what_is_asked_for_while_a_hold_ends_is_sent(indeed):
    connections.hold(indeed.connection, indeed.person, "Wait")
    ask = ask_of_all(indeed, "token")
    mine = Connection.objects.get(pk=indeed.connection.pk)
    asked = threading.Event()

    def release():
        asked.wait(10)
        return connections.release(mine, indeed.person)

    with meanwhile(release) as released, transaction.atomic():
        sent = ask()
        asked.set()
        wait([released], timeout=1)  # one writer on SQLite: there it comes after us
    released.result()
    for _ in range(3):
        indeed.wake()
        indeed.deliver()

    assert set(sent.changes.values_list("state", flat=True)) == {State.CONFIRMED}
