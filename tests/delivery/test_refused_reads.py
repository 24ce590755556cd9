"""Reads that the platform refuses come to an end: each of them may cost."""

from datetime import timedelta

import pytest

from campaigns import changes, limits
from campaigns.delivery.syncing import sync
from campaigns.lifecycle import State
from campaigns.models import Change, Connection
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"
TTR = "a4c0b1d2e3f5"
PATCH = {"method": "PATCH"}
READ = {"method": "GET"}
FORBIDDEN = {"status": 403, "body": {"title": "AccessDenied", "status": 403}}
BUSY = {"status": 429}
HOUR = 3600


@pytest.fixture
def panel(microworkers):
    """A platform of which nothing is read but for an edit."""
    Connection.objects.update(sync_due_at=None, settle_seconds=30)
    microworkers.connection.campaigns.update(read_due_at=None)
    return microworkers


def refuse(road, match=READ, answer=FORBIDDEN):
    road.sandbox.script({"match": match, "do": {"refuse": answer}, "times": 0})


def reads(road):
    return sum(entry["method"] == "GET" for entry in road.requests())


def test_a_refused_read_back_is_handed_to_a_person(panel, time):
    change = panel.ask(TTR, "ttr", "9")
    refuse(panel, {"method": "GET", "nth": 2})

    panel.let_pass(time, 2 * HOUR)

    assert fields(change) == {"ttr": State.ACCEPTED}
    assert change.waits_for_person
    assert "denies access" in change.says
    assert change.attempts.count() <= 10


def test_a_person_lets_it_be_read_again_once_that_is_mended(panel, time):
    change = panel.ask(TTR, "ttr", "9")
    refuse(panel, {"method": "GET", "nth": 2})
    panel.let_pass(time, 300)
    panel.sandbox.clear()

    changes.look_again(Change.objects.get(pk=change.pk), panel.person)
    panel.let_pass(time, 5)

    assert fields(change) == {"ttr": State.CONFIRMED}
    assert not change.waits_for_person


def test_an_unknown_that_may_not_be_read_is_handed_to_a_person(panel, time):
    panel.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    change = panel.ask(TTR, "ttr", "9")
    panel.let_pass(time, 10)
    refuse(panel)
    before = reads(panel)

    panel.let_pass(time, 50)

    assert fields(change) == {"ttr": State.UNKNOWN}
    assert change.waits_for_person
    assert reads(panel) - before == 1
    panel.let_pass(time, 3 * HOUR)
    assert reads(panel) - before == limits.count("WATCHES")
    assert Change.objects.get(pk=change.pk).watch_at is None


def test_a_read_back_that_fails_for_long_is_handed_to_a_person(panel, time):
    change = panel.ask(TTR, "ttr", "9")
    refuse(panel, {"method": "GET", "nth": 2}, BUSY)

    panel.let_pass(time, 3 * HOUR)

    assert fields(change) == {"ttr": State.ACCEPTED}
    assert change.waits_for_person
    assert change.attempts.count() == 2 + 20 + 1  # it is watched once
    assert Change.objects.get(pk=change.pk).watch_at is None


def test_a_read_back_that_fails_for_a_while_asks_nobody(panel, time):
    change = panel.ask(TTR, "ttr", "9")
    refuse(panel, {"method": "GET", "nth": 2}, BUSY)
    panel.let_pass(time, 240)
    assert not Change.objects.get(pk=change.pk).waits_for_person
    panel.sandbox.clear()

    panel.let_pass(time, 60)

    assert fields(change) == {"ttr": State.CONFIRMED}


def test_a_refused_watch_comes_to_an_end(panel, time):
    panel.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    change = panel.ask(TTR, "ttr", "9")
    panel.let_pass(time, 70)
    assert fields(change) == {"ttr": State.CONFIRMED}
    refuse(panel)
    before = reads(panel)

    panel.let_pass(time, 3 * HOUR)

    assert reads(panel) - before == 5
    assert Change.objects.get(pk=change.pk).watch_at is None


def test_a_watch_goes_on_once_it_is_answered_again(panel, time):
    panel.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    change = panel.ask(TTR, "ttr", "9")
    panel.let_pass(time, 70)
    refuse(panel)
    panel.let_pass(time, 200)
    panel.sandbox.clear()
    before = reads(panel)

    panel.let_pass(time, HOUR)

    assert reads(panel) > before
    assert Change.objects.get(pk=change.pk).watch_at is None


def test_a_refused_list_is_asked_for_as_rarely_as_any(here, time):
    indeed = here("indeed")
    every = 6 * HOUR
    Connection.objects.update(sync_every_seconds=every, sync_due_at=time.at)
    refuse(indeed, answer={"status": 403, "type": "SOMETHING_NEW"})

    for _ in range(3):
        seen = len(indeed.requests())
        sync(indeed.connection.pk)
        assert len(indeed.requests()) == seen + 1
        time.advance(every - 60)
        sync(indeed.connection.pk)
        assert len(indeed.requests()) == seen + 1
        time.advance(61)

    assert Connection.objects.get().sync_error


def test_a_list_that_only_failed_is_soon_asked_for_again(here, time):
    indeed = here("indeed")
    Connection.objects.update(sync_every_seconds=6 * HOUR, sync_due_at=time.at)
    indeed.sandbox.script({"match": READ, "do": {"refuse": {"status": 503}}})
    sync(indeed.connection.pk)

    due = Connection.objects.get().sync_due_at

    assert due - time.at <= timedelta(seconds=60)


def test_what_was_already_so_is_not_called_different_where_a_read_is_refused(
    here, time
):
    indeed = here("indeed")
    Connection.objects.update(settle_seconds=30)
    indeed.edit(WAREHOUSE, "name", "Mine")
    indeed.edit(WAREHOUSE, "trackingToken", "same")
    change = indeed.send().changes.get()
    indeed.sandbox.edit(WAREHOUSE, {"trackingToken": "same"})
    gone = {"status": 404, "body": {"errors": [{"message": "No."}]}}
    refuse(indeed, {"method": "GET", "nth": 2}, gone)

    indeed.let_pass(time, 2 * HOUR)

    told = {"name": State.DIFFERENT, "trackingToken": State.ALREADY_SO}
    assert fields(change) == told
