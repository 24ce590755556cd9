"""The page of one entry, and where it leads."""

import pytest

from campaigns import documents
from campaigns.audit import Event
from campaigns.lifecycle import State
from campaigns.models import AuditEntry
from tests.asked import ask
from tests.factories import ConnectionFactory
from tests.views.audit.log import append

pytestmark = pytest.mark.django_db


def test_an_entry_shows_its_body_leaf_and_place(client, me):
    entry = AuditEntry.objects.get(pk=ask(reason="because").entry_id)

    page = client.get(f"/audit/{entry.pk}/").content.decode()

    assert entry.leaf in page
    assert f"<code>{entry.stream}</code>, number 1" in page
    assert "&quot;reason&quot;: &quot;because&quot;" in page
    assert "The leaf is that of the text" in page


def test_the_body_laid_out_says_what_is_stored_and_nothing_else(client, me):
    entry = AuditEntry.objects.get(pk=ask(reason='a "b": [1,2] {').entry_id)

    laid_out = client.get(f"/audit/{entry.pk}/").context["body"]

    assert documents.canonical(documents.loads(laid_out)) == entry.body


def test_an_entry_leads_to_the_whole_chain_of_its_change(client, me):
    change = ask(State.CONFIRMED)
    chain = AuditEntry.objects.filter(change_id=change.pk).order_by("pk")

    page = client.get(f"/audit/{chain[1].pk}/").content.decode()

    others = [one.pk for one in chain if one.pk != chain[1].pk]
    assert len(others) == 3
    assert all(f'href="/audit/{pk}/"' in page for pk in others)


def test_an_entry_leads_to_its_neighbours_in_the_stream(client, me):
    connection = ConnectionFactory()
    first, second, third = (
        append(Event.TESTED, f"connection:{connection.pk}", connection=connection)
        for _ in range(3)
    )
    append()

    context = client.get(f"/audit/{second.pk}/").context

    assert (context["earlier"], context["later"]) == (first, third)
