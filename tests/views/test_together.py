"""Two people at one campaign, from their screens to a real stand-in."""

import pytest
from django.test import Client

from campaigns.lifecycle import State
from campaigns.models import Change
from tests.factories import PersonFactory
from tests.views.tab import Review, Tab, row, text, words

pytestmark = pytest.mark.django_db
WAREHOUSE = "ee4d641cab17b22c"


@pytest.fixture
def indeed(road):
    made = road("indeed")
    made.sync()
    return made


@pytest.fixture
def people(indeed):
    """Two people, each with the page of the same campaign open."""

    def sit_down(name):
        client = Client()
        client.force_login(PersonFactory(full_name=name))
        return Tab(client, indeed.campaign(WAREHOUSE))

    return sit_down("Anna First"), sit_down("Ben Second")


def states():
    rows = Change.objects.order_by("pk").values_list("fields__field", "fields__state")
    return list(rows)


def test_edits_of_different_fields_both_survive(indeed, people):
    anna, ben = people
    anna.keep("name", "Annas name")
    ben.keep("trackingToken", "bens-token")
    reviews = [Review(anna.client), Review(ben.client)]

    for review in reviews:
        assert review.send().status_code == 302
    indeed.deliver()

    live = indeed.sandbox.document(WAREHOUSE)
    assert (live["name"], live["trackingToken"]) == ("Annas name", "bens-token")
    assert {state for _, state in states()} == {State.CONFIRMED}


def test_the_same_field_is_never_overwritten_unseen(indeed, people):
    anna, ben = people
    anna.keep("name", "Annas name")
    ben.keep("name", "Bens name")
    review = Review(ben.client)
    Review(anna.client).send()
    indeed.deliver()

    response = review.send()

    assert response.status_code == 422
    assert "It is Annas name now" in words(text(response))
    assert indeed.sandbox.document(WAREHOUSE)["name"] == "Annas name"


def test_once_seen_the_second_may_replace_the_first(indeed, people):
    anna, ben = people
    anna.keep("name", "Annas name")
    Review(anna.client).send()
    indeed.deliver()
    ben.keep("name", "Bens name")

    Review(ben.client).send()
    indeed.deliver()

    assert indeed.sandbox.document(WAREHOUSE)["name"] == "Bens name"


def test_what_somebody_changes_elsewhere_meanwhile_is_a_clash(indeed, people):
    anna, _ = people
    anna.keep("name", "Annas name")
    review = Review(anna.client)
    indeed.sandbox.edit(WAREHOUSE, {"name": "From elsewhere"})

    review.send()
    indeed.deliver()

    shown = words(row(anna.page(), "name"))
    assert states() == [("name", State.CLASH)]
    assert "Theirs From elsewhere" in shown
    assert "Mine Annas name" in shown
    assert indeed.patches() == []


def test_a_double_click_reaches_the_platform_once(indeed, people):
    anna, _ = people
    anna.keep("name", "Annas name")
    review = Review(anna.client)

    for _ in range(2):
        review.send()
        indeed.deliver()

    assert [patch["body"] for patch in indeed.patches()] == ['{"name":"Annas name"}']
