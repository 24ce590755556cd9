"""Where nothing is read, what leaves is what was reviewed, built on what is known."""

import pytest

from campaigns import documents
from campaigns.lifecycle import State
from campaigns.models import Connection, FieldChange
from campaigns.planning import drafts, proposals
from tests.delivery.conftest import fields

COST = "3141592653589793"
TTR = "a4c0b1d2e3f5"
LIMIT = "maximumJobLimit.limitPerDay"
LIMIT_ON = "maximumJobLimit.enabled"
OBJECTS = {
    "daily limit": ("microworkers", TTR, {LIMIT: "55", LIMIT_ON: "on"}),
    "skip": (
        "microworkers",
        TTR,
        {"autoSkipTask.enabled": "on", "autoSkipTask.timeLimit": "1200"},
    ),
    "objective": ("indeed", COST, {"objective.target": "12.50"}),
}


@pytest.fixture
def blind(here):
    def build(platform):
        road = here(platform)
        road.connection.campaigns.update(read_due_at=road.connection.created_at)
        for _ in range(3):
            road.sync()
        Connection.objects.update(read_policy="blind", sync_due_at=None)
        return road

    return build


@pytest.fixture
def microworkers(blind):
    return blind("microworkers")


def reviewed(road):
    return [item.request for item in proposals.propose(road.person).items]


def sent(road):
    return [entry["body"] for entry in road.patches()]


def known(road):
    return documents.loads(road.campaign(TTR).document)


@pytest.mark.parametrize("case", OBJECTS.values(), ids=OBJECTS)
def test_the_body_that_is_sent_is_the_one_that_was_reviewed(blind, time, case):
    platform, remote_id, data = case
    road = blind(platform)
    assert road.edit(remote_id, list(data)[-1], data) == []
    assert road.edit(remote_id, next(iter(data)), data) == []
    shown = reviewed(road)

    change = road.send().changes.get()
    road.let_pass(time, 60)

    assert set(fields(change).values()) == {State.UNCONFIRMABLE}
    assert sent(road) == shown


def test_nothing_is_compared_where_nothing_is_read(microworkers, time):
    change = microworkers.ask(TTR, "ttr", "9")
    microworkers.sandbox.edit(TTR, {"ttr": 12})
    campaign = microworkers.campaign(TTR)
    campaign.document = campaign.document.replace('"ttr":7', '"ttr":9')
    campaign.save(update_fields=["document"])
    assert known(microworkers)["ttr"] == 9

    microworkers.let_pass(time, 60)

    assert fields(change) == {"ttr": State.UNCONFIRMABLE}
    assert sent(microworkers) == ['{"ttr":9}']


@pytest.mark.parametrize("pause", [0, 60], ids=["at once", "after its end"])
def test_an_object_is_sent_with_what_we_sent_of_it_before(microworkers, time, pause):
    microworkers.ask(TTR, LIMIT, {LIMIT: "55", LIMIT_ON: "on"})
    microworkers.let_pass(time, pause)
    off = {LIMIT: "55", LIMIT_ON: "off"}
    assert microworkers.edit(TTR, LIMIT_ON, off) == []
    shown = reviewed(microworkers)

    change = microworkers.send(key="off").changes.get()
    microworkers.let_pass(time, 60)

    assert fields(change) == {LIMIT_ON: State.UNCONFIRMABLE}
    assert sent(microworkers)[1:] == shown
    limit = documents.loads(shown[0])["maximumJobLimit"]
    assert (limit["enabled"], limit["limitPerDay"]) == (False, 55)


def test_a_value_goes_back_to_what_was_last_read(microworkers, time):
    microworkers.ask(TTR, "ttr", "9")
    microworkers.let_pass(time, 60)

    back = microworkers.ask(TTR, "ttr", "7")
    microworkers.let_pass(time, 60)

    assert (back.fields.get().seen, fields(back)) == ("9", {"ttr": State.UNCONFIRMABLE})
    assert sent(microworkers) == ['{"ttr":9}', '{"ttr":7}']


def test_of_what_was_sent_only_the_newest_of_each_field_is_looked_up(
    microworkers, time
):
    for ttr, group in (("9", "7a8d3c2be5f6"), ("10", "6f7c2b1ad4e5")):
        microworkers.ask(TTR, "ttr", ttr)
        microworkers.ask(TTR, "groupId", group)
        microworkers.let_pass(time, 60)

    sent = FieldChange.objects.sent_blind([microworkers.campaign(TTR)])

    assert [row.wanted for row in sent] == ["10", '"6f7c2b1ad4e5"']


def test_a_read_since_tells_more_than_what_was_sent(microworkers, time):
    microworkers.ask(TTR, "ttr", "9")
    microworkers.let_pass(time, 60)
    microworkers.sandbox.edit(TTR, {"ttr": 12})
    campaign = microworkers.campaign(TTR)
    campaign.read_due_at = campaign.created_at
    campaign.save(update_fields=["read_due_at"])
    microworkers.sync()

    desk = drafts.open_desk(microworkers.person, microworkers.campaign(TTR))

    assert desk.seen("ttr") == "12"
