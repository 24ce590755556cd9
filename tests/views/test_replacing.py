"""A newer edit may take the place of one that still waits, if its author says so."""

import pytest

from campaigns import changes
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Change
from campaigns.planning import proposals
from tests.delivery.conftest import fields
from tests.factories import PersonFactory
from tests.views.tab import Review, found, text, words

pytestmark = pytest.mark.django_db

WAREHOUSE = "ee4d641cab17b22c"


@pytest.fixture
def indeed(road, client):
    made = road("indeed")
    made.sync()
    client.force_login(made.person)
    return made


@pytest.fixture
def waiting(indeed):
    return indeed.ask(WAREHOUSE, "name", "First")


def edit_again(indeed, value="Second"):
    assert indeed.edit(WAREHOUSE, "name", value) == []


def page(client):
    return words(text(client.get("/review")))


def ticked(indeed):
    return {"replace": str(indeed.campaign(WAREHOUSE).pk)}


def newest():
    return Change.objects.latest("sequence")


def test_the_page_offers_to_replace_what_waits(client, indeed, waiting):
    edit_again(indeed)

    assert f"Replace the waiting one: change {waiting.pk}" in page(client)


def test_replaced_the_older_edit_is_superseded_and_never_sent(client, indeed, waiting):
    edit_again(indeed)
    Review(client).send(**ticked(indeed))

    indeed.deliver()

    assert fields(waiting) == {"name": State.SUPERSEDED}
    assert fields(newest()) == {"name": State.CONFIRMED}
    assert [one["body"] for one in indeed.patches()] == ['{"name":"Second"}']


def test_the_newer_edit_is_compared_with_what_was_there_before_both(
    client, indeed, waiting
):
    edit_again(indeed)
    Review(client).send(**ticked(indeed))

    assert newest().fields.get().seen == waiting.fields.get().seen


def test_the_history_names_what_replaced_it(client, indeed, waiting):
    edit_again(indeed)
    Review(client).send(**ticked(indeed))

    told = AuditEntry.objects.get(change_id=waiting.pk, state=State.SUPERSEDED)
    assert f'"superseded_by":{newest().pk}' in told.body
    assert told.person_id == indeed.person.pk


def test_not_ticked_both_go_out_in_order(client, indeed, waiting):
    edit_again(indeed)
    Review(client).send()

    indeed.deliver()

    bodies = [one["body"] for one in indeed.patches()]
    assert bodies == ['{"name":"First"}', '{"name":"Second"}']


def test_a_worker_that_was_quicker_makes_it_an_ordinary_edit(indeed, waiting):
    edit_again(indeed)
    proposal = proposals.propose(indeed.person)
    assert not proposal.items[0].replacement.why_not
    indeed.deliver()

    sent = proposals.send(
        proposal,
        key="late",
        digest=proposal.digest,
        replace={proposal.items[0].campaign.pk},
    )
    indeed.deliver()

    assert fields(waiting) == {"name": State.CONFIRMED}
    assert fields(sent.changes.get()) == {"name": State.CONFIRMED}


def test_a_cancel_in_between_makes_it_an_ordinary_edit(indeed, waiting):
    edit_again(indeed)
    proposal = proposals.propose(indeed.person)
    changes.cancel(waiting, indeed.person)

    replace = {proposal.items[0].campaign.pk}
    sent = proposals.send(proposal, key="late", digest=proposal.digest, replace=replace)

    assert fields(waiting) == {"name": State.CANCELLED}
    assert sent.changes.get().fields.get().seen_text == "First"


def test_a_change_with_another_field_cannot_be_replaced(client, indeed):
    indeed.edit(WAREHOUSE, "name", "First")
    indeed.edit(WAREHOUSE, "trackingToken", "spring")
    two = indeed.send().changes.get()
    edit_again(indeed)

    assert "only a whole one can go" in page(client)
    Review(client).send(**ticked(indeed))
    assert set(fields(two).values()) == {State.WAITING}


def test_the_change_of_another_person_cannot_be_replaced(client, indeed, waiting):
    other = PersonFactory()
    client.force_login(other)
    assert indeed.edit(WAREHOUSE, "name", "Second", person=other) == []

    assert "Replace the waiting one" not in page(client)
    Review(client).send(**ticked(indeed))
    assert fields(waiting) == {"name": State.WAITING}


def test_what_somebody_built_on_cannot_be_replaced(client, indeed, waiting):
    indeed.ask(WAREHOUSE, "name", "Between", person=PersonFactory())
    edit_again(indeed)

    assert "Somebody has edited it again since" in page(client)


def test_going_back_to_what_is_live_is_a_cancel_instead(client, indeed, waiting):
    edit_again(indeed, waiting.fields.get().seen_text)

    assert "cancel the waiting change instead" in page(client)


def test_a_double_click_replaces_once(client, indeed, waiting):
    edit_again(indeed)
    review = Review(client)

    review.send(**ticked(indeed))
    review.send(**ticked(indeed))

    assert Change.objects.count() == 2
    assert fields(newest()) == {"name": State.WAITING}


def test_the_box_belongs_to_the_form_that_sends(client, indeed, waiting):
    edit_again(indeed)

    owner = found('name="replace"[^>]* form="([^"]*)"', client.get("/review"))

    assert f'id="{owner}" method="post" action="/review/send"' in text(
        client.get("/review")
    )
