"""The pace of a connection: bursts, a reserve for people, slower when asked, never
before the time that the platform named."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime

import pytest
from django.db import connection as database

from campaigns import clock
from campaigns.delivery import rates
from campaigns.delivery.rates import Busy
from campaigns.gateway.contract import Exchange, Unavailable
from campaigns.lifecycle import State
from campaigns.models import Campaign, Connection, Lane
from tests.delivery.conftest import fields
from tests.factories import ConnectionFactory

WAREHOUSE = "ee4d641cab17b22c"
COST = "3141592653589793"
PATCH = {"method": "PATCH"}


@pytest.fixture
def slow(db):
    """A connection that may be called once a second."""
    return ConnectionFactory(calls_per_minute=60)


def calls_in(time, connection, seconds):
    """Call as fast as the pace allows; how many calls that were."""
    end, calls = time.at + timedelta(seconds=seconds), 0
    while time.at < end:
        try:
            rates.take(connection.pk, 1, is_urgent=True)
            calls += 1
        except Busy as busy:
            time.at = busy.until
    return calls


def slowed(retry_after=None):
    said = Exchange("PATCH", "http://127.0.0.1:9", "", 429, "", clock.now(), 0.1)
    return Unavailable("Slower, please.", exchange=said, retry_after=retry_after)


def test_a_burst_may_follow_at_once_and_then_the_pace_is_kept(slow, time):
    assert calls_in(time, slow, 0.5) == 6
    assert calls_in(time, slow, 60) == pytest.approx(60, abs=1)


def test_looking_leaves_a_reserve_for_the_edits_of_people(slow, time):
    assert sum(taken(slow, is_urgent=False) for _ in range(9)) == 4
    assert sum(taken(slow) for _ in range(9)) == 2


def test_several_workers_together_keep_the_pace_of_one(transactional_db):
    slow = ConnectionFactory(calls_per_minute=1)
    gate = threading.Barrier(4)

    def call(_):
        gate.wait(10)
        try:
            return sum(taken(slow) for _ in range(6))
        finally:
            database.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(call, range(4))) == 6


def taken(connection, is_urgent=True):
    try:
        rates.take(connection.pk, 1, is_urgent=is_urgent)
    except Busy:
        return 0
    return 1


def test_too_many_requests_halve_the_pace(slow, time):
    calls_in(time, slow, 60)

    rates.learn(slow, slowed())

    assert calls_in(time, slow, 60) == pytest.approx(30 + 5, abs=2)


def test_each_further_one_halves_it_again(slow, time):
    rates.learn(slow, slowed())
    rates.learn(slow, slowed())

    assert Connection.objects.get().pace_ms == 4000


def test_the_pace_never_falls_below_a_call_a_minute(slow, time):
    for _ in range(12):
        rates.learn(slow, slowed())

    assert Connection.objects.get().pace_ms == 60_000


def test_good_answers_bring_the_pace_back(slow, time):
    rates.learn(slow, slowed())

    for _ in range(100):
        rates.learn(slow, None)

    assert Connection.objects.get().pace_ms == 0


def booked(since):
    """How many calls of one second each were booked since then."""
    until = Connection.objects.get().paced_until
    return round((until - since).total_seconds())


@pytest.fixture
def paced(here):
    made = here("indeed")
    Connection.objects.update(calls_per_minute=60, paced_until=None)
    return made


def test_an_edit_books_the_calls_that_it_makes(paced, time):
    change = paced.ask(WAREHOUSE, "name", "Counted")
    before, seen = time.at, len(paced.requests())

    paced.deliver()

    assert fields(change) == {"name": State.CONFIRMED}
    assert booked(before) == len(paced.requests()) - seen == 3


def test_a_thrifty_edit_books_the_read_before_it_too(paced, time):
    Connection.objects.update(read_policy="thrifty")
    change = paced.ask(WAREHOUSE, "name", "Counted")
    time.advance(901)
    before, seen = time.at, len(paced.requests())

    paced.deliver()

    kinds = list(change.attempts.values_list("kind", flat=True))
    assert kinds == ["compare", "patch"]
    assert booked(before) == len(paced.requests()) - seen == 2


def test_a_read_first_and_its_send_are_booked_in_one_go(paced, time):
    Connection.objects.update(
        read_policy="thrifty", paced_until=time.at + timedelta(seconds=4.5)
    )
    paced.ask(WAREHOUSE, "name", "Counted")
    Campaign.objects.update(read_at=None, listed_at=None)
    seen = len(paced.requests())

    paced.deliver()

    assert len(paced.requests()) == seen


def test_no_intent_is_written_once_the_platform_asked_for_silence(
    paced, time, monkeypatch
):
    change = paced.ask(WAREHOUSE, "name", "Just asked")
    later = time.at + timedelta(seconds=60)
    real = rates.check_quiet

    def asked_meanwhile(connection):
        if change.attempts.exists():
            Connection.objects.update(quiet_until=later)
            connection.refresh_from_db()
        real(connection)

    monkeypatch.setattr(rates, "check_quiet", asked_meanwhile)
    paced.deliver()

    assert fields(change) == {"name": State.WAITING}
    assert [attempt.kind for attempt in change.attempts.all()] == ["compare"]
    assert Lane.objects.get(campaign=change.campaign).due_at >= later


@pytest.mark.parametrize("policy", ["thrifty", "blind"])
def test_what_asks_nobody_books_nothing(paced, time, policy):
    tomorrow = time.at + timedelta(days=1)
    Connection.objects.update(read_policy=policy, sync_due_at=tomorrow)
    paced.ask(WAREHOUSE, "name", "Counted")
    before, seen = time.at, len(paced.requests())

    for _ in range(5):
        paced.wake()
        paced.deliver()

    assert booked(before) == len(paced.requests()) - seen == 1


def test_a_list_books_a_call_a_page_and_one_for_the_page_that_might_follow(paced, time):
    paced.connection.campaigns.update(read_at=time.at)
    before, seen = time.at, len(paced.requests())

    paced.sync()

    assert booked(before) == len(paced.requests()) - seen + 1


def test_a_list_waits_for_its_turn(road):
    indeed = road("indeed")
    soon = clock.now() + timedelta(seconds=1)
    Connection.objects.update(calls_per_minute=600, paced_until=soon)

    indeed.sync()

    synced = Connection.objects.get().synced_at
    assert synced >= soon - timedelta(seconds=0.4)  # the burst that may go before
    assert indeed.requests()


# --- Retry-After --------------------------------------------------------------------


def refusing(sandbox, retry_after, match, status=429):
    headers = {"Retry-After": retry_after} if retry_after else {}
    refuse = {"status": status, "headers": headers}
    sandbox.script({"match": match, "do": {"refuse": refuse}})


def as_date(time, seconds):
    return format_datetime(time.at + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("method", ["PATCH", "GET"])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_obeyed_and_never_early(here, time, method, form):
    indeed = here("indeed")
    change = indeed.ask(WAREHOUSE, "name", "Later")
    asked = "120" if form == "seconds" else as_date(time, 120)
    refusing(indeed.sandbox, asked, {"method": method, "campaign": WAREHOUSE})
    indeed.let_pass(time, 1)
    seen = len(indeed.requests())

    indeed.let_pass(time, 117)
    assert len(indeed.requests()) == seen

    indeed.let_pass(time, 400)
    assert fields(change) == {"name": State.CONFIRMED}


def test_retry_after_speaks_for_every_campaign_of_the_connection(here, time):
    indeed = here("indeed")
    indeed.ask(WAREHOUSE, "name", "Later")
    refusing(indeed.sandbox, "120", PATCH)
    indeed.let_pass(time, 1)
    seen = len(indeed.requests())

    other = indeed.ask(COST, "name", "Later, too")
    indeed.let_pass(time, 115)

    assert len(indeed.requests()) == seen
    indeed.let_pass(time, 400)
    assert fields(other) == {"name": State.CONFIRMED}


def test_the_read_after_a_send_waits_as_long_as_asked(here, time):
    indeed = here("indeed")
    change = indeed.ask(WAREHOUSE, "name", "Later")
    refusing(indeed.sandbox, "120", {"method": "GET", "nth": 2})
    indeed.let_pass(time, 1)
    seen = len(indeed.requests())
    assert fields(change) == {"name": State.ACCEPTED}

    indeed.let_pass(time, 117)

    assert len(indeed.requests()) == seen


def test_a_lost_answer_that_names_a_time_is_not_looked_for_earlier(here, time):
    indeed = here("indeed")
    change = indeed.ask(WAREHOUSE, "name", "Later")
    refusing(indeed.sandbox, "300", PATCH, status=503)
    indeed.let_pass(time, 1)
    seen = len(indeed.requests())
    assert fields(change) == {"name": State.UNKNOWN}

    indeed.let_pass(time, 297)

    assert len(indeed.requests()) == seen


def test_the_list_waits_as_long_as_asked(here, time):
    indeed = here("indeed")
    refusing(indeed.sandbox, "300", {"method": "GET"})
    Connection.objects.update(sync_due_at=time.at)
    indeed.let_pass(time, 1)
    seen = len(indeed.requests())

    indeed.let_pass(time, 297)

    assert len(indeed.requests()) == seen


@pytest.mark.parametrize("asked", [None, "soon", "-5"])
def test_without_a_readable_time_it_is_tried_again_soon(here, time, asked):
    indeed = here("indeed")
    change = indeed.ask(WAREHOUSE, "name", "Later")
    refusing(indeed.sandbox, asked, PATCH)

    indeed.let_pass(time, 60)

    assert fields(change) == {"name": State.CONFIRMED}


@pytest.mark.parametrize("asked", ["86400", "99999999999999999999"])
def test_an_absurd_time_holds_the_connection_for_a_person(here, time, asked):
    indeed = here("indeed")
    change = indeed.ask(WAREHOUSE, "name", "Later")
    refusing(indeed.sandbox, asked, PATCH)

    indeed.let_pass(time, 5000)

    assert fields(change) == {"name": State.HELD}
    held = Connection.objects.get().held_reason
    assert ("wait 24 hours before" if asked == "86400" else "hours") in held
    assert len(indeed.patches()) == 1
