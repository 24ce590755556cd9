"""Forged and hurried forms: refused in words, never an error page, never a lie."""

import pytest

from campaigns import clock
from campaigns.lifecycle import State
from campaigns.models import Draft, FieldChange, Hold, Question, SavedView
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
        {"field": "name", "choice": choice},
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


def test_unprintable_zeros_never_reach_the_database(client, priya, nurses, different):
    change = different(priya)
    client.post(f"/connections/{nurses.connection_id}/hold", {"reason": "a\x00b"})
    client.post("/holds/everything", {"reason": "a\x00b"})
    client.post(f"/desk/{change.change_set_id}/ask", {"text": "a\x00b"})
    client.post("/audit/views/save", {"name": "a\x00b", "query": "?state=clash"})

    nurses.connection.refresh_from_db()
    kept = [nurses.connection.held_reason]
    kept += Hold.objects.values_list("reason", flat=True)
    kept += Question.objects.values_list("text", flat=True)
    kept += SavedView.objects.values_list("name", flat=True)
    assert kept and not any("\x00" in text for text in kept)
