"""The breaker: a platform that keeps failing is left alone, then asked one question."""

import pytest

from campaigns.delivery import rates
from campaigns.lifecycle import State
from campaigns.models import Attempt, Connection
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"
NAMES = ("ee4d641cab17b22c", "3141592653589793")
TTR = "a4c0b1d2e3f5"


def failing(road, status=None):
    broken = {"refuse": {"status": status}} if status else {"lost": "before"}
    road.sandbox.script({"match": {}, "do": broken, "times": 0})


def is_open():
    return rates.is_on_trial(Connection.objects.get())


@pytest.mark.parametrize("status", [None, 500, 503])
def test_failures_of_the_platform_open_it(here, time, status):
    microworkers = here("microworkers")
    microworkers.ask(TTR, "ttr", "9")
    failing(microworkers, status)

    microworkers.let_pass(time, 60)

    assert is_open()


@pytest.mark.parametrize("status", [400, 404, 422, 429])
def test_refusals_never_open_it(here, time, status):
    microworkers = here("microworkers")
    failing(microworkers, status)

    for number in range(7):
        microworkers.ask(TTR, "ttr", str(number + 10), key=str(number))
        microworkers.let_pass(time, 5)

    assert not is_open()


def test_while_it_is_open_the_platform_is_left_alone(here, time):
    microworkers = here("microworkers")
    change = microworkers.ask(TTR, "ttr", "9")
    failing(microworkers)
    microworkers.let_pass(time, 3600)
    seen = len(microworkers.requests())

    microworkers.let_pass(time, 3600)

    assert fields(change) == {"ttr": State.WAITING}
    assert len(microworkers.requests()) - seen <= 13  # one in five minutes


def test_one_read_decides_whether_sending_goes_on(here, time):
    microworkers = here("microworkers")
    microworkers.ask(TTR, "ttr", "9")
    failing(microworkers)
    microworkers.let_pass(time, 120)
    seen = len(microworkers.requests())

    microworkers.let_pass(time, 300)

    tried = {e["method"] for e in microworkers.requests()[seen:]}
    assert tried == {"GET"}
    assert microworkers.patches() == []


def test_it_closes_when_the_platform_answers_and_everything_goes_out(here, time):
    microworkers = here("microworkers")
    change = microworkers.ask(TTR, "ttr", "9")
    failing(microworkers)
    microworkers.let_pass(time, 600)

    microworkers.sandbox.clear()
    microworkers.let_pass(time, 400)

    assert fields(change) == {"ttr": State.CONFIRMED}
    assert not is_open()


def test_a_good_list_closes_it_too(here, time):
    microworkers = here("microworkers")
    Connection.objects.update(failures=4)

    microworkers.sync()

    assert Connection.objects.get().failures == 0


def test_an_outage_of_hours_ends_nothing_as_failed(here, time):
    microworkers = here("microworkers")
    change = microworkers.ask(TTR, "ttr", "9")
    failing(microworkers)

    microworkers.let_pass(time, 2 * 3600)
    microworkers.sandbox.clear()
    microworkers.let_pass(time, 400)

    assert fields(change) == {"ttr": State.CONFIRMED}
    assert Attempt.objects.filter(kind="patch").count() == 1


def test_a_broken_connection_does_not_slow_another(here, time):
    broken, sound = here("microworkers"), here("indeed")
    broken.ask(TTR, "ttr", "9")
    failing(broken)
    broken.let_pass(time, 120)

    change = sound.ask(WAREHOUSE, "name", "At once")
    sound.let_pass(time, 2)

    assert fields(change) == {"name": State.CONFIRMED}
