"""What is told of what was Confirmed by its second compare."""

import pytest

from campaigns.lifecycle import State
from campaigns.models import Connection
from campaigns.planning import as_of, undo
from campaigns.planning.piles import Pile
from tests.delivery.conftest import fields
from tests.delivery.doubt.steps import (
    REFUSED,
    WAREHOUSE,
    fresh,
    lose,
    send_again,
)


@pytest.fixture
def telling(here):
    """Indeed, with its jobs told of by reads."""
    made = here("indeed", report_jobs=True)
    Connection.objects.update(settle_seconds=30, sync_every_seconds=10**6)
    return made


def test_what_is_live_is_told_of_what_was_confirmed_before_its_second_send(
    indeed, time
):
    lose(indeed, "before")
    match = {"method": "GET", "campaign": WAREHOUSE, "nth": 3}
    indeed.sandbox.script({"match": match, "do": {"rival": {"name": "Newer"}}})
    change = indeed.ask(WAREHOUSE, "name", "Newer")
    indeed.let_pass(time, 60)
    assert fields(change) == {"name": State.CONFIRMED}

    told = as_of.state_at(indeed.campaign(WAREHOUSE), ["name"], time.now())

    assert told["name"].value == '"Newer"'


def test_what_the_platform_did_beside_it_goes_back_as_well(telling, time):
    """ALL cleared a criterion; its answer was lost, and a person sent it again."""
    lose(telling, "after")
    match = {"method": "GET", "campaign": WAREHOUSE, "nth": 2}
    telling.sandbox.script({"match": match, "do": {"refuse": REFUSED}})
    change = telling.ask(WAREHOUSE, "jobsToInclude", "ALL")
    telling.let_pass(time, 90)
    assert set(fields(change).values()) == {State.UNKNOWN}
    send_again(telling, change)
    telling.let_pass(time, 60)
    states = fields(change)
    assert states["jobsToInclude"] == State.CONFIRMED

    made = undo.plan(telling.person, [fresh(change)])

    already = {line.row.field: line.because for line in made.on(Pile.ALREADY)}
    assert already == {}
    assert set(states.values()) == {State.CONFIRMED}
