"""An undo is sent once, linked both ways, and offered to who may send."""

import pytest

from campaigns import documents
from campaigns.lifecycle import State
from campaigns.models import Change, ChangeSet, Channel
from tests.asked import ask, move
from tests.factories import CampaignFactory, PersonFactory
from tests.views.tab import text, words
from tests.views.undo.pages import counts, preview, send

pytestmark = pytest.mark.django_db


def test_a_sent_undo_is_a_change_set_linked_both_ways(client, story):
    change = story("Night nurses", "Day nurses")

    response = send(client, preview(client, change), change, reason="Too early")

    sent = ChangeSet.objects.get(channel=Channel.UNDO)
    assert response.status_code == 302
    assert (sent.undoes, sent.title, sent.reason) == (
        change.change_set,
        "Back",
        "Too early",
    )
    assert change.change_set.undone_by.get() == sent
    assert sent.changes.get().fields.get().wanted == '"Night nurses"'


def test_the_same_form_twice_undoes_once(client, story):
    change = story("Night nurses", "Day nurses")
    shown = preview(client, change)

    send(client, shown, change)
    send(client, shown, change)

    assert ChangeSet.objects.filter(channel=Channel.UNDO).count() == 1


def test_what_moved_since_the_preview_asks_for_another_look(client, story):
    change = story("Night nurses", "Day nurses")
    shown = preview(client, change)
    story("Day nurses", "ICU nurses")

    response = send(client, shown, change)

    assert response.status_code == 422
    assert not ChangeSet.objects.filter(channel=Channel.UNDO).exists()


def test_a_tick_that_was_not_reviewed_asks_for_another_look(client, story, nurses):
    first = story("Night nurses", "Day nurses")
    story("Day nurses", "ICU nurses")
    shown = preview(client, first)

    looked = send(client, shown, first, tick=f"{nurses.pk}.name")
    response = send(client, looked, first, tick=f"{nurses.pk}.name")

    assert looked.status_code == 422
    assert response.status_code == 302


def test_an_undo_can_be_undone(client, story, nurses):
    change = story("Night nurses", "Day nurses")
    send(client, preview(client, change), change)
    back = Change.objects.get(change_set__channel=Channel.UNDO)
    for state in (State.SENDING, State.ACCEPTED, State.CONFIRMED):
        move(back, state)
    nurses.document = nurses.document.replace("Day nurses", "Night nurses")
    nurses.save(update_fields=["document"])

    page = preview(client, back)

    assert counts(page) == {"back": 1}
    assert "Night nurses to Day nurses" in words(text(page))


def test_the_history_says_what_an_undo_undoes(client, story):
    change = story("Night nurses", "Day nurses")

    send(client, preview(client, change), change)

    body = documents.loads(Change.objects.latest("pk").entry.body)
    assert body["facts"]["undoes"] == change.change_set_id


# --- where it is offered, and to whom -------------------------------------------


def test_the_page_of_a_change_leads_to_its_undo(client, story):
    change = story("Night nurses", "Day nurses")

    page = text(client.get(f"/changes/{change.pk}/"))

    assert f'href="/undo/change/{change.pk}"' in page
    assert f'href="/undo/change/{change.pk}?field=name"' in page


def test_the_list_of_a_set_leads_to_its_undo(client, story):
    key = story("Night nurses", "Day nurses").change_set_id

    assert f'href="/undo/set/{key}"' in text(client.get("/changes/", {"set": key}))


def test_a_strangers_change_is_404(client, mara):
    owner = PersonFactory()
    closed = {"connection__open_to_all": False, "connection__people": [owner]}
    theirs = ask(State.CONFIRMED, campaign=CampaignFactory(**closed), person=owner)

    assert preview(client, theirs).status_code == 404
    assert client.post(f"/undo/change/{theirs.pk}/send").status_code == 404


def test_who_may_not_edit_undoes_nothing(client, story):
    change = story("Night nurses", "Day nurses")
    client.force_login(PersonFactory(admin=True))

    assert preview(client, change).status_code == 403
    assert client.post(f"/undo/change/{change.pk}/send").status_code == 403


def test_nothing_else_can_be_undone(client, mara):
    assert client.get("/undo/person/1").status_code == 404
    assert client.get("/undo/set/999").status_code == 404
