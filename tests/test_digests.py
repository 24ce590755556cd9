"""The digest of "Needs you": by mail, when one asked for it, once, with links."""

import re
import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from campaigns import clock, digests
from campaigns.lifecycle import NEEDS_PERSON, State
from campaigns.models import Change, Digest, Rhythm
from tests.asked import ask
from tests.factories import CampaignFactory, ConnectionFactory, PersonFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


class Refusing(EmailBackend):
    """A mail server that says no, with a password in its answer."""

    def send_messages(self, messages):
        raise smtplib.SMTPAuthenticationError(535, b"hunter2 is wrong")


class Time:
    at = NOON

    def now(self):
        return self.at

    def advance(self, **length):
        self.at += timedelta(**length)


@pytest.fixture
def time():
    now = Time()
    with clock.replaced(now.now):
        yield now


@pytest.fixture
def mara(time):
    return PersonFactory(full_name="Mara Lindqvist", email="mara@example.com")


@pytest.fixture
def hourly(mara):
    digests.choose(mara, Rhythm.HOURLY, 8)
    return mara


def clash(person, **campaign):
    return ask(State.CLASH, person=person, campaign=CampaignFactory(**campaign))


def test_nobody_who_did_not_ask_gets_mail(mara, time):
    clash(mara)
    time.advance(days=2)

    assert digests.send_due() == 0
    assert mail.outbox == []


def test_an_hourly_mail_names_what_waits_and_links_to_it(hourly, time, settings):
    settings.SITE_URL = "https://desk.example.com"
    change = clash(hourly, name="Night nurses")
    time.advance(hours=1)

    assert digests.send_due() == 1

    letter = mail.outbox[0]
    assert letter.to == ["mara@example.com"]
    assert letter.subject == "Campaign Desk: 1 thing needs you"
    assert "Clash: Time to rate of Night nurses on" in letter.body
    assert "Next: choose a value." in letter.body
    assert f"https://desk.example.com/changes/{change.pk}/" in letter.body
    assert "https://desk.example.com/needs-you/" in letter.body


@pytest.mark.parametrize("state", sorted(NEEDS_PERSON))
def test_the_mail_and_the_page_name_the_same_next_step(hourly, time, client, state):
    client.force_login(hourly)
    ask(state, person=hourly)
    Change.objects.update(waits_for_person=True)
    time.advance(hours=1)

    digests.send_due()

    page = client.get("/needs-you/").content.decode()
    heading = re.search(r"<h2 id=\"\w+\">([^<]+)</h2>", page)[1]
    assert f"Next: {heading.lower()}." in mail.outbox[0].body


def test_one_period_brings_one_mail(hourly, time):
    clash(hourly)
    time.advance(hours=1)

    digests.send_due()
    time.advance(minutes=40)
    digests.send_due()

    assert len(mail.outbox) == 1


def test_two_workers_send_one_mail(hourly, time):
    clash(hourly)
    time.advance(hours=1)
    seen_by_both = Digest.objects.select_related("person").get()
    digests.send_due()

    assert digests._send(seen_by_both, time.now()) is False
    assert len(mail.outbox) == 1


def test_the_next_hour_brings_the_next(hourly, time):
    clash(hourly)

    for _ in range(3):
        time.advance(hours=1)
        digests.send_due()

    assert len(mail.outbox) == 3


def test_while_nothing_waits_nothing_is_sent(hourly, time):
    time.advance(hours=1)

    assert digests.send_due() == 0
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("zone", "day", "hour"),
    [("UTC", 2, 8), ("Asia/Tokyo", 1, 23), ("America/New_York", 2, 12)],
)
def test_a_daily_mail_comes_at_the_hour_of_the_persons_zone(
    mara, time, zone, day, hour
):
    mara.timezone = zone
    mara.save(update_fields=["timezone"])
    clash(mara)
    digests.choose(mara, Rhythm.DAILY, 8)

    time.at = NOON.replace(day=day, hour=hour) - timedelta(minutes=1)
    assert digests.send_due() == 0
    time.advance(minutes=2)

    assert digests.send_due() == 1


