"""Many edits that only the list can confirm: nobody looks, or books, in their stead."""

from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns import changes, clock
from campaigns.delivery import lists, rates, snapshots, syncing, verifying
from campaigns.lifecycle import State
from campaigns.models import Change, Channel, Connection, Lane
from tests.delivery.conftest import copies, fields, thrifty, tokens

WAREHOUSE = "ee4d641cab17b22c"


@pytest.fixture
def indeed(here, time):
    return thrifty(here("indeed"), time)


@pytest.fixture
def looks(monkeypatch):
    """How often accepted changes were looked at."""
    seen, real = [], verifying.verify

    def verify(link, claim, change):
        seen.append(change.pk)
        real(link, claim, change)

    monkeypatch.setattr(verifying, "verify", verify)
    return seen


def test_an_undo_of_many_goes_out_at_the_whole_pace(here, time):
    road = thrifty(here("indeed", seed=copies(40)), time)
    sent = changes.request(road.person, tokens(road), key="many", channel=Channel.UNDO)

    road.let_pass(time, 70)

    assert set(sent.changes.values_list("state", flat=True)) == {State.ACCEPTED}
    assert len(road.patches()) == 40
    rates.take(road.connection.pk, 1, is_urgent=False)  # the list finds its turn


def test_what_only_the_list_can_confirm_is_hardly_looked_at(indeed, time, looks):
    change = indeed.ask(WAREHOUSE, "name", "Listed later")

    indeed.let_pass(time, 3600)

    assert fields(change) == {"name": State.ACCEPTED}
    assert len(looks) <= 6


def test_a_list_wakes_what_it_shows_page_by_page(indeed, time, monkeypatch):
    change = indeed.ask(WAREHOUSE, "name", "On the first page")
    indeed.let_pass(time, 100)

    monkeypatch.setattr("campaigns.delivery.syncing._want_reads", broken)
    with pytest.raises(OSError, match="no more"):
        indeed.sync()
    indeed.deliver()

    assert Connection.objects.get().sync_error
    assert fields(change) == {"name": State.CONFIRMED}


def broken(_):
    raise OSError("no more")


def test_a_list_that_wakes_nobody_is_found_all_the_same(indeed, time, monkeypatch):
    change = indeed.ask(WAREHOUSE, "name", "Forgotten")
    indeed.let_pass(time, 100)
    monkeypatch.setattr(lists, "wake", lambda *_: None)
    indeed.sync()

    indeed.let_pass(time, 1000)

    assert fields(change) == {"name": State.CONFIRMED}


def test_a_list_that_comes_while_it_is_looked_for_is_not_missed(
    indeed, time, monkeypatch
):
    change = indeed.ask(WAREHOUSE, "name", "Just then")
    indeed.let_pass(time, 100)
    real = lists.want

    def want(connection, *, soon):
        monkeypatch.setattr(lists, "want", real)
        indeed.sync()
        real(connection, soon=soon)

    monkeypatch.setattr(lists, "want", want)
    Change.objects.update(due_at=None)
    Lane.objects.update(due_at=time.at)
    indeed.deliver()

    assert fields(change) == {"name": State.CONFIRMED}


def test_an_edit_that_comes_late_brings_the_list_forward(indeed, time):
    first = indeed.ask(WAREHOUSE, "name", "First")
    indeed.let_pass(time, 200)
    indeed.ask(WAREHOUSE, "name", "Second")

    indeed.let_pass(time, 5)

    assert fields(first) == {"name": State.CONFIRMED}
    assert len(indeed.patches()) == 2


def test_no_list_is_brought_forward_before_it_can_show_what_was_sent(indeed, time):
    indeed.ask(WAREHOUSE, "name", "First")
    indeed.let_pass(time, 1)
    indeed.ask(WAREHOUSE, "name", "Second")
    seen = len(indeed.requests())

    indeed.let_pass(time, 25)
    assert len(indeed.requests()) == seen

    indeed.let_pass(time, 10)
    assert len(indeed.requests()) > seen


