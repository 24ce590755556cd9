"""What may be done about a change is the same wherever it is offered."""

import pytest

from campaigns import changes, holds
from campaigns.audit import Event
from campaigns.changes import Fate
from campaigns.lifecycle import State
from tests.asked import ask, edit
from tests.views.conftest import NAME
from tests.views.tab import do, row, text, words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scope", ["everything", "indeed"])
def test_while_everything_is_on_hold_nothing_is_sent_again(
    client, change, mara, nurses, scope
):
    asked = change(State.HELD)
    holds.hold(scope, mara, "Wrong bulk")

    for address in (f"/changes/{asked.pk}/", f"/campaigns/{nurses.pk}/", "/needs-you/"):
        assert "Send again" not in text(client.get(address))
    response = do(client, asked, "send-again")

    assert response.status_code == 422
    assert "Wrong bulk" in words(text(response))
    asked.refresh_from_db()
    assert asked.state == State.HELD


def test_what_was_held_alone_offers_to_be_sent_again(client, change, nurses):
    asked = change(State.HELD)

    for address in (f"/changes/{asked.pk}/", f"/campaigns/{nurses.pk}/", "/needs-you/"):
        assert "Send again" in text(client.get(address))


def test_what_its_connection_holds_waits_for_the_release(client, change, nurses):
    asked = change(State.HELD)
    nurses.connection.held_at = nurses.read_at
    nurses.connection.save(update_fields=["held_at"])

    for address in (f"/changes/{asked.pk}/", f"/campaigns/{nurses.pk}/"):
        assert "Send again" not in text(client.get(address))


OFFERED = {
    State.WAITING: ["Cancel"],
    State.HELD: ["Cancel", "Send again"],
    State.UNKNOWN: ["Send again", "Leave it"],
    State.REJECTED: ["Put aside", "Edit and send again"],
    State.FAILED: ["Put aside", "Edit and send again"],
    State.DIFFERENT: ["Put aside"],
    State.CLASH: [],
    State.CONFIRMED: [],
}
ACTS = ("Cancel", "Send again", "Put aside", "Leave it", "Edit and send again")


@pytest.mark.parametrize(("before", "acts"), OFFERED.items(), ids=list(OFFERED))
def test_the_same_is_offered_at_the_field_and_on_the_page_of_the_change(
    client, change, nurses, before, acts
):
    asked = change(before)

    at_field = row(client.get(f"/campaigns/{nurses.pk}/"), "name")
    alone = text(client.get(f"/changes/{asked.pk}/"))

    for shown in (at_field, alone):
        assert [act for act in ACTS if f">{act}</" in shown] == sorted(
            acts, key=ACTS.index
        )


def test_a_field_that_is_settled_offers_nothing_of_what_the_others_wait_for(
    client, mara, nurses
):
    blind = edit(**NAME | {"field": "trackingToken", "readable": False})
    asked = ask(
        State.UNKNOWN, campaign=nurses, person=mara, edits=[edit(**NAME), blind]
    )
    settled = {"name": Fate(State.CONFIRMED), "trackingToken": Fate(State.UNKNOWN)}
    changes.move(
        asked, State.UNKNOWN, Event.VERIFIED, fates=settled, waits_for_person=True
    )

    page = client.get(f"/campaigns/{nurses.pk}/")

    assert "/put-aside" not in row(page, "name")
    assert "/put-aside" in row(page, "trackingToken")
