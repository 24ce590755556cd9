"""What both platforms leave to us: comparing, and never repeating without evidence."""

import pytest

from campaigns.lifecycle import State
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"


@pytest.fixture
def indeed(road):
    made = road("indeed")
    made.sync()
    return made


def test_pitfall_54_nothing_is_sent_over_a_value_its_author_did_not_see(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Mine")
    indeed.sandbox.edit(WAREHOUSE, {"name": "Theirs"})

    indeed.deliver()

    assert fields(change) == {"name": State.CLASH}
    assert indeed.patches() == []


def test_pitfall_55_a_patch_without_answer_is_not_repeated_over_a_newer_value(indeed):
    indeed.sandbox.script({"match": {"method": "PATCH"}, "do": {"lost": "after"}})
    change = indeed.ask(WAREHOUSE, "name", "Mine")
    indeed.deliver()
    indeed.sandbox.edit(WAREHOUSE, {"name": "Theirs, later"})

    indeed.wake()
    indeed.deliver()

    assert fields(change) == {"name": State.DIFFERENT}
    assert indeed.sandbox.document(WAREHOUSE)["name"] == "Theirs, later"
    assert len(indeed.patches()) == 1
