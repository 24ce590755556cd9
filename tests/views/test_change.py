"""The page of one change: what it tells, offers and leads to."""

import pytest

from campaigns import changes
from campaigns.audit import Event
from campaigns.changes import Fate
from campaigns.diff import Origin
from campaigns.lifecycle import State
from tests.asked import ask, attempt, edit, move
from tests.factories import CampaignFactory, ConnectionFactory, PersonFactory
from tests.views.tab import text, words

pytestmark = pytest.mark.django_db


HTMX = {"HX-Request": "true"}
VERBS = ("cancel", "send-again", "put-aside", "decide")


def page(client, change, status=200):
    response = client.get(f"/changes/{change.pk}/")
    assert response.status_code == status
    return response.content.decode()


def closed_to(person):
    return CampaignFactory(connection__open_to_all=False, connection__people=[person])


def test_the_page_tells_from_to_reason_and_who(client, mara):
    asked = ask(person=PersonFactory(full_name="Jonas Weber"), reason="Q4 plan")

    content = page(client, asked)

    assert "7 days" in content
    assert "5 days" in content
    assert "Q4 plan" in content
    assert "Jonas Weber" in content


def test_a_stranger_gets_no_page(client, mara):
    owner = PersonFactory()

    page(client, ask(campaign=closed_to(owner), person=owner), status=404)


def test_an_exchange_shows_what_was_sent_and_answered_to_the_digit(client, mara):
    change = ask(State.ACCEPTED)
    attempt(change, request_body='{"target":48.50}')

    content = page(client, change)

    assert "&quot;target&quot;: 48.50" in content
    assert "&quot;budget&quot;: 10.10" in content
    assert "HTTP 200" in content


def test_an_exchange_under_way_shows_until_when_it_must_answer(client, mara):
    change = ask(State.SENDING)
    attempt(change, in_flight=True, status=None, answer="", deadline=change.moved_at)

    content = page(client, change)

    assert "The request is on its way." in content
    assert "at the latest" in content


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (State.WAITING, {"cancel"}),
        (State.HELD, {"cancel", "send-again"}),
        (State.SENDING, set()),
        (State.UNKNOWN, {"send-again", "put-aside"}),
        (State.REJECTED, {"put-aside"}),
        (State.FAILED, {"put-aside"}),
        (State.CLASH, {"decide"}),
        (State.DIFFERENT, {"decide", "put-aside"}),
        (State.CONFIRMED, {"undo"}),
        (State.UNCONFIRMABLE, {"undo"}),
        (State.CANCELLED, set()),
        (State.ALREADY_SO, set()),
    ],
)
def test_each_state_offers_what_applies_and_no_more(client, mara, state, offered):
    change = ask(state)
    known = {v: f"/changes/{change.pk}/{v}" for v in VERBS}
    known["undo"] = f"/undo/change/{change.pk}"

    content = page(client, change)

    assert {verb for verb, url in known.items() if f'"{url}"' in content} == offered


@pytest.mark.parametrize("state", [State.WAITING, State.CLASH, State.CONFIRMED])
def test_who_may_not_edit_is_offered_nothing(client, state):
    client.force_login(PersonFactory(admin=True))
    change = ask(state)

    content = page(client, change)

    assert f'action="/changes/{change.pk}/' not in content
    assert f"/undo/change/{change.pk}" not in content


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"one_way": True}, "One-way"),
        ({"seen": None, "readable": True}, "the value before is unknown"),
    ],
)
def test_what_cannot_go_back_says_why(client, mara, words, reason):
    change = ask(State.UNCONFIRMABLE, edits=[edit(**words)])

    content = page(client, change)

    assert reason in content
    assert "/undo/change/" not in content


def test_an_implied_field_goes_back_only_with_what_implied_it(client, mara):
    edits = [edit(), edit("name", label="Name", origin=Origin.IMPLIED)]

    content = page(client, ask(State.CONFIRMED, edits=edits))

    assert content.count("?field=") == content.count("?field=ttr") == 1


def test_words_of_the_platform_stand_at_their_field_as_text(client, mara):
    change = ask(State.SENDING)
    said = "<script>alert(1)</script> \u202etaken"
    fates = {"ttr": Fate(State.REJECTED, says=said)}
    changes.move(change, State.REJECTED, Event.ANSWERED, fates=fates)

    content = page(client, change)

    assert "&lt;script&gt;alert(1)&lt;/script&gt; \u202etaken" in content
    assert "<script>alert(1)" not in content


def test_our_own_words_are_not_cited_as_the_platforms(client, mara):
    change = ask()
    fates = {"ttr": Fate(State.CLASH, advice="Change 7 ended without effect.")}
    changes.move(change, State.CLASH, Event.COMPARED, fates=fates)

    content = page(client, change)

    assert "Change 7 ended without effect." in content
    assert "<cite>" not in content


def test_a_split_links_both_ways(client, mara):
    edits = [edit(), edit("name", label="Name")]
    change = ask(edits=edits)
    apart = changes.split(change, {"name": Fate(State.CLASH, "9", "9 days")})

    assert f'href="/changes/{apart.pk}/"' in page(client, change)
    assert f'href="/changes/{change.pk}/"' in page(client, apart)


def test_a_put_back_links_both_ways(client, mara):
    first = ask(State.CONFIRMED)
    back = ask(campaign=first.campaign, undoes=first.change_set)

    assert f"?set={back.change_set_id}" in page(client, first)
    assert f"?set={first.change_set_id}" in page(client, back)


def test_only_who_reads_the_audit_is_led_to_its_entries(client, mara):
    change = ask()
    link = f'href="/audit/{change.entry_id}/"'

    assert link not in page(client, change)
    client.force_login(PersonFactory(manager=True))
    assert link in page(client, change)


def test_a_poll_of_one_change_is_empty_until_it_moves(client, mara):
    change = ask()
    address = f"/changes/{change.pk}/"
    stamp = client.get(address).context["stamp"]

    same = client.get(address, {"seen": stamp}, headers=HTMX)
    move(change, State.SENDING)
    news = client.get(address, {"seen": stamp}, headers=HTMX)

    assert same.status_code == 204
    assert b'id="change" data-state="sending"' in news.content
    assert b"<html" not in news.content


def test_the_story_costs_no_more_queries_with_more_steps(
    client, mara, django_assert_max_num_queries
):
    change = ask(
        State.SENDING, campaign=CampaignFactory(connection=ConnectionFactory())
    )
    with django_assert_max_num_queries(100) as few:
        page(client, change)
    for _ in range(10):
        move(change, State.WAITING)
        move(change, State.SENDING)
        attempt(change)

    with django_assert_max_num_queries(len(few)):
        page(client, change)


def test_what_has_ended_does_not_give_up_any_more(client, mara):
    assert "Gives up" in page(client, ask())
    assert "Gives up" not in page(client, ask(State.CONFIRMED))


def test_an_unknown_that_was_left_says_so_and_asks_for_nothing(client, mara):
    change = ask(State.UNKNOWN, person=mara)

    left = client.post(f"/changes/{change.pk}/put-aside", follow=True)

    said = words(text(left))
    assert "It was left: it stays Unknown in the history" in said
    assert "Send again" not in said
