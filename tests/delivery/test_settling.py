"""After a send: what is read when, what is not trusted yet, who decides in the end."""

import pytest

from campaigns.delivery.syncing import sync
from campaigns.lifecycle import State
from campaigns.models import Attempt, Connection
from tests.delivery.conftest import die_after_intent, fields

WAREHOUSE = "ee4d641cab17b22c"
SURVEY = "b5f1c2d3e4a6"
TTR = "a4c0b1d2e3f5"
PATCH = {"method": "PATCH"}
LIMIT = "maximumJobLimit"


@pytest.fixture
def indeed(here):
    return here("indeed")


def settle(seconds):
    Connection.objects.update(settle_seconds=seconds)


def gone(road, remote_id):
    match = {"method": "GET", "campaign": remote_id}
    road.sandbox.script({"match": match, "do": {"refuse": {"status": 404}}, "times": 0})


def test_nothing_is_read_before_an_unknown_had_time_to_settle(indeed, time):
    settle(30)
    indeed.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    change = indeed.ask(WAREHOUSE, "name", "Perhaps")
    indeed.let_pass(time, 1)
    seen = len(indeed.requests())

    indeed.let_pass(time, 45)
    assert fields(change) == {"name": State.UNKNOWN}
    assert len(indeed.requests()) == seen

    indeed.let_pass(time, 15)
    assert fields(change) == {"name": State.CONFIRMED}


def test_an_unknown_holds_the_lane_until_it_is_settled(indeed, time):
    settle(30)
    indeed.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    indeed.ask(WAREHOUSE, "name", "First")
    second = indeed.ask(WAREHOUSE, "trackingToken", "spring")

    indeed.let_pass(time, 40)
    assert fields(second) == {"trackingToken": State.WAITING}

    indeed.let_pass(time, 20)
    assert fields(second) == {"trackingToken": State.CONFIRMED}


def test_an_unknown_that_became_something_else_is_different(indeed, time):
    indeed.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    change = indeed.ask(WAREHOUSE, "name", "Perhaps")
    indeed.let_pass(time, 1)
    indeed.sandbox.edit(WAREHOUSE, {"name": "Theirs"})

    indeed.let_pass(time, 60)

    assert fields(change) == {"name": State.DIFFERENT}
    assert change.waits_for_person


def test_an_unknown_on_a_campaign_that_is_gone_goes_to_a_person(indeed, time):
    indeed.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    change = indeed.ask(WAREHOUSE, "name", "Perhaps")
    indeed.let_pass(time, 1)
    gone(indeed, WAREHOUSE)

    indeed.let_pass(time, 300)

    assert fields(change) == {"name": State.UNKNOWN}
    assert change.waits_for_person


def test_an_accepted_change_on_a_campaign_that_is_gone_goes_to_a_person(indeed, time):
    change = indeed.ask(WAREHOUSE, "name", "Perhaps")
    match = {"method": "GET", "campaign": WAREHOUSE, "nth": 2}
    away = {"refuse": {"status": 404}}
    indeed.sandbox.script({"match": match, "do": away, "times": 0})

    indeed.let_pass(time, 300)

    assert fields(change) == {"name": State.DIFFERENT}
    assert change.waits_for_person


def test_credentials_refused_at_the_read_back_hold_the_connection(microworkers, time):
    microworkers.ask(TTR, "ttr", "9")
    refuse = {"refuse": {"status": 401, "body": {"title": "Unauthorized"}}}
    match = {"method": "GET", "nth": 2}
    microworkers.sandbox.script({"match": match, "do": refuse, "times": 0})

    microworkers.let_pass(time, 30)

    assert Connection.objects.get().is_held


def test_credentials_refused_at_the_list_hold_the_connection(microworkers, time):
    refuse = {"refuse": {"status": 401, "body": {"title": "Unauthorized"}}}
    microworkers.sandbox.script({"match": {}, "do": refuse, "times": 0})

    microworkers.sync()

    assert Connection.objects.get().is_held


def test_credentials_refused_at_a_single_read_hold_the_connection(indeed):
    match = {"method": "GET", "campaign": WAREHOUSE}
    indeed.sandbox.script(
        {"match": match, "do": {"refuse": {"status": 401}}, "times": 0}
    )
    mine = indeed.connection.campaigns.filter(remote_id=WAREHOUSE)
    mine.update(read_due_at=indeed.connection.created_at)

    sync(indeed.connection.pk)

    assert Connection.objects.get().is_held
    campaign = mine.get()
    assert campaign.read_due_at is None
    assert campaign.read_error


