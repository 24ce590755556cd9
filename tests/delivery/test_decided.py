"""A choice between theirs and mine is about the value that the page showed."""

import pytest

from campaigns.lifecycle import State
from campaigns.models import Change
from campaigns.planning.drafts import Stale
from tests.delivery.conftest import fields

TTR = "a4c0b1d2e3f5"
CHOICES = ({"choice": "theirs"}, {"choice": "mine"}, {"choice": "other", "value": "11"})


@pytest.fixture
def microworkers(here):
    made = here("microworkers")
    read_now(made)
    return made


def read_now(road):
    campaign = road.campaign(TTR)
    campaign.read_due_at = campaign.created_at
    campaign.save(update_fields=["read_due_at"])
    road.sync()


@pytest.fixture
def moved(microworkers, time):
    """A change of 7 to 9 that found 12; a later read of the campaign showed 20."""
    change = microworkers.ask(TTR, "ttr", "9")
    microworkers.sandbox.edit(TTR, {"ttr": 12})
    microworkers.let_pass(time, 5)
    microworkers.sandbox.edit(TTR, {"ttr": 20})
    read_now(microworkers)
    assert (fields(change), change.fields.get().found) == ({"ttr": State.CLASH}, "12")
    return change


@pytest.mark.parametrize("given", CHOICES, ids=lambda given: given["choice"])
def test_nothing_is_decided_about_a_value_that_was_not_shown(
    microworkers, time, moved, given
):
    with pytest.raises(Stale):
        microworkers.decide(moved, "ttr", seen="12", **given)
    microworkers.let_pass(time, 30)

    assert fields(moved) == {"ttr": State.CLASH}
    assert Change.objects.count() == 1
    assert microworkers.sandbox.document(TTR)["ttr"] == 20


def test_mine_goes_over_the_value_that_was_shown(microworkers, time, moved):
    sent = microworkers.decide(moved, "ttr", "mine", seen="20")
    microworkers.let_pass(time, 30)

    field = sent.changes.get().fields.get()
    assert (field.seen, field.state) == ("20", State.CONFIRMED)
    assert microworkers.sandbox.document(TTR)["ttr"] == 9


def test_mine_is_not_laid_over_what_came_after_the_page(microworkers, time, moved):
    microworkers.sandbox.edit(TTR, {"ttr": 25})

    sent = microworkers.decide(moved, "ttr", "mine", seen="20")
    microworkers.let_pass(time, 30)

    assert fields(sent.changes.get()) == {"ttr": State.CLASH}
    assert microworkers.sandbox.document(TTR)["ttr"] == 25


def test_a_different_is_decided_about_what_was_shown_as_well(microworkers, time):
    microworkers.sandbox.script({"match": {"method": "PATCH"}, "do": {"ignore": True}})
    change = microworkers.ask(TTR, "ttr", "9")
    microworkers.let_pass(time, 60)
    assert fields(change) == {"ttr": State.DIFFERENT}
    microworkers.sandbox.edit(TTR, {"ttr": 20})
    read_now(microworkers)

    with pytest.raises(Stale):
        microworkers.decide(change, "ttr", "mine", seen="7")

    assert fields(change) == {"ttr": State.DIFFERENT}
