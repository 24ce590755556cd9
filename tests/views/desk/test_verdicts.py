"""Verdicts at the review desk: what each keeps, and what opens a set again."""

import pytest

from campaigns import changes, reviews
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Review, Verdict
from campaigns.queries import Pile
from tests.asked import ask, edit, move
from tests.factories import CampaignFactory
from tests.views.desk.cards import chips, mark, pile, question

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("verdict", "event"), [("reviewed", "reviewed"), ("flagged", "flagged")]
)
def test_a_verdict_is_kept_with_its_entry(client, me, verdict, event):
    change = ask(State.CONFIRMED)

    mark(client, change, verdict)

    review = Review.objects.get()
    entry = AuditEntry.objects.get(event=event)
    assert (review.verdict, review.person) == (verdict, me)
    assert (entry.person_id, entry.campaign_id) == (me.pk, change.campaign_id)


def test_a_reviewed_set_that_comes_true_stays_reviewed(client, me):
    change = ask(State.ACCEPTED)
    mark(client, change)

    move(change, State.CONFIRMED)

    assert pile(change, me) == Pile.REVIEWED


@pytest.mark.parametrize("state", [State.DIFFERENT, State.UNCONFIRMABLE])
def test_a_surprise_after_the_review_opens_the_set_again(client, me, state):
    change = ask(State.ACCEPTED)
    mark(client, change)

    move(change, state)

    is_surprise = state == State.DIFFERENT
    assert pile(change, me) == (Pile.OPEN if is_surprise else Pile.REVIEWED)


def test_a_decision_after_the_review_opens_the_set_again(client, me):
    change = ask(State.UNKNOWN)
    mark(client, change)

    changes.send_again(change, me)
    move(change, State.SENDING)
    move(change, State.ACCEPTED)
    move(change, State.CONFIRMED)

    assert pile(change, me) == Pile.OPEN
    assert "REOPENED" in chips(client)


def test_an_undo_after_the_review_opens_the_set_again(client, me, mara):
    change = ask(State.CONFIRMED, person=mara)
    mark(client, change)

    ask(person=mara, undoes=change.change_set)

    assert pile(change, me) == Pile.OPEN


def test_what_happened_between_page_and_click_opens_the_set_again(client, me):
    change = ask(State.ACCEPTED)
    shown = change.entry_id
    move(change, State.DIFFERENT)

    mark(client, change, seen=shown)

    assert pile(change, me) == Pile.OPEN


def test_nobody_reviews_what_has_not_happened_yet(client, me):
    change = ask(State.ACCEPTED)
    mark(client, change, seen=10**9)

    move(change, State.DIFFERENT)

    assert pile(change, me) == Pile.OPEN


def test_marking_those_shown_marks_no_others(client, me):
    shown, other = ask(State.CONFIRMED), ask(State.CONFIRMED)
    named = [f"{shown.change_set_id}.{shown.entry_id}"]

    client.post("/desk/mark", {"shown": named})

    assert (pile(shown, me), pile(other, me)) == (Pile.REVIEWED, Pile.OPEN)


def test_marking_the_rest_keeps_flags_and_questions(client, me):
    flagged, asked, left = ask(), ask(), ask()
    mark(client, flagged, "flagged")
    question(asked, me)
    shown = [f"{one.change_set_id}.{one.entry_id}" for one in (flagged, asked, left)]

    answer = client.post("/desk/mark", {"shown": shown}, follow=True)

    assert "1 change set marked reviewed." in answer.content.decode()
    piles = [pile(one, me) for one in (flagged, asked, left)]
    assert piles == [Pile.FLAGGED, Pile.QUESTION, Pile.REVIEWED]


@pytest.mark.parametrize("shown", ["x", "1", "1.x", "-1.2", "9" * 40 + ".1"])
def test_marking_what_is_no_set_is_refused(client, me, shown):
    assert client.post("/desk/mark", {"shown": shown}).status_code == 404


def test_a_verdict_nobody_knows_is_refused(client, me):
    assert mark(client, ask(), "liked").status_code == 404


def test_an_act_answers_with_the_card_and_the_coverage(client, me):
    change = ask(State.CONFIRMED)
    headers = {"HX-Request": "true"}

    answer = client.post(
        f"/desk/{change.change_set_id}/mark",
        {"verdict": "reviewed", "seen": change.entry_id, "back": "/desk/?span=week"},
        headers=headers,
    )

    page = answer.content.decode()
    assert 'data-pile="reviewed"' in page
    assert "1 + 0 + 0 + 0 = 1 change set," in page
    assert 'hx-swap-oob="true"' in page


def test_an_act_leads_back_to_the_desk_and_nowhere_else(client, me):
    change = ask(State.CONFIRMED)

    here = mark(client, change, back="/desk/?span=week")
    away = mark(client, change, back="https://evil.example/")

    assert (here["Location"], away["Location"]) == ("/desk/?span=week", "/desk/")


def test_a_set_on_two_connections_tells_each_of_them(me, mara):
    first, second = CampaignFactory(), CampaignFactory()
    wishes = [changes.Wish(first, [edit()]), changes.Wish(second, [edit()])]
    both = changes.request(mara, wishes, key="both")

    reviews.mark(both, me, Verdict.REVIEWED, seen=10**9)

    told = AuditEntry.objects.filter(event="reviewed")
    named = {first.connection_id, second.connection_id}
    assert {entry.connection_id for entry in told} == named
