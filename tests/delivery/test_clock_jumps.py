"""The clock of the machines jumps by two hours, and back: each edit arrives once, in
its order, and soon."""

import json
from datetime import timedelta

import pytest

from campaigns.delivery import poll
from campaigns.lifecycle import OPEN, State
from campaigns.models import Change, Connection, Lane
from tests.delivery.conftest import die_after_intent, fields

WAREHOUSE = "ee4d641cab17b22c"
JUMPS = [timedelta(hours=2), timedelta(hours=-2)]
SETTLE = 30
CLAIMS = 20
"""A lane that is claimed more often is claimed for nothing."""


@pytest.fixture
def indeed(here):
    made = here("indeed")
    Connection.objects.update(settle_seconds=SETTLE)
    return made


def plant(**do):
    def trouble(road):
        road.sandbox.script({"match": {"method": "PATCH"}, "do": do})
        road.deliver()

    return trouble


def throttled(road):
    refused = {"status": 429, "headers": {"Retry-After": "30"}}
    plant(refuse=refused)(road)


TROUBLES = {
    "saved and not served yet": lambda road: None,
    "sent and confirmed": lambda road: road.deliver(),
    "accepted, never shown": plant(ignore=True),
    "answer lost": plant(cut=10),
    "asked to wait": throttled,
    "its worker died": die_after_intent,
}
ENDS = dict.fromkeys(TROUBLES, State.CONFIRMED)
ENDS["accepted, never shown"] = State.DIFFERENT
LATER = {trouble: {State.CONFIRMED} for trouble in TROUBLES}
LATER["accepted, never shown"].add(State.CLASH)
"""What ended without effect at a moment still to come is taken for newer: ask."""


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("at", ["before", "meanwhile"])
def test_a_jump_there_and_back_loses_and_doubles_nothing(
    indeed, time, jump, trouble, at
):
    if at == "meanwhile":
        time.at += jump  # what is written now is two hours off when it is back
    change = indeed.ask(WAREHOUSE, "name", "First")
    TROUBLES[trouble](indeed)
    if at == "before":
        time.at += jump
        indeed.let_pass(time, 5)
    time.at -= jump

    indeed.let_pass(time, 120)
    assert fields(change) == {"name": ENDS[trouble]}

    later = indeed.ask(WAREHOUSE, "name", "Second")
    indeed.let_pass(time, 120)

    assert fields(later)["name"] in LATER[trouble]
    assert Lane.objects.get(campaign=change.campaign).fence < CLAIMS
    assert not Change.objects.filter(state__in=OPEN, waits_for_person=False).exists()
    names = {"First": fields(change), "Second": fields(later)}
    effects = [json.loads(e["body"])["name"] for e in indeed.patches() if e["effects"]]
    arrived = [name for name, one in names.items() if one["name"] == State.CONFIRMED]
    assert effects == arrived


def test_pollers_find_what_was_put_off_by_a_clock_that_was_ahead(indeed, time):
    time.at += timedelta(hours=2)
    indeed.ask(WAREHOUSE, "name", "First")
    time.at -= timedelta(hours=2)

    assert poll._delivering() == [indeed.connection.pk]


def test_what_was_accepted_by_a_clock_ahead_begins_to_settle_now(indeed, time):
    time.at += timedelta(hours=2)
    change = indeed.ask(WAREHOUSE, "name", "First")
    plant(ignore=True)(indeed)
    time.at -= timedelta(hours=2)

    indeed.let_pass(time, SETTLE - 5)
    assert fields(change) == {"name": State.ACCEPTED}
    indeed.let_pass(time, 40)
    assert fields(change) == {"name": State.DIFFERENT}


def test_a_watch_read_planned_by_a_clock_ahead_is_made(indeed, time):
    time.at += timedelta(hours=2)
    change = indeed.ask(WAREHOUSE, "name", "First")
    plant(cut=10)(indeed)
    indeed.let_pass(time, 60)
    change.refresh_from_db()
    planned = change.watch_at
    time.at -= timedelta(hours=2)

    indeed.let_pass(time, 30)

    change.refresh_from_db()
    assert planned > time.at and change.watch_at != planned


def test_watch_reads_planned_by_a_clock_ahead_are_made_apart(here, time):
    indeed = here("indeed")
    Connection.objects.update(settle_seconds=30)
    time.at += timedelta(hours=2)
    indeed.sandbox.script({"match": {"method": "PATCH"}, "do": {"cut": 10}})
    change = indeed.ask(WAREHOUSE, "name", "First")
    indeed.deliver()
    indeed.let_pass(time, 60)
    change.refresh_from_db()
    assert change.watch_at
    time.at -= timedelta(hours=2)

    indeed.let_pass(time, 30)

    change.refresh_from_db()
    assert change.watch_at is not None


def test_a_clash_is_told_though_our_last_send_was_dated_by_a_clock_ahead(here, time):
    indeed = here("indeed")
    Connection.objects.update(settle_seconds=30)
    before = indeed.sandbox.document(WAREHOUSE)["name"]
    time.at += timedelta(hours=2)
    indeed.ask(WAREHOUSE, "name", "First")
    indeed.deliver()
    time.at -= timedelta(hours=2)
    change = indeed.ask(WAREHOUSE, "name", "Second")
    rival = {"match": {"method": "GET"}, "do": {"rival": {"name": before}}}
    indeed.sandbox.script(rival)

    indeed.let_pass(time, 600)

    assert fields(change) == {"name": State.CLASH}
