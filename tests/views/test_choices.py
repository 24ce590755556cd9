"""A choice shows what is known now beside what was found, and posts what it showed."""

import pytest

from campaigns.lifecycle import State
from campaigns.models import Change
from tests.asked import ask, edit
from tests.factories import CampaignFactory
from tests.views.tab import found, text, words

pytestmark = pytest.mark.django_db
CHOICES = ({"choice": "theirs"}, {"choice": "mine"}, {"choice": "other", "ttr": "11"})
KNOWN = '<input type="hidden" name="seen" value="([^"]*)"'


@pytest.fixture
def moved(signs, mara):
    """A change of 7 to 5 days that found 9; a later read showed 20."""
    change = ask(State.CLASH, campaign=signs, person=mara, edits=[edit()])
    signs.document = signs.document.replace('"ttr": 7', '"ttr": 20')
    signs.save(update_fields=["document"])
    return change


def pages(change):
    return {
        "needs": "/needs-you/",
        "campaign": f"/campaigns/{change.campaign_id}/",
        "": f"/changes/{change.pk}/",
    }


def decide(client, change, **given):
    given = {"field": "ttr", "choice": "mine", "seen": "9"} | given
    return client.post(f"/changes/{change.pk}/decide", given)


@pytest.mark.parametrize("origin", ["needs", "campaign", ""])
def test_each_page_shows_and_posts_what_is_known_now(client, moved, origin):
    page = client.get(pages(moved)[origin])

    assert found(KNOWN, page) == "20"
    assert "20 days" in words(text(page))
    assert "9 days" in words(text(page))


def test_needs_you_offers_to_keep_what_is_known_now(client, moved):
    page = words(text(client.get("/needs-you/")))

    assert "found 9 days now 20 days" in page
    assert "Keep theirs: 20 days" in page


def test_what_was_found_is_said_once_where_it_is_still_so(client, signs, moved):
    signs.document = signs.document.replace('"ttr": 20', '"ttr": 9')
    signs.save(update_fields=["document"])

    page = words(text(client.get("/needs-you/")))

    assert "now 9 days" in page
    assert "found 9 days" not in page


@pytest.mark.parametrize("origin", ["needs", "campaign", ""])
@pytest.mark.parametrize("given", CHOICES, ids=lambda given: given["choice"])
def test_a_page_that_showed_another_value_decides_nothing(client, moved, given, origin):
    refused = decide(client, moved, **{"from": origin}, **given)

    assert refused.status_code == 422
    assert "Nothing was decided" in words(text(refused))
    assert found(KNOWN, refused) == "20"
    assert "20 days" in words(text(refused))
    moved.refresh_from_db()
    assert moved.state == State.CLASH
    assert Change.objects.count() == 1


def test_what_was_typed_stays_when_the_value_moved(client, moved):
    given = {"choice": "other", "ttr": "11", "from": "campaign"}

    assert 'value="11"' in text(decide(client, moved, **given))


def test_the_page_that_refused_can_decide(client, moved):
    seen = found(KNOWN, decide(client, moved))

    assert decide(client, moved, seen=seen).status_code == 302
    assert Change.objects.first().fields.get().seen == "20"


def test_a_value_on_its_way_is_told_as_that(client, signs, mara):
    ask(campaign=signs, person=mara, edits=[edit(wanted="30")])
    ask(State.CLASH, campaign=signs, person=mara, edits=[edit()])

    page = client.get(f"/campaigns/{signs.pk}/")

    assert found(KNOWN, page) == "30"
    assert "30 days on its way to the platform; 9 days was found" in words(text(page))


@pytest.mark.parametrize("choice", ["theirs", "mine"])
def test_a_field_that_is_no_longer_offered_can_only_be_left(client, mara, choice):
    gone = [edit(field="colour", label="Colour")]
    change = ask(State.CLASH, campaign=CampaignFactory(), person=mara, edits=gone)
    assert client.get("/needs-you/").status_code == 200

    decide(client, change, field="colour", seen="", choice=choice)

    change.refresh_from_db()
    ends = {"theirs": State.CANCELLED, "mine": State.CLASH}
    assert change.state == ends[choice]


def test_a_choice_on_a_platform_that_is_gone_still_reads(client, mara, signs, moved):
    type(signs.connection).objects.update(platform="gone")

    for address in (pages(moved)["needs"], pages(moved)[""]):
        assert client.get(address).status_code == 200


def test_another_value_is_typed_on_the_campaign_page(client, moved):
    page = text(client.get(pages(moved)["campaign"]))

    assert "Another value" in page
    assert 'name="choice" value="other"' in page
