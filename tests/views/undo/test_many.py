"""An undo of many campaigns: counted, ticked at once, the same as a file."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import changes
from campaigns.changes import Wish
from campaigns.lifecycle import State
from campaigns.models import Campaign
from tests.asked import edit, move
from tests.factories import CampaignFactory, IndeedFactory
from tests.views.tab import text, words
from tests.views.undo.pages import NAME, big_set, counts, preview, sheet

pytestmark = pytest.mark.django_db


def test_more_campaigns_cost_no_more_queries(client, mara, django_assert_num_queries):
    few, many = big_set(mara, 2), big_set(mara, 12)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/undo/set/{few.pk}")

    with django_assert_num_queries(len(asked)):
        page = client.get(f"/undo/set/{many.pk}")

    assert counts(page) == {"back": 12}


def test_more_than_are_laid_out_can_all_be_ticked(client, mara, monkeypatch):
    monkeypatch.setattr("campaigns.views.undo.SHOWN", 2)
    sent = big_set(mara, 4)
    Campaign.objects.update(document='{"name": "Moved"}')

    page = client.get(f"/undo/set/{sent.pk}", {"tick": "all"})

    assert page.context["sent"] == 4
    assert text(page).count("disabled") >= 2
    assert '<input type="hidden" name="tick" value="all">' in text(page)


def test_lines_that_are_not_laid_out_are_counted(client, mara, monkeypatch):
    monkeypatch.setattr("campaigns.views.undo.SHOWN", 3)
    sent = big_set(mara, 5)

    page = client.get(f"/undo/set/{sent.pk}")

    assert "3 of 5 lines shown" in words(text(page))


def test_swapped_names_are_counted_as_two_campaigns(client, mara):
    indeed = IndeedFactory()
    one, other = (
        CampaignFactory(connection=indeed, name=name, document=f'{{"name": "{name}"}}')
        for name in ("Night", "Day")
    )
    wishes = [
        Wish(one, [edit(seen='"Day"', wanted='"Night"', **NAME)]),
        Wish(other, [edit(seen='"Night"', wanted='"Day"', **NAME)]),
    ]
    sent = changes.request(mara, wishes, key="swap")
    for change in sent.changes.all():
        for state in (State.SENDING, State.ACCEPTED, State.CONFIRMED):
            move(change, state)

    page = client.get(f"/undo/set/{sent.pk}")

    assert len(page.context["undo"].proposal.items) == 3
    assert "Campaigns 2 Calls 9" in words(text(page))


def test_the_csv_has_every_line_with_its_pile(client, mara, monkeypatch):
    monkeypatch.setattr("campaigns.views.undo.SHOWN", 2)
    sent = big_set(mara, 4)
    Campaign.objects.filter(pk=sent.changes.first().campaign_id).update(
        document='{"name": "=Moved"}'
    )

    lines = sheet(client.get(f"/undo/set/{sent.pk}"))

    assert [line["Pile"] for line in lines].count("goes back") == 3
    (moved,) = (line for line in lines if line["Pile"] == "changed again since")
    assert (moved["Now"], moved["Is put back"]) == ("'=Moved", "no")


def test_the_csv_knows_the_ticks_of_the_page(client, story, nurses):
    first = story("Night nurses", "Day nurses")
    story("Day nurses", "ICU nurses")

    (line,) = sheet(preview(client, first, tick=f"{nurses.pk}.name"))

    assert line["Is put back"] == "yes"
    assert line["Changed by"].startswith("Mara Lindqvist, change ")
