"""What people decide about a change: once, in time, and never by a forged form."""

import pytest
from django.test import Client

from campaigns.lifecycle import State
from campaigns.models import Campaign, Change
from tests.asked import ask, edit
from tests.factories import CampaignFactory, PersonFactory
from tests.views.conftest import NAME
from tests.views.tab import do, row, text, words

pytestmark = pytest.mark.django_db
TOKEN = {"field": "trackingToken", "seen": "null", "wanted": '"t"', "label": "Token"}
VERBS = ("cancel", "put-aside", "send-again", "look-again", "decide")


def decide(client, change, **given):
    """Decide about the name as a page does that shows what the campaign is called."""
    return do(client, change, "decide", **{"seen": NAME["seen"]} | given)


def state(change):
    change.refresh_from_db()
    return change.state


# --- theirs, mine, another value ------------------------------------------------


def test_theirs_ends_the_clash_and_asks_for_nothing(client, change):
    asked = change(State.CLASH)

    decide(client, asked, field="name", choice="theirs")

    assert state(asked) == State.CANCELLED
    assert Change.objects.count() == 1


def test_mine_becomes_a_change_that_saw_theirs(client, change, nurses):
    asked = change(State.CLASH)
    nurses.document = nurses.document.replace("Night nurses", "Theirs")
    nurses.save(update_fields=["document"])

    decide(client, asked, field="name", seen='"Theirs"', choice="mine")

    newer = Change.objects.first().fields.get()
    assert state(asked) == State.SUPERSEDED
    assert (newer.seen, newer.wanted) == ('"Theirs"', '"Mine"')


def test_another_value_is_checked_like_any_edit(client, change):
    asked = change(State.CLASH)

    response = decide(client, asked, field="name", choice="other", name="n" * 251)

    assert "at most 250 characters" in words(text(response))
    assert state(asked) == State.CLASH
    assert Change.objects.count() == 1


@pytest.mark.parametrize("origin", ["", "needs", "campaign"])
def test_a_refused_decision_shows_the_page_it_came_from_with_the_reason(
    client, change, nurses, origin
):
    asked = change(State.CLASH)

    given = {"field": "name", "choice": "other", "name": "n" * 251, "from": origin}
    response = decide(client, asked, **given)

    shown = nurses.name if origin == "campaign" else f"Change {asked.pk}"
    assert response.status_code == 422
    assert "at most 250 characters" in words(text(response))
    assert shown in words(text(response))


def test_a_refused_choice_is_said_at_its_field_with_what_was_typed(
    client, change, nurses
):
    asked = change(State.CLASH)

    given = {"field": "name", "choice": "other", "name": "n" * 251, "from": "campaign"}
    shown = row(decide(client, asked, **given), "name")

    assert "at most 250 characters" in words(shown)
    assert f'value="{"n" * 251}"' in shown
    assert 'value="other" required checked autofocus' in shown


def test_another_value_is_asked_for(client, change):
    asked = change(State.CLASH)

    decide(client, asked, field="name", choice="other", name="Third")

    assert Change.objects.first().fields.get().wanted == '"Third"'


def test_a_double_click_decides_once(client, change):
    asked = change(State.CLASH)

    decide(client, asked, field="name", choice="mine")
    response = decide(client, asked, field="name", choice="mine")

    assert Change.objects.count() == 2
    assert "moved in the meantime" in words(text(response))


def test_theirs_after_mine_changes_nothing(client, change):
    asked = change(State.CLASH)
    decide(client, asked, field="name", choice="mine")

    decide(client, asked, field="name", choice="theirs")

    assert state(asked) == State.SUPERSEDED


def test_a_different_that_was_decided_is_not_decided_again(client, change):
    asked = change(State.DIFFERENT)
    decide(client, asked, field="name", choice="theirs")

    response = decide(client, asked, field="name", choice="mine")

    assert Change.objects.count() == 1
    assert state(asked) == State.DIFFERENT
    assert "moved in the meantime" in words(text(response))


def test_what_was_put_aside_is_not_decided_afterwards(client, change):
    asked = change(State.DIFFERENT)
    do(client, asked, "put-aside")

    decide(client, asked, field="name", choice="mine")

    assert Change.objects.count() == 1


