"""What was held and released again never undoes what came after it."""

from campaigns import changes, connections
from campaigns.lifecycle import State
from campaigns.models import Change, Connection
from tests.delivery.conftest import fields

TTR = "a4c0b1d2e3f5"
WAREHOUSE = "ee4d641cab17b22c"
FORBIDDEN = {"status": 403, "body": {"title": "AccessDenied", "status": 403}}


def test_a_released_change_is_not_sent_over_a_later_one_that_no_read_can_show(road):
    desk = road("microworkers")
    desk.sync()
    desk.sandbox.script({"match": {"method": "PATCH"}, "do": {"refuse": FORBIDDEN}})
    held = desk.ask(TTR, "autoRefillPositions", "on")
    desk.deliver()
    later = desk.ask(TTR, "autoRefillPositions", "off")
    desk.deliver()
    connections.hold(desk.connection, None, "Looking into it")
    connections.release(desk.connection, None)

    desk.deliver()

    assert fields(later) == {"autoRefillPositions": State.UNCONFIRMABLE}
    assert fields(held) == {"autoRefillPositions": State.CLASH}
    assert len(desk.patches()) == 2


def test_nor_over_a_later_one_of_which_nobody_knows_whether_it_arrived(here, time):
    desk = here("microworkers")
    desk.sandbox.script(
        {"match": {"method": "PATCH"}, "do": {"refuse": FORBIDDEN}},
        {"match": {"method": "PATCH"}, "do": {"lost": "after"}},
    )
    held = desk.ask(TTR, "autoRefillPositions", "on")
    desk.deliver()
    later = desk.ask(TTR, "autoRefillPositions", "off")
    desk.let_pass(time, 90)
    assert fields(later) == {"autoRefillPositions": State.UNKNOWN}

    changes.send_again(Change.objects.get(pk=held.pk), desk.person)
    desk.let_pass(time, 90)

    assert fields(held) == {"autoRefillPositions": State.CLASH}
    assert len(desk.patches()) == 2


def asked_to_wait(road, seconds):
    refuse = {"status": 429, "headers": {"Retry-After": str(seconds)}}
    road.sandbox.script({"match": {"method": "PATCH"}, "do": {"refuse": refuse}})


def test_a_release_does_not_end_the_silence_that_the_platform_asked_for(here, time):
    microworkers = here("microworkers")
    asked_to_wait(microworkers, 90)
    change = microworkers.ask(TTR, "ttr", "9")
    microworkers.deliver()
    connections.hold(microworkers.connection, microworkers.person, "Looking into it")
    connections.release(microworkers.connection, microworkers.person)
    seen = len(microworkers.requests())

    microworkers.let_pass(time, 60)
    assert len(microworkers.requests()) == seen

    microworkers.let_pass(time, 60)
    assert fields(change) == {"ttr": State.CONFIRMED}


def test_a_person_may_release_what_was_asked_to_wait_for_hours(here, time):
    microworkers = here("microworkers")
    asked_to_wait(microworkers, 48 * 3600)
    change = microworkers.ask(TTR, "ttr", "9")
    microworkers.deliver()
    assert fields(change) == {"ttr": State.HELD}

    connections.release(microworkers.connection, microworkers.person)
    microworkers.deliver()

    assert fields(change) == {"ttr": State.CONFIRMED}


def test_what_is_sent_again_after_a_younger_one_asks_what_is_wanted(here, time):
    indeed = here("indeed")
    Connection.objects.update(settle_seconds=30)
    before = indeed.campaign(WAREHOUSE).name
    refused = {"status": 403, "body": {"errors": [{"message": "No."}]}}
    indeed.sandbox.script(
        {"match": {"method": "PATCH"}, "do": {"lost": "before"}},
        {"match": {"method": "GET", "nth": 2}, "do": {"refuse": refused}},
    )
    first = indeed.ask(WAREHOUSE, "name", "First")
    indeed.let_pass(time, 90)
    assert fields(first) == {"name": State.UNKNOWN} and first.waits_for_person
    assert indeed.ask(WAREHOUSE, "name", "Second") and indeed.deliver()
    back = indeed.ask(WAREHOUSE, "name", before)
    indeed.let_pass(time, 90)
    assert fields(back) == {"name": State.CONFIRMED}

    sent = len(indeed.patches())
    changes.send_again(Change.objects.get(pk=first.pk), indeed.person)
    indeed.let_pass(time, 120)

    assert indeed.sandbox.document(WAREHOUSE)["name"] == before
    assert fields(first) == {"name": State.CLASH}
    assert len(indeed.patches()) == sent
