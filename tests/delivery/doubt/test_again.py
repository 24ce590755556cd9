"""What a person takes up again beside younger changes of the same fields."""

from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns import changes, connections, documents
from campaigns.delivery import deliver as delivering
from campaigns.delivery import snapshots, syncing
from campaigns.lifecycle import State
from campaigns.models import Connection, FieldChange
from tests.delivery.conftest import copies, fields, thrifty, tokens
from tests.delivery.doubt.steps import (
    LIMIT,
    LIMIT_ON,
    PATCH,
    TTR,
    WAREHOUSE,
    left_unknown,
    look_again,
    look_at,
    lose,
    name_of,
    send_again,
)

ABSENT = "719d8eafb0c2"
HOUR = 3600


# --- a wait that never ends -------------------------------------------------------


def test_a_younger_accepted_is_seen_though_an_older_unknown_waits_for_it(
    indeed, time, monkeypatch
):
    monkeypatch.setattr(delivering, "LANES_LIMIT", 3)
    first = left_unknown(indeed, time, "before")
    indeed.sandbox.script({"match": PATCH, "do": {"stale": 10**6}})
    second = indeed.ask(WAREHOUSE, "name", "Second")
    indeed.let_pass(time, 3)
    assert fields(second) == {"name": State.ACCEPTED}

    look_again(indeed, first)
    indeed.let_pass(time, 120)

    assert fields(second) == {"name": State.DIFFERENT}


def test_nor_on_thrifty_where_the_list_shows_the_younger(indeed, time, monkeypatch):
    monkeypatch.setattr(delivering, "LANES_LIMIT", 3)
    first = left_unknown(indeed, time, "before")
    indeed.let_pass(time, 700)  # it is watched no more: no read shows the younger
    thrifty(indeed, time)
    Connection.objects.update(calls_per_minute=60_000)
    second = indeed.ask(WAREHOUSE, "name", "Second")
    indeed.let_pass(time, 100)
    assert fields(second) == {"name": State.ACCEPTED}

    seen = len(indeed.requests())

    look_again(indeed, first)
    indeed.let_pass(time, 20)

    lists = [one for one in indeed.requests()[seen:] if "perPage" in one["path"]]
    assert len(lists) <= 3  # each has its price
    indeed.sync()
    indeed.let_pass(time, 10)
    assert fields(second) == {"name": State.CONFIRMED}
    assert fields(first) == {"name": State.UNCONFIRMABLE}


# --- replaced by what was once in doubt itself ------------------------------------


def test_looking_again_does_not_send_an_older_one_over_a_younger(indeed, time):
    before = name_of(indeed)
    first = left_unknown(indeed, time, "after")
    look_at(indeed, time)
    lose(indeed, "after")
    back = indeed.ask(WAREHOUSE, "name", before)
    indeed.let_pass(time, 90)
    assert fields(back) == {"name": State.CONFIRMED}

    look_again(indeed, first)
    indeed.let_pass(time, 90)

    assert name_of(indeed) == before
    assert len(indeed.patches()) == 2
    assert fields(first) == {"name": State.UNCONFIRMABLE}


def test_what_a_once_unknown_younger_one_replaced_is_not_different(indeed, time):
    first = left_unknown(indeed, time, "before")
    lose(indeed, "after")
    second = indeed.ask(WAREHOUSE, "name", "Second")
    indeed.let_pass(time, 90)
    assert fields(second) == {"name": State.CONFIRMED}

    look_again(indeed, first)
    indeed.let_pass(time, 90)

    assert fields(first) == {"name": State.UNCONFIRMABLE}


def test_nor_where_the_older_one_was_dated_by_a_clock_ahead(indeed, time):
    before = name_of(indeed)
    time.at += timedelta(hours=2)
    first = left_unknown(indeed, time, "after")
    time.at -= timedelta(hours=2)
    look_at(indeed, time)
    back = indeed.ask(WAREHOUSE, "name", before)
    indeed.let_pass(time, 90)
    assert fields(back) == {"name": State.CONFIRMED}

    look_again(indeed, first)
    indeed.let_pass(time, 90)

    assert name_of(indeed) == before
    assert fields(first) == {"name": State.UNCONFIRMABLE}


# --- lists that never come, after one that came too early --------------------------


def no_longer_listed(monkeypatch, time):
    real = syncing._keep_page

    def without(link, page):
        rows = [row for row in page.rows if row.remote_id != WAREHOUSE]
        return real(link, replace(page, rows=rows))

    monkeypatch.setattr(syncing, "_keep_page", without)


def not_kept(monkeypatch, time):
    real = snapshots.keep

    def keep(campaign, row, form, **how):
        if row.remote_id == WAREHOUSE and not how["whole"]:
            raise ZeroDivisionError(row.name)
        return real(campaign, row, form, **how)

    monkeypatch.setattr(snapshots, "keep", keep)


def no_list_comes(monkeypatch, time):
    Connection.objects.update(sync_due_at=time.at + timedelta(days=3))


@pytest.mark.parametrize("trouble", [no_longer_listed, not_kept, no_list_comes])
def test_an_early_list_is_not_waited_upon_for_ever(indeed, time, monkeypatch, trouble):
    thrifty(indeed, time)
    before = name_of(indeed)
    change = indeed.ask(WAREHOUSE, "name", "New")
    indeed.deliver()
    indeed.sandbox.edit(WAREHOUSE, {"name": before})  # a replica lags behind
    time.advance(2)
    indeed.sync()
    indeed.sandbox.edit(WAREHOUSE, {"name": "New"})
    Connection.objects.update(sync_due_at=time.at + timedelta(hours=6))
    trouble(monkeypatch, time)

    indeed.let_pass(time, 26 * HOUR)

    assert fields(change) == {"name": State.CONFIRMED}


