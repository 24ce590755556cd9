"""What a notice says, word for word: partners parse the one, people read the other."""

import json
from datetime import UTC, datetime

import pytest
from django.core import mail

from campaigns import audit, clock, notices
from campaigns.delivery import notices as delivering
from campaigns.lifecycle import State
from campaigns.models import (
    AuditEntry,
    Delivery,
    NoticeDelivery,
    Road,
    Subscription,
)
from tests.asked import ask, edit
from tests.factories import CampaignFactory, ConnectionFactory
from tests.notices.telling import happen, hook, letters, tell

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 4, 5, 6, 7, 890_000, UTC)
REQUESTED = {"events": ("change requested",)}


@pytest.fixture
def now():
    with clock.replaced(lambda: NOW):
        yield


@pytest.fixture
def nurses():
    connection = ConnectionFactory(name="Panel")
    return CampaignFactory(name="Nurses", remote_id="n-1", connection=connection)


def test_a_letter_says_who_did_what_where_and_why(me, nurses, now):
    letters(me, **REQUESTED)
    audit.remember_name(me)
    change = ask(person=me, reason="Columbus reopens", campaign=nurses)

    tell()

    (letter,) = mail.outbox
    assert letter.subject == "[Campaign Desk] Mine: change requested"
    assert letter.body == (
        "Change requested, Nurses, by Priya Nair, waiting\n"
        "Time to rate: 7 days → 5 days\n"
        "“Columbus reopens”\n"
        f"2026-03-04 05:06 UTC, audit entry {change.entry_id}\n\n"
        "You get this because of your notice “Mine”. "
        "Change or stop it under Notices in Campaign Desk."
    )


def test_foreign_text_adds_no_line_to_a_letter(me, now):
    letters(me, **REQUESTED)
    odd = "Nurses\nPay here:\u2028http://elsewhere"
    ask(person=me, campaign=CampaignFactory(name=odd), reason="One\n\nTwo")

    tell()

    (letter,) = mail.outbox
    assert "Nurses Pay here: http://elsewhere, by" in letter.body
    assert "“One Two”" in letter.body


def test_a_letter_of_two_says_how_many_and_leaves_out_what_is_not_known(
    me, nurses, now
):
    letters(me, events=("connection tested",))
    entries = [happen(), happen(connection=nurses.connection)]

    tell()

    (letter,) = mail.outbox
    assert letter.subject == "[Campaign Desk] Mine: 2 entries"
    one, two, _ = letter.body.split("\n\n")
    assert (
        one == f"Connection tested\n2026-03-04 05:06 UTC, audit entry {entries[0].pk}"
    )
    assert two.startswith("Connection tested, Panel\n2026")


def test_a_name_of_several_lines_is_one_line_of_a_subject(me):
    notices.add(me, notices.Wanted("Two\nlines,  spaced", Road.EMAIL))
    happen()

    tell()

    assert mail.outbox[0].subject.startswith("[Campaign Desk] Two lines, spaced: ")


def test_what_was_told_is_over_at_the_first_try_and_without_trouble(me, now):
    letters(me, events=("connection tested",))
    happen()

    tell()

    row = NoticeDelivery.objects.get()
    assert (row.outcome, row.tries, row.trouble) == (Delivery.TOLD, 1, "")
    assert row.ended_at == Subscription.objects.get().told_at == NOW


def test_while_one_worker_tells_a_notice_no_other_does(me, monkeypatch):
    notice = letters(me, events=("connection tested",))
    happen()
    at_once = []
    true_send = delivering._send

    def send(*args):
        at_once.append(delivering.tell(notice.pk))
        true_send(*args)

    monkeypatch.setattr(delivering, "_send", send)

    tell()

    assert at_once == [False]
    assert len(mail.outbox) == 1


def test_a_webhook_carries_each_entry_whole(me, nurses, receiver, now):
    notice = hook(me, receiver, **REQUESTED)
    audit.remember_name(me)
    change = ask(person=me, reason="Columbus reopens", campaign=nurses)

    tell()

    entry = AuditEntry.objects.get(pk=change.entry_id)
    assert json.loads(receiver.got[0][1]) == {
        "notice": notice.pk,
        "name": "Partner",
        "sent_at": "2026-03-04T05:06:07+00:00",
        "entries": [
            {
                "entry": entry.pk,
                "at": "2026-03-04T05:06:07+00:00",
                "event": "change requested",
                "state": State.WAITING,
                "channel": "screen",
                "who": "Priya Nair",
                "change": change.pk,
                "campaign": {"name": "Nurses", "remote_id": "n-1"},
                "connection": {"name": "Panel", "platform": "microworkers"},
                "fields": [
                    {
                        "field": "ttr",
                        "label": "Time to rate",
                        "from": "7 days",
                        "to": "5 days",
                    }
                ],
                "reason": "Columbus reopens",
                "leaf": entry.leaf,
            }
        ],
    }


def test_an_entry_of_nobody_and_nothing_has_every_key_all_the_same(
    me, nurses, receiver, now
):
    hook(me, receiver, events=("connection tested",))
    happen()

    tell()

    (told,) = json.loads(receiver.got[0][1])["entries"]
    assert (told["who"], told["campaign"], told["connection"]) == ("", {}, {})
    assert (told["fields"], told["reason"], told["change"]) == ([], "", None)


def test_a_person_without_a_remembered_name_is_a_number(me, nurses, receiver):
    hook(me, receiver, events=("connection tested",))
    happen(person=me)

    tell()

    (told,) = json.loads(receiver.got[0][1])["entries"]
    assert told["who"] == f"person {me.pk}"


def test_long_texts_are_cut_to_five_hundred_characters(me, nurses, receiver):
    hook(me, receiver, **REQUESTED)
    long = edit(seen_text="s" * 501, wanted_text="w" * 501)
    ask(campaign=nurses, edits=[long], reason="r" * 501)

    tell()

    (told,) = json.loads(receiver.got[0][1])["entries"]
    (field,) = told["fields"]
    assert [told["reason"], field["from"], field["to"]] == [
        "r" * 500,
        "s" * 500,
        "w" * 500,
    ]


def test_a_field_without_a_label_goes_by_its_name(me, nurses, now):
    letters(me, **REQUESTED)
    ask(campaign=nurses, edits=[edit(label="")])

    tell()

    assert "\nttr: 7 days → 5 days\n" in mail.outbox[0].body
