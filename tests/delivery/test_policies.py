"""What is read, and when, under each read policy of a connection."""

from datetime import timedelta

import pytest

from campaigns import changes
from campaigns.lifecycle import State
from campaigns.models import Campaign, Connection
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"
COST = "3141592653589793"
TTR = "a4c0b1d2e3f5"
PATCH = {"method": "PATCH"}
QUARTER = 900


def with_policy(road, policy, settle=30):
    Connection.objects.update(
        read_policy=policy,
        settle_seconds=settle,
        sync_every_seconds=10**6,
        sync_due_at=None,
    )
    road.before = len(road.requests())
    return road


@pytest.fixture
def indeed(here):
    return here("indeed")


@pytest.fixture
def thrifty(indeed):
    return with_policy(indeed, "thrifty")


@pytest.fixture
def blind(indeed):
    return with_policy(indeed, "blind")


def since(road):
    """Method and kind of address of what was asked for since the policy was set."""
    asked = road.requests()[road.before :]
    return [(e["method"], "one" if e["campaign"] else "list") for e in asked]


def read_now(road, remote_id):
    campaign = road.campaign(remote_id)
    campaign.read_due_at = campaign.created_at
    campaign.save(update_fields=["read_due_at"])
    road.sync()
    Connection.objects.update(sync_due_at=None)
    road.before = len(road.requests())


def test_careful_reads_before_and_after_each_send(indeed, time):
    with_policy(indeed, "careful", settle=0)
    change = indeed.ask(WAREHOUSE, "name", "Renamed")

    indeed.let_pass(time, 60)

    assert fields(change) == {"name": State.CONFIRMED}
    assert since(indeed) == [("GET", "one"), ("PATCH", "one"), ("GET", "one")]


def test_thrifty_trusts_a_young_snapshot_and_confirms_by_one_list(thrifty, time):
    change = thrifty.ask(WAREHOUSE, "name", "Renamed")

    thrifty.let_pass(time, 100)

    assert fields(change) == {"name": State.CONFIRMED}
    assert since(thrifty) == [("PATCH", "one"), ("GET", "list")]


def test_thrifty_confirms_many_changes_by_the_same_list(thrifty, time):
    for remote_id in (WAREHOUSE, COST):
        thrifty.ask(remote_id, "name", f"Renamed {remote_id}", key=remote_id)

    thrifty.let_pass(time, 100)

    assert since(thrifty).count(("GET", "list")) == 1
    assert ("GET", "one") not in since(thrifty)


def test_thrifty_does_not_take_a_list_from_before_the_send_for_proof(thrifty, time):
    change = thrifty.ask(WAREHOUSE, "name", "Renamed")

    thrifty.let_pass(time, 20)

    assert fields(change) == {"name": State.ACCEPTED}


def test_thrifty_waits_for_the_list_that_is_planned(thrifty, time):
    Connection.objects.update(sync_due_at=time.at + timedelta(hours=6))
    change = thrifty.ask(WAREHOUSE, "name", "Renamed")

    thrifty.let_pass(time, 3600)

    assert fields(change) == {"name": State.ACCEPTED}
    assert since(thrifty) == [("PATCH", "one")]


def test_thrifty_asks_for_the_list_sooner_when_a_later_edit_waits_for_it(thrifty, time):
    Connection.objects.update(sync_due_at=time.at + timedelta(hours=6))
    first = thrifty.ask(WAREHOUSE, "name", "First")
    thrifty.let_pass(time, 5)
    second = thrifty.ask(WAREHOUSE, "name", "Second")

    thrifty.let_pass(time, 90)

    assert fields(first) == {"name": State.CONFIRMED}
    assert fields(second) == {"name": State.ACCEPTED}
    assert thrifty.sandbox.document(WAREHOUSE)["name"] == "Second"


def test_thrifty_waits_for_the_planned_list_when_the_later_edit_was_withdrawn(
    thrifty, time
):
    Connection.objects.update(sync_due_at=time.at + timedelta(hours=6))
    thrifty.ask(WAREHOUSE, "name", "First")
    thrifty.let_pass(time, 5)
    second = thrifty.ask(WAREHOUSE, "name", "Second")
    changes.cancel(second, thrifty.person)

    thrifty.let_pass(time, 200)

    assert since(thrifty) == [("PATCH", "one")]


def test_a_list_confirms_at_once_what_it_shows(thrifty, time):
    Connection.objects.update(sync_due_at=time.at + timedelta(hours=6))
    change = thrifty.ask(WAREHOUSE, "name", "Renamed")
    thrifty.let_pass(time, 300)

    thrifty.sync()
    thrifty.deliver()

    assert fields(change) == {"name": State.CONFIRMED}