def withdraw(road, change):
    changes.cancel(change, road.person)


def put_off(road, change):
    later = clock.now() + timedelta(minutes=30)
    Change.objects.filter(pk=change.pk).update(due_at=later)


@pytest.mark.parametrize(
    ("field", "happens"), [("name", withdraw), ("trackingToken", put_off)]
)
def test_what_does_not_wait_for_it_brings_no_list_forward(indeed, time, field, happens):
    indeed.ask(WAREHOUSE, "name", "First")
    indeed.let_pass(time, 1)
    happens(indeed, indeed.ask(WAREHOUSE, field, "Second"))
    seen = len(indeed.requests())

    indeed.let_pass(time, 100)

    assert len(indeed.requests()) == seen


def test_a_list_that_failed_is_not_asked_for_again_by_who_waits(indeed, time):
    indeed.ask(WAREHOUSE, "name", "First")
    indeed.let_pass(time, 200)
    Connection.objects.update(sync_error="No.")
    seen = len(indeed.requests())

    indeed.ask(WAREHOUSE, "name", "Second")
    indeed.let_pass(time, 3000)

    assert len(indeed.requests()) == seen


def test_what_no_list_shows_any_more_is_read_for_itself(indeed, time, monkeypatch):
    change = indeed.ask(WAREHOUSE, "name", "Nobody lists it")
    indeed.deliver()
    real = syncing._keep_page

    def without(link, page):
        rows = [row for row in page.rows if row.remote_id != WAREHOUSE]
        return real(link, replace(page, rows=rows))

    monkeypatch.setattr(syncing, "_keep_page", without)
    indeed.let_pass(time, 7 * 3600)

    assert fields(change) == {"name": State.CONFIRMED}
    own = [seen for seen in indeed.requests() if WAREHOUSE in seen["path"]]
    assert [seen["method"] for seen in own] == ["GET", "PATCH", "GET"]


def test_where_no_list_comes_for_half_a_day_one_is_brought_forward(indeed, time):
    change = indeed.ask(WAREHOUSE, "name", "No list comes")
    indeed.deliver()
    Connection.objects.update(sync_due_at=time.at + timedelta(days=3))

    indeed.let_pass(time, 11 * 3600)
    assert fields(change) == {"name": State.ACCEPTED}
    indeed.let_pass(time, 2 * 3600)

    assert fields(change) == {"name": State.CONFIRMED}
    own = [seen for seen in indeed.requests() if WAREHOUSE in seen["path"]]
    assert [seen["method"] for seen in own] == ["GET", "PATCH"]


def test_where_lists_fail_for_most_of_a_day_it_is_read_for_itself(indeed, time):
    change = indeed.ask(WAREHOUSE, "name", "Lists fail")
    indeed.deliver()
    Connection.objects.update(
        sync_due_at=time.at + timedelta(days=3), sync_error="No lists today."
    )

    indeed.let_pass(time, 17 * 3600)
    assert fields(change) == {"name": State.ACCEPTED}
    indeed.let_pass(time, 2 * 3600)

    assert fields(change) == {"name": State.CONFIRMED}


def test_where_what_is_listed_cannot_be_kept_a_person_is_asked(
    indeed, time, monkeypatch
):
    change = indeed.ask(WAREHOUSE, "name", "Nobody keeps it")
    indeed.deliver()
    real = snapshots.keep

    def keep(campaign, row, form, **how):
        if row.remote_id == WAREHOUSE:
            raise ZeroDivisionError(row.name)
        return real(campaign, row, form, **how)

    monkeypatch.setattr(snapshots, "keep", keep)
    indeed.let_pass(time, 8 * 3600)

    assert fields(change) == {"name": State.ACCEPTED}
    assert change.waits_for_person and "could not be kept" in change.says
