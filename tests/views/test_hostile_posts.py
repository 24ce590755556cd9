"""Forged and hurried forms: refused in words, never an error page, never a lie."""

import pytest

from campaigns import clock, reviews
from campaigns.lifecycle import State
from campaigns.models import (
    Draft,
    FieldChange,
    Hold,
    Label,
    Question,
    Review,
    SavedView,
)
from campaigns.planning import proposals
from tests.asked import ask, edit
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
NAME = {"field": "name", "seen": '"Night nurses"', "wanted": '"Mine"', "label": "Name"}


@pytest.fixture
def priya(client):
    person = PersonFactory(manager=True)
    client.force_login(person)
    return person


@pytest.fixture
def different(nurses):
    def build(person):
        return ask(
            State.DIFFERENT, campaign=nurses, person=person, edits=[edit(**NAME)]
        )

    return build


def decide(client, change, choice="mine"):
    return client.post(
        f"/changes/{change.pk}/decide",
        {"field": "name", "seen": NAME["seen"], "choice": choice},
        follow=True,
    )


@pytest.mark.parametrize(
    "back", ["foo", "é", "a.b", "evil.example", "//evil.example", "/\\evil.example"]
)
def test_a_way_back_that_is_no_address_here_leads_to_the_desk(
    client, priya, different, back
):
    url = f"/desk/{different(priya).change_set_id}/mark"

    answer = client.post(url, {"verdict": "reviewed", "seen": "1", "back": back})

    assert (answer.status_code, answer["Location"]) == (302, "/desk/")


def test_a_decision_on_an_archived_connection_is_refused_in_words(
    client, mara, nurses, different
):
    change = different(mara)
    type(nurses.connection).objects.update(archived_at=clock.now())

    answer = decide(client, change)

    assert answer.status_code == 422
    assert "no longer yours to edit" in answer.content.decode()


def test_a_key_chosen_by_hand_cannot_stand_for_a_decision(
    client, mara, nurses, different
):
    change = different(mara)
    Draft.objects.create(
        person=mara, campaign=nurses, field="trackingToken", seen="null", wanted='"x"'
    )
    forged = f"decide-{change.fields.get().pk}"
    digest = proposals.propose(mara).digest
    sent = client.post("/review/send", {"key": forged, "digest": digest})

    decide(client, change)

    assert sent.status_code == 302
    assert FieldChange.objects.filter(field="name").count() == 2


UNFIT = {"nul": "a\x00b", "too-long": "x" * 2001, "nothing": " "}


@pytest.mark.parametrize("words", UNFIT.values(), ids=UNFIT)
def test_words_that_cannot_be_kept_as_they_are_are_refused_and_change_nothing(
    client, priya, nurses, different, words
):
    change = different(priya)
    answers = [
        client.post(f"/connections/{nurses.connection_id}/hold", {"reason": words}),
        client.post("/holds/everything", {"reason": words}),
        client.post(f"/desk/{change.change_set_id}/ask", {"text": words}),
        client.post("/audit/views/save", {"name": words, "query": "?state=clash"}),
        client.post(f"/campaigns/{nurses.pk}/labels", {"name": words}),
    ]

    nurses.connection.refresh_from_db()
    assert [answer.status_code for answer in answers] == [422] * 5
    assert not nurses.connection.is_held
    kept = (Hold, Question, SavedView, Label)
    assert not any(model.objects.exists() for model in kept)


def test_an_answer_that_cannot_be_kept_is_refused_and_leaves_the_question(
    client, priya, mara, different
):
    asked = reviews.ask(different(mara).change_set, priya, "Why?")
    client.force_login(mara)

    answer = client.post(f"/questions/{asked.pk}/answer", {"text": "a\x00b"})

    asked.refresh_from_db()
    assert answer.status_code == 422
    assert "Remove the invisible characters" in answer.content.decode()
    assert asked.is_open


def test_a_forged_end_of_a_list_marks_nothing_of_it(client, priya, different):
    change = different(priya)
    real = f"{change.change_set_id}.{change.entry_id}"

    answer = client.post("/desk/mark", {"shown": [real, "1.x"]})

    assert answer.status_code == 404
    assert not Review.objects.exists()


@pytest.mark.parametrize("pk", ["", "1.5", "all", "9" * 30])
def test_a_forged_campaign_discards_nothing(client, priya, nurses, pk):
    Draft.objects.create(
        person=priya, campaign=nurses, field="trackingToken", seen="null", wanted='"x"'
    )

    answer = client.post("/review/discard", {"campaign": pk})

    assert answer.status_code == 404
    assert Draft.objects.exists()


@pytest.mark.parametrize("address", ["/undo/set/{}", "/undo/change/{}", "/changes/{}/"])
def test_a_number_no_row_can_have_is_404(client, priya, address):
    assert client.get(address.format("9" * 30)).status_code == 404


def test_an_empty_form_of_a_notice_is_refused(client, priya):
    assert client.post("/notices/new").status_code == 422
