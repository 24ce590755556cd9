"""Questions at the review desk: who is asked, who may answer, what it opens again."""

from datetime import timedelta

import pytest

from campaigns import clock, queries, reviews
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Question
from campaigns.queries import Pile
from tests.asked import ask
from tests.factories import PersonFactory
from tests.views.desk.cards import mark, pile, question

pytestmark = pytest.mark.django_db


def test_a_question_reaches_its_author_and_is_counted(client, me, mara):
    change = ask(State.CONFIRMED, person=mara)
    client.post(f"/desk/{change.change_set_id}/ask", {"text": "Why so <low>?"})
    client.force_login(mara)

    page = client.get("/needs-you/").content.decode()

    assert "Why so &lt;low&gt;?" in page
    assert queries.count_needs(mara) == 1
    assert 'name="text"' in page


def test_an_answer_closes_the_question_and_opens_the_set(client, me, mara):
    change = ask(State.CONFIRMED, person=mara)
    asked = question(change, me)
    client.force_login(mara)

    client.post(f"/questions/{asked.pk}/answer", {"text": "The plan says so."})

    asked.refresh_from_db()
    assert (asked.answer, asked.answered_by) == ("The plan says so.", mara)
    assert queries.count_needs(mara) == 0
    assert pile(change, me) == Pile.OPEN


def test_an_answer_after_a_review_is_looked_at_again(client, me, mara):
    change = ask(State.CONFIRMED, person=mara)
    mark(client, change)
    asked = question(change, me)

    reviews.answer(asked, mara, "Because.")

    assert pile(change, me) == Pile.OPEN


def test_question_and_answer_are_in_the_history(me, mara):
    change = ask(State.CONFIRMED, person=mara)
    reviews.answer(question(change, me, "Why?"), mara, "Because.")

    told = AuditEntry.objects.filter(event__startswith="question").order_by("pk")

    assert [(entry.event, entry.person_id) for entry in told] == [
        ("question asked", me.pk),
        ("question answered", mara.pk),
    ]
    assert '"reason":"Because."' in told[1].body


def test_a_stranger_may_not_answer_until_it_waited_long(client, me, mara):
    asked = question(ask(State.CONFIRMED, person=mara), me)
    client.force_login(PersonFactory())
    address = f"/questions/{asked.pk}/answer"

    early = client.post(address, {"text": "Because."})
    Question.objects.update(at=clock.now() - queries.SHARED_AFTER - timedelta(hours=1))
    late = client.post(address, {"text": "Because."})

    assert (early.status_code, late.status_code) == (404, 302)


def test_who_asked_may_close_it(client, me, mara):
    asked = question(ask(State.CONFIRMED, person=mara), me)

    client.post(f"/questions/{asked.pk}/answer", {"text": "Said so on the phone."})

    asked.refresh_from_db()
    assert not asked.is_open


def test_the_second_answer_is_refused_in_words(client, me, mara):
    asked = question(ask(State.CONFIRMED, person=mara), me)
    reviews.answer(asked, mara, "Because.")

    with pytest.raises(reviews.NotForYou):
        reviews.answer(asked, mara, "No, because.")

    asked.refresh_from_db()
    assert asked.answer == "Because."


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
def test_an_empty_question_is_refused_where_it_is_asked(client, me, text):
    change = ask(State.CONFIRMED)

    answer = client.post(
        f"/desk/{change.change_set_id}/ask",
        {"text": text},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == 422
    assert "Write a sentence" in answer.content.decode()
    assert not Question.objects.exists()
