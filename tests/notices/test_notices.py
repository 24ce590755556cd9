"""Notices: everything asked for is told, nothing skipped, nothing else, and retried."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from campaigns import audit, clock, notices
from campaigns.audit import seal
from campaigns.delivery import notices as telling
from campaigns.lifecycle import State
from campaigns.models import (
    AuditEntry,
    Delivery,
    NoticeDelivery,
    Road,
    Seal,
    Subscription,
)
from tests.asked import ask
from tests.factories import CampaignFactory, ConnectionFactory, PersonFactory
from tests.notices.telling import happen, hook, letters, tell

pytestmark = pytest.mark.django_db


def bodies(receiver):
    return [json.loads(body) for _, body in receiver.got]


def told(receiver):
    return [entry["entry"] for body in bodies(receiver) for entry in body["entries"]]


# --- what is told -------------------------------------------------------------------


def test_an_entry_asked_for_arrives_by_mail(me):
    letters(me, events=("change requested",))
    audit.remember_name(me)
    seal.run_once()
    telling.run_once()
    ask(person=me, reason="Columbus reopens", campaign=CampaignFactory(name="Nurses"))

    tell()

    (letter,) = mail.outbox
    assert letter.to == ["p@example.com"]
    assert "change requested" in letter.subject
    for words in ("Nurses", "by Priya Nair", "7 days → 5 days", "Columbus reopens"):
        assert words in letter.body


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"events": ("sending",)}, 1),
        ({"states": ("confirmed",)}, 1),
        ({"events": ("sending", "answered"), "states": ("accepted",)}, 1),
        ({"events": ("signed in",)}, 0),
    ],
)
def test_only_what_was_asked_for_is_told(me, receiver, wanted, count):
    hook(me, receiver, **wanted)

    ask(State.CONFIRMED)
    tell()

    assert len(told(receiver)) == count


def test_a_connection_asked_for_leaves_the_others_out(me, receiver):
    campaign = CampaignFactory()
    hook(me, receiver, connection=campaign.connection, events=("change requested",))
    wanted = ask(campaign=campaign)
    ask()

    tell()

    assert told(receiver) == [wanted.entry_id]


def test_nothing_of_before_the_subscription_is_told(me, receiver):
    happen()
    seal.run_once()
    hook(me, receiver, events=("connection tested",))
    later = happen()

    tell()

    assert told(receiver) == [later.pk]


def test_each_entry_is_told_once(me, receiver):
    hook(me, receiver, events=("connection tested",))
    made = [happen().pk for _ in range(3)]

    tell()
    made.append(happen().pk)
    tell()
    tell()

    assert told(receiver) == made


def test_more_entries_than_fit_one_message_or_one_look_all_arrive(
    me, receiver, monkeypatch
):
    monkeypatch.setattr(telling, "BATCH", 7)
    monkeypatch.setattr(telling, "TOGETHER", 3)
    hook(me, receiver, events=("connection tested",))
    made = [happen().pk for _ in range(20)]
    seal.run_once()

    for _ in range(12):
        telling.run_once()

    assert told(receiver) == made


def test_an_entry_that_is_sealed_late_is_told_late_and_not_skipped(me, receiver):
    hook(me, receiver, events=("connection tested",))
    late, early = happen(), happen()
    last = Seal.objects.count()
    Seal.objects.create(position=last, entry=early, leaf=early.leaf)
    telling.run_once()
    Seal.objects.create(position=last + 1, entry=late, leaf=late.leaf)
    telling.run_once()

    assert told(receiver) == [early.pk, late.pk]


def test_two_workers_at_once_note_each_entry_once(me, receiver):
    notice = hook(me, receiver, events=("connection tested",))
    happen()
    seal.run_once()
    other = Subscription.objects.select_related("person").get(pk=notice.pk)

    assert telling.collect(notice) + telling.collect(other) == 1


def test_a_notice_somebody_is_at_is_left_to_them(me, receiver):
    notice = hook(me, receiver, events=("connection tested",))
    happen()
    seal.run_once()
    telling.collect(notice)
    Subscription.objects.update(lease_until=clock.now() + telling.LEASE)

    assert not telling.tell(notice.pk)
    assert receiver.got == []


# --- who may read it ----------------------------------------------------------------


@pytest.mark.parametrize("who", ["teammate", "stranger"])
def test_entries_go_to_who_may_read_them(receiver, who):
    teammate, stranger = PersonFactory(manager=True), PersonFactory(manager=True)
    connection = ConnectionFactory(open_to_all=False, people=[teammate])
    hook({"teammate": teammate, "stranger": stranger}[who], receiver)

    happen(connection=connection, reason="secret plan")
    tell()

    assert ("secret plan" in str(bodies(receiver))) == (who == "teammate")


def test_what_may_no_longer_be_read_is_withheld(me, receiver):
    notice = hook(me, receiver, events=("connection tested",))
    happen()
    seal.run_once()
    telling.collect(notice)
    me.is_manager = False
    me.is_marketer = True
    me.save(update_fields=["is_manager", "is_marketer"])

    telling.run_once()

    assert receiver.got == []
    assert NoticeDelivery.objects.get().outcome == Delivery.WITHHELD


def test_a_stopped_notice_tells_nothing_and_starts_from_then_on(me, receiver):
    notice = hook(me, receiver, events=("connection tested",))
    notices.stop(notice, me)
    happen()
    tell()
    notices.start(notice, me)
    later = happen()
    tell()

    assert told(receiver) == [later.pk]


# --- webhooks -----------------------------------------------------------------------


def test_the_signature_is_over_time_and_exact_body(me, receiver):
    notice = hook(me, receiver, events=("connection tested",))
    happen(reason="Zürich – 10 €")
    tell()

    headers, body = receiver.got[0]
    moment, digest = (
        part.partition("=")[2] for part in headers["Campaign-Desk-Signature"].split(",")
    )
    secret = notices.secret_of(notice, me).encode()
    expected = hmac.new(secret, f"{moment}.{body}".encode(), hashlib.sha256)
    assert hmac.compare_digest(digest, expected.hexdigest())
    assert abs(datetime.now(UTC).timestamp() - int(moment)) < 60
    assert "Zürich – 10 €" in body


def test_no_secret_leaves(me, receiver):
    notice = hook(me, receiver)
    happen(facts={"address": "somebody@example.com"})
    tell()

    sent = str(receiver.got)
    assert notices.secret_of(notice, me) not in sent
    assert "somebody@example.com" not in sent


@pytest.mark.parametrize("status", [500, 404, 301, 429])
def test_a_refusal_is_tried_again_later_and_says_why(me, receiver, status):
    notice = hook(me, receiver, events=("connection tested",))
    receiver.answers = [(status, {"Location": "/elsewhere"})]
    entry = happen()

    tell()

    row = NoticeDelivery.objects.get()
    notice.refresh_from_db()
    assert (row.outcome, row.tries) == (Delivery.DUE, 1)
    assert row.due_at > clock.now()
    assert str(status) in notice.trouble
    with clock.replaced(lambda: row.due_at + timedelta(seconds=1)):
        telling.run_once()
    assert told(receiver) == [entry.pk, entry.pk]
    row.refresh_from_db()
    assert row.outcome == Delivery.TOLD


def test_the_same_delivery_has_the_same_number(me, receiver):
    hook(me, receiver, events=("connection tested",))
    receiver.answers = [(503, {})]
    happen()
    tell()
    with clock.replaced(lambda: datetime.now(UTC) + timedelta(hours=2)):
        telling.run_once()

    numbers = {headers["Campaign-Desk-Delivery"] for headers, _ in receiver.got}
    assert len(receiver.got) == 2
    assert len(numbers) == 1


def test_a_receiver_that_asks_for_patience_gets_it(me, receiver):
    hook(me, receiver, events=("connection tested",))
    receiver.answers = [(429, {"Retry-After": "900"})]
    happen()

    tell()

    wait = NoticeDelivery.objects.get().due_at - clock.now()
    assert timedelta(seconds=800) < wait <= timedelta(seconds=900)


def test_after_the_last_try_it_is_given_up_and_can_be_tried_again(me, receiver):
    notice = hook(me, receiver, events=("connection tested",))
    receiver.answers = [(500, {})] * telling.TRIES
    happen()
    now = datetime.now(UTC)
    seal.run_once()
    for turn in range(telling.TRIES + 3):
        with clock.replaced(lambda turn=turn: now + timedelta(hours=2 * turn)):
            telling.run_once()

    assert len(receiver.got) == telling.TRIES
    assert NoticeDelivery.objects.get().outcome == Delivery.FAILED
    assert notices.tell_again(notice, me) == 1
    assert telling.run_once() == 1


def test_waits_grow_and_end(me):
    waits = [telling._wait(tries, None) for tries in range(10)]

    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (telling.FIRST_WAIT, telling.LONGEST_WAIT)


def test_an_address_on_this_machine_is_refused_unless_allowed(me, receiver, settings):
    hook(me, receiver, events=("connection tested",))
    settings.CAMPAIGN_DESK_ALLOW_LOOPBACK = False
    happen()

    tell()

    assert receiver.got == []
    assert "this machine" in NoticeDelivery.objects.get().trouble


def test_a_mail_server_that_is_away_is_tried_again(me, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    letters(me, events=("connection tested",))
    happen()

    tell()

    row = NoticeDelivery.objects.get()
    assert (row.outcome, row.tries) == (Delivery.DUE, 1)
    assert "mail server" in row.trouble


def test_a_name_with_a_line_break_makes_no_header_of_its_own(me):
    notices.add(me, notices.Wanted("x\nBcc: a@example.com", Road.EMAIL))
    happen()

    tell()

    assert "\n" not in mail.outbox[0].subject


# --- entries of their own -----------------------------------------------------------


def test_every_act_on_a_notice_is_an_entry_without_address_or_secret(me, receiver):
    notice = hook(me, receiver)
    wanted = notices.Wanted("Other", Road.WEBHOOK, receiver.url, states=("clash",))
    notices.change(notice, me, wanted)
    notices.stop(notice, me)
    notices.start(notice, me)

    made = AuditEntry.objects.filter(event__startswith="notice").order_by("pk")
    assert [entry.event for entry in made] == [
        "notice added",
        "notice changed",
        "notice stopped",
        "notice changed",
    ]
    said = "".join(entry.body for entry in made)
    assert "/hook" not in said
    assert notices.secret_of(notice, me) not in said
