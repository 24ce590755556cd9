"""What people do with a whole change: withdraw it, leave it, send or look again."""

import pytest
from django.urls import reverse

from campaigns import clock
from campaigns.lifecycle import State
from campaigns.models import Attempt, AttemptKind, Change, Outcome
from tests.asked import ask, move
from tests.views.tab import do, text, words

pytestmark = pytest.mark.django_db


def state(change):
    change.refresh_from_db()
    return change.state


# --- cancel ---------------------------------------------------------------------


@pytest.mark.parametrize("before", [State.WAITING, State.HELD])
def test_what_was_not_sent_can_be_cancelled(client, change, before):
    asked = change(before)

    response = do(client, asked, "cancel")

    assert state(asked) == State.CANCELLED
    assert "Nothing was sent" in words(text(response))


def test_what_may_have_arrived_before_is_in_doubt_again(client, change):
    asked = change(State.WAITING)
    Attempt.objects.create(
        change=asked,
        campaign=asked.campaign,
        kind=AttemptKind.PATCH,
        fence=1,
        verdict=Outcome.UNKNOWN,
        started_at=clock.now(),
    )

    response = do(client, asked, "cancel")

    assert state(asked) == State.UNKNOWN and asked.waits_for_person
    assert "It is not sent again" in words(text(response))
    assert "Nothing was sent" not in words(text(response))


@pytest.mark.parametrize("before", [State.SENDING, State.ACCEPTED, State.CONFIRMED])
def test_what_was_sent_cannot_be_cancelled(client, change, before):
    asked = change(before)

    response = do(client, asked, "cancel")

    assert state(asked) == before
    assert "already sent" in words(text(response)).lower()


def test_to_cancel_twice_is_told_as_that(client, mara, nurses):
    change = ask(campaign=nurses, person=mara)
    client.post(f"/changes/{change.pk}/cancel")

    again = client.post(f"/changes/{change.pk}/cancel")

    assert again.status_code == 422
    assert "withdrawn already" in words(text(again))


def test_cancelling_twice_is_harmless(client, change):
    asked = change(State.WAITING)

    do(client, asked, "cancel")
    response = do(client, asked, "cancel")

    assert response.status_code == 422
    assert state(asked) == State.CANCELLED


# --- put aside, send again ------------------------------------------------------


def test_a_refusal_that_is_put_aside_waits_no_more(client, change):
    asked = change(State.REJECTED)

    do(client, asked, "put-aside")

    assert state(asked) == State.REJECTED
    assert not asked.waits_for_person


def test_an_unknown_is_sent_again_when_a_person_says_so(client, change):
    asked = change(State.UNKNOWN)

    do(client, asked, "send-again")

    assert state(asked) == State.WAITING


@pytest.mark.parametrize("before", [State.ACCEPTED, State.UNKNOWN])
def test_what_could_not_be_read_back_is_looked_at_again(client, change, before):
    asked = change(before)
    Change.objects.update(waits_for_person=True)

    page = text(client.get(reverse("change_detail", args=[asked.pk])))
    do(client, asked, "look-again")

    assert f"/changes/{asked.pk}/look-again" in page
    assert state(asked) == before
    assert not asked.waits_for_person


@pytest.mark.parametrize("before", [State.ACCEPTED, State.REJECTED])
def test_what_waits_for_no_look_is_not_looked_at_again(client, change, before):
    asked = change(before)

    response = do(client, asked, "look-again")

    assert response.status_code == 422
    assert "moved in the meantime" in words(text(response))


def test_an_unknown_is_sent_again_once(client, change):
    asked = change(State.UNKNOWN)
    do(client, asked, "send-again")
    asked.refresh_from_db()
    move(asked, State.SENDING)

    response = do(client, asked, "send-again")

    assert state(asked) == State.SENDING
    assert "moved in the meantime" in words(text(response))


def test_an_unknown_that_a_read_will_settle_is_not_sent_again(client, change):
    asked = change(State.UNKNOWN)
    Change.objects.update(waits_for_person=False)

    do(client, asked, "send-again")

    assert state(asked) == State.UNKNOWN


def test_what_was_held_alone_is_sent_again_when_a_person_says_so(client, change):
    asked = change(State.HELD)

    do(client, asked, "send-again")

    assert state(asked) == State.WAITING


def test_what_waits_for_nobody_is_not_put_aside(client, change):
    asked = change(State.SENDING)
    before = asked.entry

    do(client, asked, "put-aside")

    asked.refresh_from_db()
    assert asked.entry == before


def test_an_old_page_that_leaves_an_unknown_puts_no_clash_aside(client, change):
    asked = change(State.UNKNOWN)
    do(client, asked, "send-again")
    asked.refresh_from_db()
    move(asked, State.CLASH)

    response = do(client, asked, "put-aside")

    assert state(asked) == State.CLASH
    assert asked.waits_for_person
    assert "moved in the meantime" in words(text(response))


def test_a_confirmed_change_is_never_sent_again(client, change):
    asked = change(State.CONFIRMED)

    do(client, asked, "send-again")

    assert state(asked) == State.CONFIRMED