@pytest.mark.parametrize("change_day", [datetime(2026, 3, 29), datetime(2026, 10, 25)])
def test_a_night_that_changes_the_clock_brings_one_mail(mara, time, change_day):
    mara.timezone = "Europe/Vienna"
    mara.save(update_fields=["timezone"])
    clash(mara)
    time.at = change_day.replace(tzinfo=UTC) - timedelta(hours=12)
    digests.choose(mara, Rhythm.DAILY, 2)

    for _ in range(24):
        time.advance(hours=1)
        digests.send_due()

    assert len(mail.outbox) == 1


def test_what_waits_for_four_hours_goes_to_everyone_who_may(hourly, time):
    clash(PersonFactory(), name="Of somebody else")
    time.advance(hours=1)
    assert digests.send_due() == 0

    time.advance(hours=4)

    assert digests.send_due() == 1
    assert "WAITING FOR ANYBODY" in mail.outbox[0].body
    assert "Of somebody else" in mail.outbox[0].body


def test_what_a_person_who_left_began_goes_to_the_others(hourly, time):
    gone = PersonFactory()
    clash(gone, name="Left behind")
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    time.advance(hours=1)

    digests.send_due()

    assert "Left behind" in mail.outbox[0].body


def test_a_person_who_left_gets_none(hourly, time):
    clash(hourly)
    hourly.is_active = False
    hourly.save(update_fields=["is_active"])
    time.advance(hours=1)

    assert digests.send_due() == 0


def test_a_refused_mail_is_noted_and_tried_again(hourly, time, settings):
    clash(hourly)
    time.advance(hours=1)
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    assert digests.send_due() == 0
    noted = Digest.objects.get()
    assert (noted.failures, noted.error) == (1, "SMTPAuthenticationError 535")

    settings.EMAIL_BACKEND = works
    assert digests.send_due() == 0  # not at once
    time.advance(minutes=6)

    assert digests.send_due() == 1
    assert Digest.objects.get().error == ""


def test_the_pauses_grow_and_stay_bounded(hourly, time, settings):
    clash(hourly)
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"

    for _ in range(12):
        time.advance(hours=3)
        digests.send_due()

    pause = Digest.objects.get().retry_at - time.now()
    assert pause == timedelta(hours=2)


def test_a_round_sends_a_bounded_number_of_mails(time):
    for person in PersonFactory.create_batch(digests.AT_ONCE + 5):
        digests.choose(person, Rhythm.HOURLY, 8)
        clash(person)
    time.advance(hours=1)

    assert digests.send_due() == digests.AT_ONCE
    assert digests.send_due() == 5


def test_a_name_on_many_lines_stays_on_one(hourly, time):
    clash(hourly, name="Night\r\nBcc: all@example.com\r\nnurses")
    time.advance(hours=1)

    digests.send_due()

    assert "Night Bcc: all@example.com nurses" in mail.outbox[0].body


def test_a_stopped_connection_is_told_to_who_can_release_it(time):
    priya = PersonFactory(manager=True)
    digests.choose(priya, Rhythm.HOURLY, 8)
    ConnectionFactory(name="Ads", held_at=NOON, held_reason="The key was refused.")
    time.advance(hours=1)

    digests.send_due()

    assert "Ads: The key was refused." in mail.outbox[0].body


def test_a_long_list_says_how_much_more_there_is(hourly, time):
    for _ in range(digests.SHOWN + 4):
        clash(hourly)
    Change.objects.update(moved_at=NOON)
    time.advance(hours=1)

    digests.send_due()

    assert "… and 4 more" in mail.outbox[0].body


# --- the profile --------------------------------------------------------------------


def save(client, person, **given):
    profile = {"full_name": person.full_name, "timezone": person.timezone}
    return client.post("/profile", profile | given)


def test_the_profile_keeps_what_one_wants(client, mara):
    client.force_login(mara)

    save(client, mara, rhythm="daily", hour="7")

    kept = Digest.objects.get()
    assert (kept.person, kept.rhythm, kept.hour) == (mara, "daily", 7)
    assert 'value="daily" selected' in client.get("/profile").content.decode()


def test_a_profile_without_a_word_about_mails_changes_none(client, hourly):
    client.force_login(hourly)

    save(client, hourly)

    assert Digest.objects.get().rhythm == Rhythm.HOURLY


def test_an_hour_that_does_not_exist_is_refused(client, mara):
    client.force_login(mara)

    response = save(client, mara, rhythm="daily", hour="24")

    assert response.status_code == 422
    assert not Digest.objects.exists()
