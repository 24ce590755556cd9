"""The list of changes, the page of one, and how both keep up to date."""

import pytest
from django.contrib.sessions.models import Session

from campaigns import changes
from campaigns.audit import Event
from campaigns.changes import Fate
from campaigns.diff import Origin
from campaigns.lifecycle import State
from tests.asked import ask, attempt, edit, move
from tests.factories import CampaignFactory, ConnectionFactory, PersonFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
VERBS = ("cancel", "send-again", "put-aside", "decide")


@pytest.fixture
def me(client):
    person = PersonFactory()
    client.force_login(person)
    return person


def listed(client, **asked):
    response = client.get("/changes/", asked)
    assert response.status_code == 200
    return [change.pk for change in response.context["page"]]


def page(client, change, status=200):
    response = client.get(f"/changes/{change.pk}/")
    assert response.status_code == status
    return response.content.decode()


def closed_to(person):
    return CampaignFactory(connection__open_to_all=False, connection__people=[person])


# --- the list -------------------------------------------------------------------


def test_the_newest_change_comes_first(client, me):
    older, newer = ask(), ask()

    assert listed(client) == [newer.pk, older.pk]


def test_a_teammate_sees_a_change_and_a_stranger_does_not(client, me):
    owner = PersonFactory()
    shared = ask(campaign=CampaignFactory(), person=owner)
    ask(campaign=closed_to(owner), person=owner)

    assert listed(client) == [shared.pk]


def test_the_list_narrows_to_what_is_asked_for(client, me):
    mine = ask(State.REJECTED, person=me)
    ask(State.CONFIRMED)

    assert listed(client, state="rejected") == [mine.pk]
    assert listed(client, state="needs") == [mine.pk]
    assert listed(client, by="mine") == [mine.pk]
    assert listed(client, campaign=mine.campaign_id) == [mine.pk]
    assert listed(client, connection=mine.campaign.connection_id) == [mine.pk]
    assert listed(client, set=mine.change_set_id) == [mine.pk]


def test_open_changes_are_those_that_still_move(client, me):
    going = ask(State.WAITING)
    ask(State.CONFIRMED)

    assert listed(client, state="open") == [going.pk]


def test_a_day_begins_at_midnight_of_the_person(client, time_machine):
    client.force_login(PersonFactory(timezone="Europe/Vienna"))
    time_machine.move_to("2026-11-20T22:59:59Z", tick=False)
    before = ask()
    time_machine.move_to("2026-11-20T23:00:00Z", tick=False)
    after = ask()

    assert listed(client, since="2026-11-21") == [after.pk]
    assert listed(client, until="2026-11-20") == [before.pk]


@pytest.mark.parametrize(
    "asked",
    [
        {"set": "0"},
        {"campaign": "9" * 25},
        {"since": "2026-13-01"},
        {"until": "9999-12-31"},
        {"state": "draft"},
    ],
)
def test_a_filter_nobody_can_mean_is_named(client, me, asked):
    response = client.get("/changes/", asked)

    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


def test_filters_bring_the_rows_alone(client, me):
    response = client.get("/changes/", {"state": "open", "by": ""}, headers=HTMX)

    assert response.headers["HX-Push-Url"] == "/changes/?state=open"
    assert b"<html" not in response.content


def test_a_hundred_changes_cost_as_many_queries_as_ten(
    client, me, django_assert_max_num_queries
):
    for _ in range(10):
        ask()
    with django_assert_max_num_queries(100) as few:
        client.get("/changes/")
    for _ in range(40):
        ask()

    with django_assert_max_num_queries(len(few)):
        client.get("/changes/")


# --- live -----------------------------------------------------------------------


def test_a_page_with_an_open_change_asks_for_news(client, me):
    change = ask()

    content = client.get("/changes/").content.decode()

    assert f"/changes/live?seen={change.pk}.{change.entry_id}" in content


def test_a_page_where_all_has_ended_asks_for_nothing(client, me):
    ask(State.CONFIRMED)

    assert 'hx-trigger="every' not in client.get("/changes/").content.decode()


def test_no_news_is_an_empty_answer(client, me):
    change = ask()

    response = client.get("/changes/live", {"seen": f"{change.pk}.{change.entry_id}"})

    assert response.status_code == 204
    assert response.content == b""


def test_news_bring_the_row_that_moved_and_the_next_question(client, me):
    still, moved = ask(), ask()
    seen = f"{still.pk}.{still.entry_id},{moved.pk}.{moved.entry_id}"
    move(moved, State.SENDING)

    content = client.get("/changes/live", {"seen": seen}).content.decode()

    assert f'id="change-row-{moved.pk}"' in content
    assert f'id="change-row-{still.pk}"' not in content
    assert f"{moved.pk}.{moved.entry_id},{still.pk}.{still.entry_id}" in content


