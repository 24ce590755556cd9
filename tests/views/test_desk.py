"""The review desk: what lies on it, in which order, what acts do, and whose it is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from campaigns import audit, changes, clock, queries, reviews
from campaigns.audit import Event, Told
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, DeskVisit, Review, Verdict
from campaigns.queries import Pile
from tests.asked import ask, edit, move
from tests.factories import CampaignFactory, ConnectionFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client):
    person = PersonFactory(manager=True, full_name="Priya Nair")
    client.force_login(person)
    return person


@pytest.fixture
def mara():
    return PersonFactory(full_name="Mara Lindqvist")


def see(client, **asked):
    response = client.get("/desk/", asked)
    assert response.status_code == 200
    return response


def listed(client, **asked):
    return [card.change_set.pk for card in see(client, **asked).context["cards"]]


def chips(client):
    (card,) = see(client).context["cards"]
    return {chip.risk.name for chip in card.chips} - {"LATE"}


def mark(client, change, verdict="reviewed", **posted):
    posted = {"verdict": verdict, "seen": change.entry_id, **posted}
    return client.post(f"/desk/{change.change_set_id}/mark", posted)


def question(change, by, text="Why?"):
    return reviews.ask(change.change_set, by, text)


def pile(change, person):
    return queries.find_sets(person).get(pk=change.change_set_id).pile


# --- what lies on it ----------------------------------------------------------------


def test_a_marketer_has_no_desk(client):
    client.force_login(PersonFactory())

    assert client.get("/desk/").status_code == 403


@pytest.mark.parametrize("who", ["teammate", "stranger", "admin"])
def test_a_set_shows_to_who_may_see_its_connection(client, who):
    teammate = PersonFactory(manager=True)
    connection = ConnectionFactory(open_to_all=False, people=[teammate])
    change = ask(campaign=CampaignFactory(connection=connection), person=teammate)
    people = {
        "teammate": teammate,
        "stranger": PersonFactory(manager=True),
        "admin": PersonFactory(admin=True),
    }
    client.force_login(people[who])

    assert (listed(client) == [change.change_set_id]) == (who != "stranger")
    assert (mark(client, change).status_code == 302) == (who != "stranger")


def test_the_card_tells_who_why_what_and_what_became_of_it(client, me, mara):
    ask(State.CONFIRMED, person=mara, reason="Columbus <reopens>", title="Plan B")

    page = see(client).content.decode()

    for words in ("Plan B", "Mara Lindqvist", "7 days", "5 days", "Confirmed"):
        assert words in page
    assert "Columbus &lt;reopens&gt;" in page


def test_a_set_without_a_title_is_named_after_what_it_is_about(client, me):
    ask(campaign=CampaignFactory(name="Night nurses"))

    title = see(client).context["cards"][0].title

    assert title == "Time to rate on “Night nurses”"


def test_the_riskiest_comes_first(client, me):
    plain = ask(State.CONFIRMED)
    one_way = ask(State.CONFIRMED, edits=[edit(one_way=True)])
    refused = ask(State.REJECTED)
    ask(State.CONFIRMED)

    order = listed(client)

    assert order[:2] == [one_way.change_set_id, refused.change_set_id]
    assert plain.change_set_id in order[2:]


@pytest.mark.parametrize(
    ("state", "chip"),
    [
        (State.REJECTED, "REFUSED"),
        (State.FAILED, "REFUSED"),
        (State.UNKNOWN, "UNKNOWN"),
        (State.DIFFERENT, "DIFFERENT"),
        (State.CLASH, "CLASH"),
    ],
)
def test_an_end_that_was_not_wanted_is_a_reason(client, me, state, chip):
    ask(state, edits=[edit(seen="7", wanted="6")])

    assert chips(client) == {chip}


def test_a_field_changed_elsewhere_afterwards_is_a_reason(client, me):
    change = ask(State.CONFIRMED, edits=[edit(seen="7", wanted="6")])
    with transaction.atomic():
        audit.append(
            Event.OUTSIDE,
            f"campaign:{change.campaign_id}",
            at=clock.now(),
            campaign=change.campaign,
            fields=[Told("ttr", "Time to rate", "6", "2", "6 days", "2 days")],
        )

    assert chips(client) == {"OUTSIDE"}


def test_put_back_by_someone_else_is_a_reason_and_by_oneself_is_not(client, me, mara):
    first = ask(State.CONFIRMED, person=mara, edits=[edit(seen="7", wanted="6")])
    own = ask(State.CONFIRMED, person=mara, edits=[edit(seen="7", wanted="6")])
    ask(person=me, undoes=first.change_set)
    ask(person=mara, undoes=own.change_set)

    cards = {card.change_set.pk: card for card in see(client).context["cards"]}

    of_first = [chip.words for chip in cards[first.change_set_id].chips]
    of_own = [chip.words for chip in cards[own.change_set_id].chips]
    assert "Put back by Priya Nair" in of_first
    assert not any("Put back" in words for words in of_own)


def test_out_of_hours_is_told_by_the_clock_of_who_asked(client, me):
    author = PersonFactory(timezone="Pacific/Auckland")
    moment = datetime(2026, 11, 23, 9, tzinfo=UTC)  # 22:00 there, a Monday

    with clock.replaced(lambda: moment):
        ask(State.CONFIRMED, person=author, edits=[edit(seen="7", wanted="6")])
        (card,) = see(client).context["cards"]

    assert [chip.words for chip in card.chips] == ["Out of hours, Mon 22:00"]


# --- coverage -----------------------------------------------------------------------


def test_the_coverage_adds_up_to_all_there_is(client, me, mara):
    made = [ask(State.CONFIRMED, person=mara) for _ in range(7)]
    for change in made[:3]:
        mark(client, change)
    mark(client, made[3], "flagged")
    question(made[4], me)
    mark(client, made[5])
    question(made[5], me)

    context = see(client).context

    counts = {row["text"]: row["count"] for row in context["piles"]}
    assert counts == {
        "Reviewed": 3,
        "Question open": 2,
        "Flagged": 1,
        "To look at": 1,
    }
    assert sum(counts.values()) == context["total"] == 7
    assert "3 + 2 + 1 + 1 = 7 change sets" in see(client).content.decode()


@pytest.mark.parametrize("pile", [*Pile, "all"])
def test_each_pile_lists_as_many_as_its_tab_says(client, me, mara, pile):
    made = [ask(State.CONFIRMED, person=mara) for _ in range(4)]
    mark(client, made[0])
    mark(client, made[1], "flagged")
    question(made[2], me)

    page = see(client, pile=pile)

    (tab,) = [pill for pill in page.context["pills"] if pill["current"]]
    assert len(page.context["cards"]) == tab["count"] == (4 if pile == "all" else 1)


def test_more_sets_cost_no_more_queries(client, me, django_assert_max_num_queries):
    for _ in range(3):
        question(ask(State.CONFIRMED), me)
        ask(State.CONFIRMED)
    with django_assert_max_num_queries(60) as few:
        see(client, pile="all")
    for _ in range(8):
        question(ask(State.CONFIRMED), me)
        ask(State.CONFIRMED)

    with django_assert_max_num_queries(len(few)):
        see(client, pile="all")


# --- visits -------------------------------------------------------------------------


def at(moment, act, *arguments, **words):
    with clock.replaced(lambda: moment):
        return act(*arguments, **words)


def test_looking_writes_nothing(client, me):
    before = AuditEntry.objects.count()

    see(client)

    assert not DeskVisit.objects.exists()
    assert AuditEntry.objects.count() == before


def test_a_new_visit_shows_what_came_since_the_last(client, me):
    now = datetime.now(UTC)
    old = now - timedelta(days=3)
    at(old, ask, State.CONFIRMED)
    at(old + timedelta(minutes=5), client.post, "/desk/visit")
    new = at(now - timedelta(hours=1), ask, State.CONFIRMED)

    assert at(now, listed, client) == [new.change_set_id]


def test_loading_the_page_again_does_not_end_the_visit(client, me):
    now = datetime.now(UTC)
    at(now - timedelta(days=2), client.post, "/desk/visit")
    change = at(now - timedelta(days=1), ask, State.CONFIRMED)
    at(now - timedelta(minutes=20), client.post, "/desk/visit")
    at(now - timedelta(minutes=10), client.post, "/desk/visit")

    assert at(now, listed, client) == [change.change_set_id]


def test_an_open_question_stays_whatever_the_span(client, me, mara):
    long_ago = datetime.now(UTC) - timedelta(days=90)
    change = at(long_ago, ask, State.CONFIRMED, person=mara)
    at(long_ago, question, change, me)

    assert listed(client, span="day", pile="question") == [change.change_set_id]


# --- verdicts -----------------------------------------------------------------------


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


@pytest.mark.parametrize(("who", "offered"), [("manager", True), ("admin", False)])
def test_undo_is_offered_to_who_may_send(client, who, offered):
    change = ask(State.CONFIRMED)
    client.force_login(PersonFactory(**{who: True}))

    page = see(client).content.decode()

    assert (f"/undo/set/{change.change_set_id}" in page) == offered


def test_what_nobody_asked_for_here_stands_beside(client, me):
    campaign = CampaignFactory(name="Night <nurses>")
    hidden = CampaignFactory(name="Secret plan", connection__open_to_all=False)
    for one in (campaign, hidden):
        with transaction.atomic():
            audit.append(
                Event.OUTSIDE,
                f"campaign:{one.pk}",
                at=clock.now(),
                campaign=one,
                fields=[Told("ttr", "Time to rate", "6", "2", "6 days", "2 days")],
            )

    page = see(client).content.decode()

    assert "Night &lt;nurses&gt;" in page
    assert "Secret plan" not in page