@pytest.mark.parametrize(
    ("before", "first", "second", "after"),
    [
        (State.DIFFERENT, "theirs", "theirs", State.DIFFERENT),
        (State.DIFFERENT, "theirs", "mine", State.DIFFERENT),
        (State.DIFFERENT, "mine", "theirs", State.DIFFERENT),
        (State.DIFFERENT, "mine", "mine", State.SUPERSEDED),
        (State.CLASH, "theirs", "theirs", State.CANCELLED),
        (State.CLASH, "mine", "mine", State.SUPERSEDED),
    ],
)
def test_two_fields_are_decided_one_after_the_other(
    client, nurses, mara, before, first, second, after
):
    both = [edit(**NAME), edit(**TOKEN)]
    asked = ask(before, campaign=nurses, person=mara, edits=both)

    shown = decide(client, asked, field="name", choice=first)
    assert text(shown).count(f'action="/changes/{asked.pk}/decide"') == 1
    decide(client, asked, field=TOKEN["field"], seen=TOKEN["seen"], choice=second)

    sent = [first, second].count("mine")
    assert state(asked) == after
    assert not asked.waits_for_person
    assert Change.objects.count() == 1 + sent
    assert asked.fields.filter(state=State.SUPERSEDED).count() == sent


FORGED = {
    "no-choice": {"field": "name"},
    "unknown-choice": {"field": "name", "choice": "everything"},
    "unknown-field": {"field": "colour", "choice": "theirs"},
    "another-field": {"field": "trackingToken", "choice": "mine"},
    "nul": {"field": "na\x00me", "choice": "mine"},
    "nothing-typed": {"field": "name", "choice": "other"},
    "nul-typed": {"field": "name", "choice": "other", "name": "a\x00b"},
}


@pytest.mark.parametrize("given", FORGED.values(), ids=FORGED)
def test_a_forged_decision_is_answered_in_words(client, change, given):
    asked = change(State.CLASH)

    response = decide(client, asked, **given)

    assert response.status_code == 422
    assert "toast" in text(response)
    assert state(asked) == State.CLASH
    assert Change.objects.count() == 1


@pytest.mark.parametrize(
    ("origin", "page"), [("campaign", "/campaigns/"), ("needs", "/needs-you/")]
)
def test_a_decision_leads_back_to_where_it_was_made(client, change, origin, page):
    asked = change(State.CLASH)

    given = {"field": "name", "choice": "theirs", "seen": NAME["seen"]}
    response = client.post(f"/changes/{asked.pk}/decide", given | {"from": origin})

    assert response.url.startswith(page)


@pytest.mark.parametrize("choice", ["mine", "other"])
def test_what_was_locked_meanwhile_is_not_sent(client, change, nurses, choice):
    asked = change(State.CLASH)
    gone = nurses.document.replace('"ACTIVE"', '"DELETED"')
    Campaign.objects.filter(pk=nurses.pk).update(document=gone)

    response = decide(client, asked, field="name", choice=choice, name="Another")

    assert response.status_code == 422
    assert "deleted" in words(text(response)).lower()
    assert state(asked) == State.CLASH
    assert Change.objects.count() == 1


# --- who may --------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_a_strangers_change_is_404(client, mara, verb):
    owner = PersonFactory()
    closed = {"connection__open_to_all": False, "connection__people": [owner]}
    theirs = ask(State.CLASH, campaign=CampaignFactory(**closed), person=owner)

    assert do(client, theirs, verb, field="ttr", choice="mine").status_code == 404
    assert state(theirs) == State.CLASH


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_not_edit_decides_nothing(client, change, verb):
    asked = change(State.CLASH)
    client.force_login(PersonFactory(admin=True))

    assert do(client, asked, verb, field="name", choice="mine").status_code == 403
    assert state(asked) == State.CLASH


@pytest.mark.parametrize("verb", VERBS)
def test_a_decision_without_its_token_is_403(change, mara, verb):
    asked = change(State.CLASH)
    client = Client(enforce_csrf_checks=True)
    client.force_login(mara)

    assert do(client, asked, verb, field="name", choice="mine").status_code == 403


def test_a_colleague_may_decide_and_is_named(client, change):
    asked = change(State.CLASH)
    colleague = PersonFactory(full_name="Jon Colleague")
    client.force_login(colleague)

    decide(client, asked, field="name", choice="theirs")

    assert state(asked) == State.CANCELLED
    assert asked.entry.person_id == colleague.pk