def test_a_change_that_still_shows_the_old_value_waits_then_is_different(indeed, time):
    settle(30)
    indeed.sandbox.script({"match": PATCH, "do": {"ignore": True}})
    change = indeed.ask(WAREHOUSE, "name", "Ignored")

    indeed.let_pass(time, 25)
    assert fields(change) == {"name": State.ACCEPTED}

    indeed.let_pass(time, 40)
    assert fields(change) == {"name": State.DIFFERENT}


def test_what_does_not_show_yet_is_looked_for_less_and_less_often(indeed, time):
    settle(200)
    indeed.sandbox.script({"match": PATCH, "do": {"ignore": True}})
    change = indeed.ask(WAREHOUSE, "name", "Ignored")

    indeed.let_pass(time, 130)

    change.refresh_from_db()
    looks = change.attempts.filter(kind="verify").values_list("started_at", flat=True)
    after = [round((at - change.accepted_at).total_seconds()) for at in looks]
    assert after == [0, 1, 2, 4, 8, 16, 32, 62, 92, 122]


def test_reading_our_own_older_value_means_wait_and_no_clash(indeed, time):
    settle(30)
    first = indeed.ask(WAREHOUSE, "name", "First")
    indeed.let_pass(time, 2)
    second = indeed.ask(WAREHOUSE, "name", "Second")
    old = indeed.sandbox.document(WAREHOUSE) | {"name": first.fields.get().seen_text}
    now = indeed.sandbox.document(WAREHOUSE)["name"]
    indeed.sandbox.edit(WAREHOUSE, {"name": old["name"]})  # a replica that lags behind

    indeed.let_pass(time, 10)
    assert fields(second) == {"name": State.WAITING}
    indeed.sandbox.edit(WAREHOUSE, {"name": now})
    indeed.let_pass(time, 10)

    assert fields(second) == {"name": State.CONFIRMED}


def test_a_sibling_in_the_same_object_is_never_sent_back_to_its_older_value(
    microworkers, time
):
    settle(30)
    microworkers.sandbox.script({"match": PATCH, "do": {"ignore": True}})
    microworkers.ask(SURVEY, f"{LIMIT}.limitPerDay", limit("55", "on"))
    microworkers.let_pass(time, 1)

    microworkers.ask(SURVEY, f"{LIMIT}.enabled", limit("55", "off"))
    microworkers.let_pass(time, 5)
    shown = {"enabled": True, "limitPerDay": 55}
    microworkers.sandbox.edit(SURVEY, {LIMIT: shown})  # reads show it now
    microworkers.let_pass(time, 90)

    bodies = [entry["body"] for entry in microworkers.patches()]
    assert len(bodies) == 2
    assert '"limitPerDay":55' in bodies[1]


def limit(number, switch):
    return {f"{LIMIT}.limitPerDay": number, f"{LIMIT}.enabled": switch}


def test_takeover_of_a_dead_worker_waits_for_its_deadline_and_the_settle_time(
    indeed, time
):
    settle(30)
    change = indeed.ask(WAREHOUSE, "name", "Orphan")
    die_after_intent(indeed)
    died_at = time.at

    indeed.let_pass(time, 140)

    assert fields(change) == {"name": State.CONFIRMED}
    first = Attempt.objects.filter(change=change, kind="verify").first()
    waited = (first.started_at - died_at).total_seconds()
    assert 22 + 30 <= waited <= 150


def test_what_was_already_so_stays_so_when_a_worker_dies(indeed, time):
    Connection.objects.update(settle_seconds=30)
    indeed.edit(WAREHOUSE, "name", "Mine")
    indeed.edit(WAREHOUSE, "trackingToken", "spring")
    change = indeed.send().changes.get()
    indeed.sandbox.edit(WAREHOUSE, {"trackingToken": "spring"})
    die_after_intent(indeed)

    indeed.let_pass(time, 300)

    assert fields(change) == {
        "name": State.CONFIRMED,
        "trackingToken": State.ALREADY_SO,
    }


def test_a_field_that_is_no_longer_reported_is_no_evidence(here, time):
    indeed = here("indeed", report_jobs=True)
    indeed.connection.campaigns.update(read_due_at=indeed.connection.created_at)
    for _ in range(3):
        indeed.sync()
    indeed.sandbox.script({"match": PATCH, "do": {"lost": "before"}})
    change = indeed.ask(WAREHOUSE, "jobsQuery", "title:picker")
    indeed.deliver()
    indeed.sandbox.configure(report_jobs=False)

    indeed.let_pass(time, 120)

    change.refresh_from_db()
    assert fields(change) == {"jobsQuery": State.UNKNOWN}
    assert change.waits_for_person