def test_what_waited_for_a_long_hold_is_confirmed_by_one_list(here, time):
    road = thrifty(here("indeed", seed=copies(20)), time)
    sent = changes.request(road.person, tokens(road), key="many")
    road.let_pass(time, 70)
    connections.hold(road.connection, None, "The token was refused")
    time.advance(13 * HOUR)
    connections.release(road.connection, None)
    Connection.objects.update(calls_per_minute=60_000)
    seen = len(road.requests())

    road.let_pass(time, 120)

    later = road.requests()[seen:]
    assert set(sent.changes.values_list("state", flat=True)) == {State.CONFIRMED}
    assert [one["path"] for one in later if "perPage" not in one["path"]] == []


# --- watch reads -------------------------------------------------------------------


def lost_and_confirmed(road, time):
    lose(road, "after")
    lost = road.ask(TTR, LIMIT, {LIMIT: "55", LIMIT_ON: "on"})
    road.let_pass(time, 55)
    assert fields(lost) == {LIMIT: State.CONFIRMED}
    return lost


def test_a_watch_read_knows_what_was_accepted_since(desk, time):
    """The value that is back is that of an undo, which nobody has confirmed yet."""
    Connection.objects.update(read_policy="thrifty", sync_due_at=None)
    lost_and_confirmed(desk, time)
    newer = desk.ask(TTR, LIMIT_ON, {LIMIT: "55", LIMIT_ON: "off"})
    desk.let_pass(time, 35)
    assert fields(newer) == {LIMIT_ON: State.CONFIRMED}
    back = desk.ask(TTR, LIMIT_ON, {LIMIT: "55", LIMIT_ON: "on"}, key="back")
    desk.let_pass(time, 28)
    assert fields(back) == {LIMIT_ON: State.ACCEPTED}

    assert fields(newer) == {LIMIT_ON: State.CONFIRMED}
    assert not newer.waits_for_person


def test_and_what_was_lost_from_sight_since(desk, time):
    lost_and_confirmed(desk, time)
    newer = desk.ask(TTR, LIMIT_ON, {LIMIT: "55", LIMIT_ON: "off"})
    desk.let_pass(time, 35)
    lose(desk, "after")
    back = desk.ask(TTR, LIMIT_ON, {LIMIT: "55", LIMIT_ON: "on"}, key="back")
    desk.let_pass(time, 35)
    assert fields(back) == {LIMIT_ON: State.UNKNOWN}

    assert fields(newer) == {LIMIT_ON: State.CONFIRMED}


def test_and_what_was_sent_again_since(indeed, time):
    before = name_of(indeed)
    first = left_unknown(indeed, time, "before")
    indeed.ask(WAREHOUSE, "name", "Second")
    indeed.deliver()
    back = indeed.ask(WAREHOUSE, "name", before)
    indeed.let_pass(time, 90)
    send_again(indeed, first)
    indeed.let_pass(time, 60)
    assert fields(first) == {"name": State.CLASH}

    indeed.let_pass(time, 700)

    assert fields(back) == {"name": State.CONFIRMED}


# --- compare -----------------------------------------------------------------------


def test_a_part_that_was_absent_before_ours_is_waited_for_too(desk, time):
    desk.connection.campaigns.update(read_due_at=time.at)
    desk.let_pass(time, 5)
    absent = desk.sandbox.document(ABSENT)["maximumJobLimit"]
    number = desk.ask(ABSENT, LIMIT, {LIMIT: "55", LIMIT_ON: "off"})
    desk.deliver()
    assert fields(number) == {LIMIT: State.CONFIRMED}
    ours = desk.sandbox.document(ABSENT)["maximumJobLimit"]
    lags = {"rival": {"maximumJobLimit": absent}}
    desk.sandbox.script({"match": {"method": "GET"}, "do": lags})

    change = desk.ask(ABSENT, LIMIT_ON, {LIMIT: "55", LIMIT_ON: "on"})
    desk.deliver()
    assert fields(change) == {LIMIT_ON: State.WAITING}

    desk.sandbox.edit(ABSENT, {"maximumJobLimit": ours})
    desk.let_pass(time, 60)
    assert fields(change) == {LIMIT_ON: State.CONFIRMED}


def test_a_part_that_is_no_longer_declared_ends_no_job(desk, time):
    off = desk.ask(TTR, LIMIT_ON, {LIMIT: "200", LIMIT_ON: "off"})
    desk.deliver()
    FieldChange.objects.filter(change=off).update(field="maximumJobLimit.gone")

    change = desk.ask(TTR, LIMIT, {LIMIT: "55", LIMIT_ON: "off"})
    desk.deliver()

    assert fields(change) == {LIMIT: State.CONFIRMED}
    assert documents.loads(desk.patches()[-1]["body"])


def test_what_the_author_saw_is_compared_at_once_though_it_is_older_than_ours(
    desk, time
):
    """Somebody put it back, and the author of the next edit has seen that."""
    Connection.objects.update(settle_seconds=600)
    before = desk.sandbox.document(TTR)["maximumJobLimit"]
    desk.ask(TTR, LIMIT, {LIMIT: "55", LIMIT_ON: "on"})
    desk.deliver()
    desk.sandbox.edit(TTR, {"maximumJobLimit": before})
    look_at(desk, time)
    seen = len(desk.requests())

    change = desk.ask(TTR, LIMIT, {LIMIT: "60", LIMIT_ON: "on"}, key="next")
    desk.let_pass(time, 590)

    assert len(desk.requests()) - seen < 20
    assert fields(change) == {LIMIT: State.CONFIRMED}
