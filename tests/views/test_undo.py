"""The page of an undo: counted first, left alone unless ticked, sent once."""

import csv
import io
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import changes, documents
from campaigns.changes import Wish
from campaigns.diff import Origin
from campaigns.lifecycle import State
from campaigns.models import Campaign, Change, ChangeSet, Channel
from tests.asked import ask, edit, move
from tests.factories import CampaignFactory, IndeedFactory, PersonFactory
from tests.views.tab import found, known, text, words

pytestmark = pytest.mark.django_db
NAME = {"field": "name", "label": "Name"}


@pytest.fixture
def story(nurses, mara):
    """Renames the campaign as delivery would: a change in a state, and the value."""

    def write(before, after, state=State.CONFIRMED, field="name", **words_):
        texts = (documents.canonical(before), documents.canonical(after))
        shown = {"label": field, "seen_text": str(before), "wanted_text": str(after)}
        one = edit(field, *texts, **(shown | words_))
        change = ask(state, campaign=nurses, person=mara, edits=[one])
        kept = documents.put(documents.loads(nurses.document), field, after)
        nurses.document = documents.wire(kept)
        nurses.save(update_fields=["document"])
        return change

    return write


def preview(client, change, **query):
    return client.get(f"/undo/change/{change.pk}", query)


def counts(response):
    return {k: n for k, n in response.context["counts"].items() if n}


def send(client, shown, change, **more):
    key = found('name="key" value="([^"]*)"', shown)
    digest = found('name="digest" value="([^"]*)"', shown)
    given = {"key": key, "digest": digest, "title": "Back", **known(shown), **more}
    return client.post(f"/undo/change/{change.pk}/send", given)


# --- the piles ------------------------------------------------------------------


def test_what_is_still_ours_goes_back(client, story):
    change = story("Night nurses", "Day nurses")

    page = preview(client, change)

    assert counts(page) == {"back": 1}
    assert "1 + 0 + 0 + 0 = 1 field. 1 goes back and 0 stay" in words(text(page))
    assert "Day nurses to Night nurses" in words(text(page))


def test_what_was_changed_again_is_left_alone_and_names_who(client, story, mara):
    first = story("Night nurses", "Day nurses")
    story("Day nurses", "ICU nurses")

    page = preview(client, first)

    assert counts(page) == {"again": 1}
    assert "Mara Lindqvist" in words(text(page))
    assert "Nothing is to be sent" in words(text(page))


def test_a_tick_puts_it_back_on_purpose(client, story, nurses):
    first = story("Night nurses", "Day nurses")
    story("Day nurses", "ICU nurses")

    page = preview(client, first, tick=f"{nurses.pk}.name")

    assert "With the 1 ticked, 1 goes back and 0 stay" in words(text(page))


def test_all_that_was_changed_again_is_ticked_at_once(client, story):
    first = story("Night nurses", "Day nurses")
    story("Day nurses", "ICU nurses")

    assert preview(client, first, tick="all").context["sent"] == 1


def test_what_was_empty_cannot_go_back_and_says_why(client, story):
    change = story(None, "tok", field="trackingToken")

    page = preview(client, change)

    assert counts(page) == {"cannot": 1}
    assert "can be replaced, never emptied" in words(text(page))


def test_what_was_never_known_cannot_go_back(client, signs, mara):
    blind = edit("autoRefillPositions", None, "true", readable=False)
    change = ask(State.UNCONFIRMABLE, campaign=signs, person=mara, edits=[blind])

    page = preview(client, change)

    assert counts(page) == {"cannot": 1}
    assert "The value before was never known" in words(text(page))


def test_what_was_sent_blind_goes_back_to_what_was_sent_before(client, signs, mara):
    for before, wanted in ((None, "true"), (None, "false")):
        blind = edit("autoRefillPositions", before, wanted, readable=False)
        change = ask(State.UNCONFIRMABLE, campaign=signs, person=mara, edits=[blind])

    page = preview(client, change)

    assert counts(page) == {"back": 1}
    assert "Off to On" in words(text(page))


@pytest.mark.parametrize("state", [State.REJECTED, State.CANCELLED, State.ALREADY_SO])
def test_what_never_took_effect_needs_no_undo(client, mara, nurses, state):
    one = edit(seen='"Night nurses"', wanted='"X"', **NAME)
    change = ask(state, campaign=nurses, person=mara, edits=[one])

    assert counts(preview(client, change)) == {"already": 1}


@pytest.mark.parametrize("state", [State.WAITING, State.SENDING, State.UNKNOWN])
def test_what_is_not_settled_cannot_go_back_yet(client, mara, nurses, state):
    one = edit(seen='"Night nurses"', wanted='"X"', **NAME)
    change = ask(state, campaign=nurses, person=mara, edits=[one])

    assert counts(preview(client, change)) == {"cannot": 1}


def test_an_archived_connection_takes_nothing_back(client, story, nurses):
    change = story("Night nurses", "Day nurses")
    nurses.connection.archived_at = change.created_at
    nurses.connection.save(update_fields=["archived_at"])

    page = preview(client, change)

    assert counts(page) == {"cannot": 1}
    assert "archived" in words(text(page))


