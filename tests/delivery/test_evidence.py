"""What decides an accepted change: what was asked for after its answer, and when."""

from datetime import timedelta

import pytest

from campaigns import calls, changes
from campaigns.audit import Event
from campaigns.delivery import snapshots, syncing
from campaigns.delivery.links import opened
from campaigns.lifecycle import State
from campaigns.models import Campaign, Connection
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"
PATCH = {"method": "PATCH"}
POLICY = {"settle_seconds": 30, "sync_every_seconds": 10**6, "sync_due_at": None}


@pytest.fixture
def careful(here):
    made = here("indeed")
    Connection.objects.update(read_policy="careful", **POLICY)
    return made


@pytest.fixture
def thrifty(here):
    made = here("indeed")
    Connection.objects.update(read_policy="thrifty", **POLICY)
    return made


def shows(road, name):
    """From now on every read shows this name, whoever wrote it, and when."""
    road.sandbox.edit(WAREHOUSE, {"name": name})


def refresh(road):
    """Somebody asks for the list now; none is planned afterwards."""
    road.sync()
    Connection.objects.update(sync_due_at=None)


def stands_in(link, campaign, change):
    """Whether no read would be made before a send of the same fields."""
    send = calls.Send(campaign, list(change.fields.all()), link.list_keys)
    return calls.forecast([send])[0].before == 0


def test_a_list_from_before_the_time_to_settle_decides_nothing_after_it(thrifty, time):
    before = thrifty.sandbox.document(WAREHOUSE)["name"]
    change = thrifty.ask(WAREHOUSE, "name", "New")
    thrifty.deliver()
    time.advance(2)
    shows(thrifty, before)
    refresh(thrifty)
    shows(thrifty, "New")

    thrifty.let_pass(time, 29)
    assert fields(change) == {"name": State.ACCEPTED}

    thrifty.let_pass(time, 40)
    assert fields(change) == {"name": State.CONFIRMED}


def test_a_list_that_shows_what_was_wanted_confirms_before_that_time(thrifty, time):
    change = thrifty.ask(WAREHOUSE, "name", "New")
    thrifty.deliver()
    time.advance(2)

    refresh(thrifty)
    thrifty.deliver()

    assert fields(change) == {"name": State.CONFIRMED}


def test_a_read_asked_for_by_a_person_confirms_what_lists_confirm(thrifty, time):
    change = thrifty.ask(WAREHOUSE, "name", "New")
    thrifty.deliver()
    mine = Campaign.objects.filter(remote_id=WAREHOUSE)
    mine.update(read_due_at=time.at)
    syncing.sync(thrifty.connection.pk)

    thrifty.let_pass(time, 5)

    assert fields(change) == {"name": State.CONFIRMED}


@pytest.mark.parametrize("late", [1, 40], ids=["at once", "after the time to settle"])
def test_a_list_asked_for_before_the_send_decides_nothing(
    thrifty, time, monkeypatch, late
):
    change = thrifty.ask(WAREHOUSE, "name", "New")
    true_keep, turns = syncing._keep_page, [1]

    def keep_page(link, page):
        if turns:
            turns.pop()
            thrifty.deliver()
            time.advance(late)
        return true_keep(link, page)

    monkeypatch.setattr(syncing, "_keep_page", keep_page)
    refresh(thrifty)
    thrifty.deliver()
    assert fields(change) == {"name": State.ACCEPTED}

    thrifty.let_pass(time, 100)
    assert fields(change) == {"name": State.CONFIRMED}


def test_another_value_is_final_only_after_the_time_to_settle(careful, time):
    change = careful.ask(WAREHOUSE, "name", "New")
    shown = {"rival": {"name": "Theirs"}}
    match = {"method": "GET", "campaign": WAREHOUSE, "nth": 2}
    careful.sandbox.script({"match": match, "do": shown})

    careful.let_pass(time, 20)
    assert fields(change) == {"name": State.ACCEPTED}

    careful.let_pass(time, 40)
    assert fields(change) == {"name": State.DIFFERENT}


def test_a_value_that_comes_back_before_that_time_is_confirmed(careful, time):
    change = careful.ask(WAREHOUSE, "name", "New")
    match = {"method": "GET", "campaign": WAREHOUSE, "nth": 2}
    careful.sandbox.script({"match": match, "do": {"rival": {"name": "Theirs"}}})
    careful.let_pass(time, 5)

    shows(careful, "New")
    careful.let_pass(time, 10)

    assert fields(change) == {"name": State.CONFIRMED}


def test_a_read_begun_before_that_time_is_not_final_when_it_ends_after_it(
    careful, time, monkeypatch
):
    careful.sandbox.script({"match": PATCH, "do": {"ignore": True}})
    change = careful.ask(WAREHOUSE, "name", "New")
    true_keep = snapshots.keep

    def slow(campaign, *args, **how):
        if fields(change) == {"name": State.ACCEPTED}:
            time.advance(35)
        return true_keep(campaign, *args, **how)

    monkeypatch.setattr(snapshots, "keep", slow)
    careful.deliver()
    assert fields(change) == {"name": State.ACCEPTED}

    careful.let_pass(time, 40)
    assert fields(change) == {"name": State.DIFFERENT}


@pytest.mark.parametrize(
    ("after", "state", "is_enough"),
    [
        (-0.001, State.CONFIRMED, False),
        (1, State.CONFIRMED, True),
        (1, State.DIFFERENT, False),
        (31, State.DIFFERENT, True),
    ],
    ids=["under way", "confirmed", "unseen", "settled"],
)
def test_a_snapshot_stands_in_for_a_read_once_it_must_show_what_we_sent(
    thrifty, time, after, state, is_enough
):
    change = thrifty.ask(WAREHOUSE, "name", "New")
    thrifty.deliver()
    change.refresh_from_db()
    changes.move(change, state, Event.VERIFIED)
    asked = change.accepted_at + timedelta(seconds=after)
    Campaign.objects.update(read_at=None, listed_at=asked)
    time.advance(60)

    with opened(Connection.objects.get()) as link:
        campaign = thrifty.campaign(WAREHOUSE)
        assert stands_in(link, campaign, change) is is_enough


def test_a_snapshot_stands_in_for_no_read_while_an_outcome_is_unknown(thrifty, time):
    thrifty.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    change = thrifty.ask(WAREHOUSE, "name", "New")
    thrifty.deliver()
    assert fields(change) == {"name": State.UNKNOWN}
    deadline = change.attempts.get(kind="patch").deadline
    time.advance(120)

    with opened(Connection.objects.get()) as link:
        for after, is_enough in ((20, False), (31, True)):
            asked = deadline + timedelta(seconds=after)
            Campaign.objects.update(read_at=None, listed_at=asked)
            campaign = thrifty.campaign(WAREHOUSE)
            assert stands_in(link, campaign, change) is is_enough
