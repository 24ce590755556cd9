"""The review desk: what lies on it, in which order, and how it adds up."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from campaigns import audit, clock
from campaigns.audit import Event, Told
from campaigns.lifecycle import State
from campaigns.queries import Pile
from tests.asked import ask, edit
from tests.factories import CampaignFactory, ConnectionFactory, PersonFactory
from tests.views.desk.cards import chips, listed, mark, question, see

pytestmark = pytest.mark.django_db


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