def test_criteria_come_back_in_one_request_with_the_switch(client, open_nurses, mara):
    gone = {"jobsQuery": '"title:nurse"', "jobsLocation": '"Graz"'}
    cleared = [edit(p, t, "null", origin=Origin.IMPLIED) for p, t in gone.items()]
    switch = edit("jobsToInclude", '"QUERY"', '"ALL"')
    change = ask(
        State.CONFIRMED, campaign=open_nurses, person=mara, edits=[switch, *cleared]
    )
    shown = documents.loads(open_nurses.document)
    shown |= {"jobsToInclude": "ALL", "jobsQuery": None, "jobsLocation": None}
    open_nurses.document = documents.wire(shown)
    open_nurses.save(update_fields=["document"])

    page = preview(client, change, field="jobsToInclude")

    (item,) = page.context["undo"].proposal.items
    assert item.plan.body == {
        "jobsToInclude": "QUERY",
        "jobsQuery": "title:nurse",
        "jobsLocation": "Graz",
    }


# --- sending --------------------------------------------------------------------


def test_a_sent_undo_is_a_change_set_linked_both_ways(client, story):
    change = story("Night nurses", "Day nurses")

    response = send(client, preview(client, change), change, reason="Too early")

    sent = ChangeSet.objects.get(channel=Channel.UNDO)
    assert response.status_code == 302
    assert (sent.undoes, sent.title, sent.reason) == (
        change.change_set,
        "Back",
        "Too early",
    )
    assert change.change_set.undone_by.get() == sent
    assert sent.changes.get().fields.get().wanted == '"Night nurses"'


def test_the_same_form_twice_undoes_once(client, story):
    change = story("Night nurses", "Day nurses")
    shown = preview(client, change)

    send(client, shown, change)
    send(client, shown, change)

    assert ChangeSet.objects.filter(channel=Channel.UNDO).count() == 1


def test_what_moved_since_the_preview_asks_for_another_look(client, story):
    change = story("Night nurses", "Day nurses")
    shown = preview(client, change)
    story("Day nurses", "ICU nurses")

    response = send(client, shown, change)

    assert response.status_code == 422
    assert not ChangeSet.objects.filter(channel=Channel.UNDO).exists()


def test_a_tick_that_was_not_reviewed_asks_for_another_look(client, story, nurses):
    first = story("Night nurses", "Day nurses")
    story("Day nurses", "ICU nurses")
    shown = preview(client, first)

    looked = send(client, shown, first, tick=f"{nurses.pk}.name")
    response = send(client, looked, first, tick=f"{nurses.pk}.name")

    assert looked.status_code == 422
    assert response.status_code == 302


def test_an_undo_can_be_undone(client, story, nurses):
    change = story("Night nurses", "Day nurses")
    send(client, preview(client, change), change)
    back = Change.objects.get(change_set__channel=Channel.UNDO)
    for state in (State.SENDING, State.ACCEPTED, State.CONFIRMED):
        move(back, state)
    nurses.document = nurses.document.replace("Day nurses", "Night nurses")
    nurses.save(update_fields=["document"])

    page = preview(client, back)

    assert counts(page) == {"back": 1}
    assert "Night nurses to Day nurses" in words(text(page))


def test_the_history_says_what_an_undo_undoes(client, story):
    change = story("Night nurses", "Day nurses")

    send(client, preview(client, change), change)

    body = documents.loads(Change.objects.latest("pk").entry.body)
    assert body["facts"]["undoes"] == change.change_set_id


# --- where it is offered, and to whom -------------------------------------------


def test_the_page_of_a_change_leads_to_its_undo(client, story):
    change = story("Night nurses", "Day nurses")

    page = text(client.get(f"/changes/{change.pk}/"))

    assert f'href="/undo/change/{change.pk}"' in page
    assert f'href="/undo/change/{change.pk}?field=name"' in page


def test_the_list_of_a_set_leads_to_its_undo(client, story):
    key = story("Night nurses", "Day nurses").change_set_id

    assert f'href="/undo/set/{key}"' in text(client.get("/changes/", {"set": key}))


def test_a_strangers_change_is_404(client, mara):
    owner = PersonFactory()
    closed = {"connection__open_to_all": False, "connection__people": [owner]}
    theirs = ask(State.CONFIRMED, campaign=CampaignFactory(**closed), person=owner)

    assert preview(client, theirs).status_code == 404
    assert client.post(f"/undo/change/{theirs.pk}/send").status_code == 404


def test_who_may_not_edit_undoes_nothing(client, story):
    change = story("Night nurses", "Day nurses")
    client.force_login(PersonFactory(admin=True))

    assert preview(client, change).status_code == 403
    assert client.post(f"/undo/change/{change.pk}/send").status_code == 403


def test_nothing_else_can_be_undone(client, mara):
    assert client.get("/undo/person/1").status_code == 404
    assert client.get("/undo/set/999").status_code == 404


# --- many campaigns -------------------------------------------------------------


def big_set(person, count):
    """A set on so many campaigns, each of it Confirmed and still in place."""
    indeed = IndeedFactory()
    campaigns = [
        CampaignFactory(connection=indeed, document='{"name": "New"}')
        for _ in range(count)
    ]
    one = edit(seen='"Old"', wanted='"New"', **NAME)
    names = [replace(one, seen=f'"Old {n}"') for n in range(count)]
    wishes = [Wish(c, [e]) for c, e in zip(campaigns, names, strict=True)]
    sent = changes.request(person, wishes, key=f"big-{count}")
    for change in sent.changes.all():
        for state in (State.SENDING, State.ACCEPTED, State.CONFIRMED):
            move(change, state)
    return sent


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


# --- the same as a file ---------------------------------------------------------


def sheet(page):
    """The lines of the CSV that the page leads to."""
    link = found(r'href="([^"]*as=csv)"', page)
    content = page.client.get(link).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


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