def test_the_last_news_end_the_questions(client, me):
    change = ask(State.ACCEPTED)
    seen = f"{change.pk}.{change.entry_id}"
    move(change, State.CONFIRMED)

    content = client.get("/changes/live", {"seen": seen}).content.decode()

    assert 'data-state="confirmed"' in content
    assert "hx-get" not in content


def test_live_shows_nothing_of_changes_one_may_not_see(client, me):
    owner = PersonFactory()
    hidden = ask(campaign=closed_to(owner), person=owner)

    content = client.get("/changes/live", {"seen": f"{hidden.pk}.1"}).content.decode()

    assert "change-row" not in content


@pytest.mark.parametrize("seen", ["", "x", "1", "1.2.3", "1.-2", "9" * 30 + ".1"])
def test_what_no_page_asks_is_refused(client, me, seen):
    assert client.get("/changes/live", {"seen": seen}).status_code == 404


def test_a_poll_does_not_lengthen_the_session(client, me):
    change = ask()
    before = Session.objects.get().expire_date

    response = client.get("/changes/live", {"seen": f"{change.pk}.0"})

    assert "sessionid" not in response.cookies
    assert Session.objects.get().expire_date == before


# --- one change -----------------------------------------------------------------


def test_the_page_tells_from_to_reason_and_who(client, me):
    asked = ask(person=PersonFactory(full_name="Jonas Weber"), reason="Q4 plan")

    content = page(client, asked)

    assert "7 days" in content
    assert "5 days" in content
    assert "Q4 plan" in content
    assert "Jonas Weber" in content


def test_a_stranger_gets_no_page(client, me):
    owner = PersonFactory()

    page(client, ask(campaign=closed_to(owner), person=owner), status=404)


def test_an_exchange_shows_what_was_sent_and_answered_to_the_digit(client, me):
    change = ask(State.ACCEPTED)
    attempt(change, request_body='{"target":48.50}')

    content = page(client, change)

    assert "&quot;target&quot;: 48.50" in content
    assert "&quot;budget&quot;: 10.10" in content
    assert "HTTP 200" in content


def test_an_exchange_under_way_shows_until_when_it_must_answer(client, me):
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
def test_each_state_offers_what_applies_and_no_more(client, me, state, offered):
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
def test_what_cannot_go_back_says_why(client, me, words, reason):
    change = ask(State.UNCONFIRMABLE, edits=[edit(**words)])

    content = page(client, change)

    assert reason in content
    assert "/undo/change/" not in content


def test_an_implied_field_goes_back_only_with_what_implied_it(client, me):
    edits = [edit(), edit("name", label="Name", origin=Origin.IMPLIED)]

    content = page(client, ask(State.CONFIRMED, edits=edits))

    assert content.count("?field=") == content.count("?field=ttr") == 1


def test_words_of_the_platform_stand_at_their_field_as_text(client, me):
    change = ask(State.SENDING)
    said = "<script>alert(1)</script> \u202etaken"
    fates = {"ttr": Fate(State.REJECTED, says=said)}
    changes.move(change, State.REJECTED, Event.ANSWERED, fates=fates)

    content = page(client, change)

    assert "&lt;script&gt;alert(1)&lt;/script&gt; \u202etaken" in content
    assert "<script>alert(1)" not in content


def test_a_split_links_both_ways(client, me):
    edits = [edit(), edit("name", label="Name")]
    change = ask(edits=edits)
    apart = changes.split(change, {"name": Fate(State.CLASH, "9", "9 days")})

    assert f'href="/changes/{apart.pk}/"' in page(client, change)
    assert f'href="/changes/{change.pk}/"' in page(client, apart)


def test_a_put_back_links_both_ways(client, me):
    first = ask(State.CONFIRMED)
    back = ask(campaign=first.campaign, undoes=first.change_set)

    assert f"?set={back.change_set_id}" in page(client, first)
    assert f"?set={first.change_set_id}" in page(client, back)


def test_only_who_reads_the_audit_is_led_to_its_entries(client, me):
    change = ask()
    link = f'href="/audit/{change.entry_id}/"'

    assert link not in page(client, change)
    client.force_login(PersonFactory(manager=True))
    assert link in page(client, change)


def test_a_poll_of_one_change_is_empty_until_it_moves(client, me):
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
    client, me, django_assert_max_num_queries
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


def test_what_has_ended_does_not_give_up_any_more(client, me):
    assert "Gives up" in page(client, ask())
    assert "Gives up" not in page(client, ask(State.CONFIRMED))
