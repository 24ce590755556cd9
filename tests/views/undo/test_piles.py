"""The page of an undo: counted first, left alone unless ticked."""

import pytest

from campaigns import documents
from campaigns.diff import Origin
from campaigns.lifecycle import State
from tests.asked import ask, edit
from tests.views.tab import text, words
from tests.views.undo.pages import NAME, counts, preview

pytestmark = pytest.mark.django_db


def test_what_is_still_ours_goes_back(client, story):
    change = story("Night nurses", "Day nurses")

    page = preview(client, change)

    assert counts(page) == {"back": 1}
    assert "1 + 0 + 0 + 0 = 1 field. 1 goes back and 0 stay" in words(text(page))
    assert "Day nurses to Night nurses" in words(text(page))


def test_what_was_changed_again_is_left_alone_and_names_who(client, story, mara):
    first = story("Night nurses", "Day nurses")
    story("Day nurses", "ICU nurses")

    page = preview(client, first)

    assert counts(page) == {"again": 1}
    assert "Mara Lindqvist" in words(text(page))
    assert "Nothing is to be sent" in words(text(page))


def test_a_tick_puts_it_back_on_purpose(client, story, nurses):
    first = story("Night nurses", "Day nurses")
    story("Day nurses", "ICU nurses")

    page = preview(client, first, tick=f"{nurses.pk}.name")

    assert "With the 1 ticked, 1 goes back and 0 stay" in words(text(page))


def test_all_that_was_changed_again_is_ticked_at_once(client, story):
    first = story("Night nurses", "Day nurses")
    story("Day nurses", "ICU nurses")

    assert preview(client, first, tick="all").context["sent"] == 1


def test_what_was_empty_cannot_go_back_and_says_why(client, story):
    change = story(None, "tok", field="trackingToken")

    page = preview(client, change)

    assert counts(page) == {"cannot": 1}
    assert "can be replaced, never emptied" in words(text(page))


def test_what_was_never_known_cannot_go_back(client, signs, mara):
    blind = edit("autoRefillPositions", None, "true", readable=False)
    change = ask(State.UNCONFIRMABLE, campaign=signs, person=mara, edits=[blind])

    page = preview(client, change)

    assert counts(page) == {"cannot": 1}
    assert "The value before was never known" in words(text(page))


def test_what_was_sent_blind_goes_back_to_what_was_sent_before(client, signs, mara):
    for before, wanted in ((None, "true"), (None, "false")):
        blind = edit("autoRefillPositions", before, wanted, readable=False)
        change = ask(State.UNCONFIRMABLE, campaign=signs, person=mara, edits=[blind])

    page = preview(client, change)

    assert counts(page) == {"back": 1}
    assert "Off to On" in words(text(page))


@pytest.mark.parametrize("state", [State.REJECTED, State.CANCELLED, State.ALREADY_SO])
def test_what_never_took_effect_needs_no_undo(client, mara, nurses, state):
    one = edit(seen='"Night nurses"', wanted='"X"', **NAME)
    change = ask(state, campaign=nurses, person=mara, edits=[one])

    assert counts(preview(client, change)) == {"already": 1}


@pytest.mark.parametrize("state", [State.WAITING, State.SENDING, State.UNKNOWN])
def test_what_is_not_settled_cannot_go_back_yet(client, mara, nurses, state):
    one = edit(seen='"Night nurses"', wanted='"X"', **NAME)
    change = ask(state, campaign=nurses, person=mara, edits=[one])

    assert counts(preview(client, change)) == {"cannot": 1}


def test_an_archived_connection_takes_nothing_back(client, story, nurses):
    change = story("Night nurses", "Day nurses")
    nurses.connection.archived_at = change.created_at
    nurses.connection.save(update_fields=["archived_at"])

    page = preview(client, change)

    assert counts(page) == {"cannot": 1}
    assert "archived" in words(text(page))


def test_criteria_come_back_in_one_request_with_the_switch(client, open_nurses, mara):
    gone = {"jobsQuery": '"title:nurse"', "jobsLocation": '"Graz"'}
    cleared = [edit(p, t, "null", origin=Origin.IMPLIED) for p, t in gone.items()]
    switch = edit("jobsToInclude", '"QUERY"', '"ALL"')
    change = ask(
        State.CONFIRMED, campaign=open_nurses, person=mara, edits=[switch, *cleared]
    )
    shown = documents.loads(open_nurses.document)
    shown |= {"jobsToInclude": "ALL", "jobsQuery": None, "jobsLocation": None}
    open_nurses.document = documents.wire(shown)
    open_nurses.save(update_fields=["document"])

    page = preview(client, change, field="jobsToInclude")

    (item,) = page.context["undo"].proposal.items
    assert item.plan.body == {
        "jobsToInclude": "QUERY",
        "jobsQuery": "title:nurse",
        "jobsLocation": "Graz",
    }
