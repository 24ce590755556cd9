"""Names that no two campaigns may share go from one to the other in their order."""

import pytest

from campaigns import changes, documents
from campaigns.changes import Wish
from campaigns.delivery import rates
from campaigns.diff import FieldEdit, Origin
from campaigns.lifecycle import State
from campaigns.models import Campaign, Change
from campaigns.planning import proposals, undo
from campaigns.planning.piles import Pile
from tests.delivery.conftest import copies, thrifty

WAREHOUSE = "ee4d641cab17b22c"
OTHER = "3141592653589793"
BETWEEN = "Stepping aside"


@pytest.fixture
def indeed(road):
    indeed = road("indeed")
    indeed.sync()
    indeed.sync()
    return indeed


def wish(road, remote_id, seen, wanted):
    words = [documents.canonical(text) for text in (seen, wanted)]
    edit = FieldEdit("name", "Name", *words, seen, wanted, True, False, Origin.TOUCHED)
    return Wish(road.campaign(remote_id), [edit])


def swap(road):
    """Two campaigns get each other's name, by one set."""
    one, two = (road.campaign(key).name for key in (WAREHOUSE, OTHER))
    wishes = [
        wish(road, WAREHOUSE, one, BETWEEN),
        wish(road, WAREHOUSE, BETWEEN, two),
        wish(road, OTHER, two, one),
    ]
    return changes.request(road.person, wishes, key="swap")


def serve(road):
    for _ in range(12):
        road.wake()
        road.deliver()


def live(road):
    return [road.sandbox.document(key)["name"] for key in (WAREHOUSE, OTHER)]


def states(change_set):
    return set(change_set.changes.values_list("state", flat=True))


def test_two_names_are_swapped_by_one_set(indeed):
    before = live(indeed)

    sent = swap(indeed)
    serve(indeed)

    assert states(sent) == {State.CONFIRMED}
    assert live(indeed) == before[::-1]


def test_an_undo_swaps_them_back_and_its_undo_again(indeed):
    before = live(indeed)
    sent = swap(indeed)
    serve(indeed)

    back = put_back(indeed, sent, "back")
    restored = live(indeed)
    again = put_back(indeed, back, "again")

    assert restored == before
    assert live(indeed) == before[::-1]
    assert states(back) == states(again) == {State.CONFIRMED}


def put_back(road, change_set, key):
    planned = undo.plan(road.person, list(change_set.changes.order_by("pk")))
    assert planned.counts[Pile.BACK] == 2
    sent = proposals.send(
        planned.proposal,
        key=key,
        digest=planned.proposal.digest,
        undoes=planned.change_set,
    )
    serve(road)
    return sent


def test_a_name_that_somebody_keeps_cannot_go_back(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Away")
    serve(indeed)
    old = change.fields.get().seen
    indeed.ask(OTHER, "name", documents.loads(old))
    serve(indeed)

    planned = undo.plan(indeed.person, [Change.objects.get(pk=change.pk)])

    assert planned.counts[Pile.CANNOT] == 1
    assert "has this name now" in planned.lines[0].because
    assert not planned.proposal.items


def chain(road, time, count):
    """Each of so many campaigns wants the name of the one before it."""
    thrifty(road, time)
    campaigns = list(Campaign.objects.order_by("pk")[:count])
    names = ["Stepped aside", *(campaign.name for campaign in campaigns)]
    wishes = [
        wish(road, campaign.remote_id, campaign.name, name)
        for campaign, name in zip(campaigns, names, strict=False)
    ]
    return changes.request(road.person, wishes, key="chain")


def test_a_name_is_free_once_its_holder_had_time_to_give_it_up(here, time):
    road = here("indeed", seed=copies(6))
    sent = chain(road, time, 5)

    road.let_pass(time, 5 * 40)

    assert states(sent) == {State.ACCEPTED}


def test_a_name_is_not_taken_before_its_holder_had_time_to_give_it_up(here, time):
    road = here("indeed", seed=copies(6))
    sent = chain(road, time, 2)

    road.let_pass(time, 25)

    assert states(sent) == {State.ACCEPTED, State.WAITING}


def test_who_waits_for_a_name_books_no_call(here, time, monkeypatch):
    road = here("indeed", seed=copies(6))
    chain(road, time, 2)
    booked, real = [], rates.book

    def book(change, calls):
        booked.append(calls)
        real(change, calls)

    monkeypatch.setattr(rates, "book", book)
    road.let_pass(time, 25)

    assert booked == [1]
    assert len(road.patches()) == 1


def test_who_waits_in_a_ring_does_not_wait_for_ever(indeed):
    one, two = live(indeed)
    ring = [wish(indeed, WAREHOUSE, one, two), wish(indeed, OTHER, two, one)]
    sent = changes.request(indeed.person, ring, key="ring")

    serve(indeed)

    assert states(sent) == {State.REJECTED}
    assert live(indeed) == [one, two]
