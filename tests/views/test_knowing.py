"""What must be ticked or typed before Send: what is for good, or acts by itself."""

import pytest

from campaigns import clock
from campaigns.lifecycle import State
from campaigns.models import Change
from tests.asked import ask, edit
from tests.factories import CampaignFactory
from tests.views.conftest import HIRE_GROUP, INDEED
from tests.views.tab import Review, Tab, text, words

pytestmark = pytest.mark.django_db

QUEUE = """"notificationSettings": [{"type": "sqs", "notificationTypes": [],
    "url": "https://sqs.us-east-1.amazonaws.com/1/a"}]"""


def boxes(response):
    return [each.key for each in response.context["things"]]


@pytest.fixture
def plain(nurses):
    """The same campaign without an objective."""
    start, end = INDEED.index('"objective"'), INDEED.index('"CurrencyCode"')
    nurses.document = f'{INDEED[:start]}"objective": null, {INDEED[end:]}'
    nurses.save(update_fields=["document"])
    return nurses


def test_a_small_edit_asks_nothing(client, mara, nurses):
    Tab(client, nurses).keep("name", "Night nurses, ICU")

    review = Review(client)

    assert boxes(review.response) == []
    assert review.send(knows=[], typed="").status_code == 302


@pytest.mark.parametrize(
    "path", ["autoRateOkTask", "autoRateNokTask", "autoRefillPositions"]
)
def test_what_pays_or_spends_by_itself_is_ticked_first(client, mara, signs, path):
    Tab(client, signs).keep(path, "on")
    if path != "autoRefillPositions":
        Tab(client, signs).keep("successRate", "80")
    review = Review(client)
    assert boxes(review.response) == [path]

    refused = review.send(knows=[], title="Kept", reason="Also kept")

    assert refused.status_code == 422
    assert "Tick what you know first. Nothing was sent." in words(text(refused))
    assert 'value="Kept"' in text(refused) and "Also kept" in text(refused)
    assert Change.objects.count() == 0
    assert review.send().status_code == 302


@pytest.mark.parametrize("path", ["autoRateOkTask", "autoRefillPositions"])
def test_to_turn_it_off_asks_nothing(client, mara, signs, path):
    Tab(client, signs).keep(path, "off")

    assert boxes(Review(client).response) == []


def test_a_lasting_objective_is_ticked_first(client, mara, plain):
    Tab(client, plain).keep("objective.objectiveType", "BALANCE")
    review = Review(client)

    assert boxes(review.response) == ["objective.objectiveType"]
    assert review.send(knows=[]).status_code == 422
    assert review.send().status_code == 302


def test_fewer_jobs_where_nobody_can_see_which_are_ticked_first(client, mara, nurses):
    Tab(client, nurses).keep("jobsQuery", "title:nurse")

    assert boxes(Review(client).response) == ["jobsToInclude"]


def test_interviews_are_ticked_first(client, mara, nurses):
    nurses.document = INDEED.replace("TARGET_COST_PER_APPLICATION", "X").replace(
        '"X"', '"SCHEDULED_INTERVIEWS"'
    )
    nurses.save(update_fields=["document"])
    Tab(client, nurses).keep("objective.target", "20")

    assert boxes(Review(client).response) == ["objective.target"]


def test_no_queue_left_is_ticked_first(client, mara):
    document = HIRE_GROUP.replace('"notificationSettings": []', QUEUE)
    signs = CampaignFactory(document=document, read_at=clock.now())
    rows = {"notificationSettings.rows": "0"}
    Tab(client, signs).keep("notificationSettings", None, **rows)

    assert boxes(Review(client).response) == ["notificationSettings"]


def test_to_delete_the_word_is_typed(client, mara, nurses):
    Tab(client, nurses).keep("status", "DELETED")
    review = Review(client)
    assert [each.word for each in review.response.context["things"]] == ["DELETED"]

    for wrong in ("", "delete", "yes"):
        refused = review.send(typed=wrong)
        assert refused.status_code == 422
        assert "Type DELETED to delete. Nothing was sent." in words(text(refused))
    assert Change.objects.count() == 0

    assert review.send(typed=" deleted ").status_code == 302


def test_a_clash_is_no_way_around_it(client, mara, nurses):
    status = edit("status", '"ACTIVE"', '"PAUSED"', label="Status")
    change = ask(State.CLASH, campaign=nurses, person=mara, edits=[status])
    given = {"field": "status", "choice": "other", "seen": '"ACTIVE"'}

    refused = client.post(f"/changes/{change.pk}/decide", given | {"status": "DELETED"})

    assert refused.status_code == 422
    assert "asks for a tick or a word first" in words(text(refused))
    assert Change.objects.count() == 1


def test_a_second_click_needs_no_second_tick(client, mara, signs):
    Tab(client, signs).keep("autoRefillPositions", "on")
    review = Review(client)
    review.send()

    assert review.send(knows=[]).status_code == 302
    assert Change.objects.count() == 1


def test_what_was_ticked_stays_ticked_when_something_else_is_wrong(client, mara, signs):
    Tab(client, signs).keep("autoRefillPositions", "on")

    again = Review(client).send(digest="0" * 64)

    assert again.status_code == 422
    assert "checked" in text(again).split('name="knows"')[1].split(">")[0]
