"""What no longer fits together when a change is compared is for a person to see."""

import pytest

from campaigns.lifecycle import State
from campaigns.models import Connection
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"
TTR = "a4c0b1d2e3f5"


@pytest.fixture
def indeed(here):
    return here("indeed", report_jobs=True)


def says(change, path):
    return change.fields.get(field=path).advice


def test_what_would_now_change_more_than_was_reviewed_clashes(indeed):
    change = indeed.ask(WAREHOUSE, "jobsToInclude", "ALL")
    indeed.sandbox.edit(WAREHOUSE, {"jobsTitle": "Picker"})

    indeed.deliver()

    assert set(fields(change).values()) == {State.CLASH}
    more = "Sending this now would also change Job title."
    assert says(change, "jobsToInclude") == more
    assert indeed.patches() == []


def test_what_would_now_change_another_value_than_was_reviewed_clashes(indeed):
    change = indeed.ask(WAREHOUSE, "jobsToInclude", "ALL")
    indeed.sandbox.edit(WAREHOUSE, {"jobsQuery": "title:clerk"})

    indeed.deliver()

    assert set(fields(change).values()) == {State.CLASH}
    other = "It would change Search, which is no longer what you saw."
    assert says(change, "jobsToInclude") == other
    assert change.fields.get(field="jobsQuery").found_text == "title:clerk"
    assert indeed.patches() == []


def test_what_breaks_a_rule_by_now_clashes(indeed):
    change = indeed.ask(WAREHOUSE, "jobsLocationRadius", "50")
    indeed.sandbox.edit(WAREHOUSE, {"jobsQuery": None, "jobsLocation": None})

    indeed.deliver()

    assert fields(change) == {"jobsLocationRadius": State.CLASH}
    now = "The campaign has changed since: "
    assert says(change, "jobsLocationRadius").startswith(now)
    assert len(says(change, "jobsLocationRadius")) > len(now)
    assert indeed.patches() == []


@pytest.mark.parametrize("moved", ["name", "trackingToken"])
def test_whichever_field_somebody_changed_stays_behind_and_the_other_goes(
    indeed, moved
):
    indeed.edit(WAREHOUSE, "name", "Mine")
    indeed.edit(WAREHOUSE, "trackingToken", "mine")
    change = indeed.send().changes.get()
    indeed.sandbox.edit(WAREHOUSE, {moved: "theirs"})

    indeed.deliver()

    assert fields(change.split_off.get()) == {moved: State.CLASH}
    assert set(fields(change).values()) == {State.CONFIRMED}
    assert moved not in indeed.patches()[0]["body"]
    assert len(indeed.patches()) == 1


def test_a_field_that_clashes_already_hides_no_other(indeed):
    indeed.ask(WAREHOUSE, "name", "Registered nurses, St. Mary's Hospital")
    indeed.edit(WAREHOUSE, "name", "Mine")
    indeed.edit(WAREHOUSE, "trackingToken", "mine")
    change = indeed.send(key="both").changes.get()
    indeed.sandbox.edit(WAREHOUSE, {"trackingToken": "theirs"})

    indeed.deliver()

    assert fields(change) == {"name": State.CLASH, "trackingToken": State.CLASH}
    assert indeed.sandbox.document(WAREHOUSE)["trackingToken"] == "theirs"
    assert len(indeed.patches()) == 1


def test_what_is_there_already_is_left_out_of_the_request(indeed):
    indeed.edit(WAREHOUSE, "name", "Mine")
    indeed.edit(WAREHOUSE, "trackingToken", "same")
    change = indeed.send().changes.get()
    indeed.sandbox.edit(WAREHOUSE, {"trackingToken": "same"})

    indeed.deliver()

    assert fields(change) == {
        "name": State.CONFIRMED,
        "trackingToken": State.ALREADY_SO,
    }
    assert [one["body"] for one in indeed.patches()] == ['{"name":"Mine"}']


def test_a_lagging_read_of_the_value_to_go_back_to_is_not_believed(here, time):
    microworkers = here("microworkers")
    Connection.objects.update(settle_seconds=30)
    before = microworkers.sandbox.document(TTR)["ttr"]
    microworkers.ask(TTR, "ttr", "9")
    microworkers.let_pass(time, 2)
    back = microworkers.ask(TTR, "ttr", str(before))

    microworkers.sandbox.edit(TTR, {"ttr": before})  # as a replica that is behind
    microworkers.deliver()
    microworkers.sandbox.edit(TTR, {"ttr": 9})
    microworkers.let_pass(time, 100)

    assert fields(back) == {"ttr": State.CONFIRMED}
    assert microworkers.sandbox.document(TTR)["ttr"] == before