def test_thrifty_reads_first_when_the_snapshot_is_old(thrifty, time):
    change = thrifty.ask(WAREHOUSE, "name", "Renamed")
    time.advance(QUARTER + 60)
    thrifty.sandbox.edit(WAREHOUSE, {"name": "Theirs"})

    thrifty.let_pass(time, 60)

    assert fields(change) == {"name": State.CLASH}
    assert since(thrifty) == [("GET", "one")]


def test_thrifty_trusts_a_young_list_for_what_lists_show_and_for_nothing_else(
    indeed, time
):
    read_now(indeed, COST)
    with_policy(indeed, "thrifty")
    Campaign.objects.update(read_at=time.at - timedelta(days=1), listed_at=time.at)
    indeed.ask(WAREHOUSE, "name", "Renamed")
    indeed.ask(COST, "objective.target", "12.50")

    indeed.let_pass(time, 10)

    asked = [(e["method"], e["campaign"]) for e in indeed.requests()[indeed.before :]]
    assert sorted(asked) == [("GET", COST), ("PATCH", COST), ("PATCH", WAREHOUSE)]


def test_thrifty_reads_an_objective_once_after_the_settle_time(indeed, time):
    read_now(indeed, COST)
    with_policy(indeed, "thrifty")
    change = indeed.ask(COST, "objective.target", "12.50")
    indeed.let_pass(time, 25)
    assert since(indeed) == [("PATCH", "one")]

    indeed.let_pass(time, 60)

    assert fields(change)["objective.target"] == State.CONFIRMED
    assert since(indeed) == [("PATCH", "one"), ("GET", "one")]


def test_thrifty_reads_nothing_for_what_is_never_reported(here, time):
    thrifty = with_policy(here("microworkers"), "thrifty")
    change = thrifty.ask(TTR, "autoRefillPositions", "on")

    thrifty.let_pass(time, 200)

    assert fields(change) == {"autoRefillPositions": State.UNCONFIRMABLE}
    assert ("GET", "list") not in since(thrifty)
    assert since(thrifty).count(("PATCH", "one")) == 1


def test_thrifty_trusts_no_snapshot_from_before_our_last_send_of_a_field(here, time):
    road = here("microworkers")
    read_now(road, TTR)
    thrifty = with_policy(road, "thrifty")
    gone = {"match": {"method": "GET"}, "do": {"refuse": {"status": 404}}}
    thrifty.sandbox.script(gone)
    first = thrifty.ask(TTR, "ttr", "9")
    thrifty.let_pass(time, 40)
    assert fields(first) == {"ttr": State.DIFFERENT}

    second = thrifty.ask(TTR, "ttr", "10", key="second")
    thrifty.let_pass(time, 60)

    field = second.fields.get()
    assert (field.seen, field.state, field.found) == ("7", State.CLASH, "9")
    assert since(thrifty)[-1] == ("GET", "one")


def test_thrifty_trusts_a_snapshot_from_before_a_send_that_was_refused(here, time):
    road = here("microworkers")
    read_now(road, TTR)
    thrifty = with_policy(road, "thrifty")
    thrifty.sandbox.script({"match": PATCH, "do": {"refuse": {"status": 400}}})
    first = thrifty.ask(TTR, "ttr", "9")
    thrifty.let_pass(time, 40)
    assert fields(first) == {"ttr": State.REJECTED}

    thrifty.ask(TTR, "ttr", "10", key="second")
    thrifty.let_pass(time, 5)

    assert since(thrifty) == [("PATCH", "one"), ("PATCH", "one")]


def test_thrifty_settles_an_unknown_by_a_read_all_the_same(thrifty, time):
    thrifty.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    change = thrifty.ask(WAREHOUSE, "name", "Renamed")

    thrifty.let_pass(time, 70)

    assert fields(change) == {"name": State.CONFIRMED}
    assert since(thrifty)[:2] == [("PATCH", "one"), ("GET", "one")]


def test_blind_reads_nothing_and_confirms_nothing(blind, time):
    change = blind.ask(WAREHOUSE, "name", "Renamed")

    blind.let_pass(time, 4000)

    assert fields(change) == {"name": State.UNCONFIRMABLE}
    assert since(blind) == [("PATCH", "one")]


def test_blind_hands_an_unknown_to_a_person(blind, time):
    blind.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    change = blind.ask(WAREHOUSE, "name", "Renamed")

    blind.let_pass(time, 4000)

    assert fields(change) == {"name": State.UNKNOWN}
    assert change.waits_for_person
    assert since(blind) == [("PATCH", "one")]


def test_the_clock_never_lists_a_blind_connection(blind, time):
    Connection.objects.update(sync_every_seconds=600)
    blind.sync()

    time.advance(6000)
    blind.let_pass(time, 10)

    assert since(blind) == [("GET", "list")]
