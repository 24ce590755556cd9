"""The doctor: whatever is stuck is named in words, by command and on the page."""

from collections import namedtuple
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from campaigns import clock
from campaigns.audit import triggers
from campaigns.delivery.beats import Beat
from campaigns.lifecycle import State
from campaigns.models import Change, Connection, Digest, Hold, Lane, WorkerBeat
from dashboard import doctor
from dashboard.doctor import Level, installation
from tests.asked import ask
from tests.factories import CampaignFactory, ConnectionFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def alive(db):
    Beat().show()


def ago(**length):
    return clock.now() - timedelta(**length)


def wrong():
    """What is wrong, by subject."""
    found = [one for one in doctor.examine() if one.level == Level.WRONG]
    return {one.subject: f"{one.words} {one.advice}" for one in found}


def said(*arguments):
    output = StringIO()
    try:
        call_command("doctor", *arguments, stdout=output)
    except SystemExit as end:
        return end.code, output.getvalue()
    return 0, output.getvalue()


def test_nothing_is_wrong_with_a_new_installation(alive):
    ConnectionFactory()

    code, words = said()

    assert (code, wrong()) == (0, {})
    assert "1 worker is alive" in words


def test_it_ends_with_1_when_something_is_stuck(alive):
    ConnectionFactory(sync_error="The key was refused.")

    assert said("--quiet")[0] == 1
    assert "The key was refused." in said("--quiet")[1]


def test_a_worker_that_fell_silent_is_missed(alive):
    WorkerBeat.objects.update(at=ago(minutes=2))

    assert "No worker has shown itself since" in wrong()["Workers"]


def test_a_worker_that_died_beside_a_living_one_is_named(alive):
    WorkerBeat.objects.create(name="gone:1", began_at=ago(days=1), at=ago(hours=1))

    notes = [one.words for one in doctor.examine() if one.level == Level.NOTE]

    assert any("gone:1 fell silent" in words for words in notes)


def test_what_waits_too_long_is_named_with_its_campaign(alive):
    change = ask(State.WAITING, campaign=CampaignFactory(name="Nurses"))
    Lane.objects.filter(campaign=change.campaign).update(due_at=ago(minutes=3))

    assert "Nurses" in wrong()["Queue"]


def test_a_lane_left_by_a_dead_worker_is_told(alive):
    campaign = ask(State.WAITING).campaign
    Lane.objects.filter(campaign=campaign).update(
        owner="x", lease_until=ago(minutes=3), due_at=ago(minutes=4)
    )

    assert "1 campaigns" in wrong()["Leases"]


def test_a_change_long_in_doubt_is_told(alive):
    change = ask(State.UNKNOWN)
    Change.objects.filter(pk=change.pk).update(
        moved_at=ago(minutes=9), waits_for_person=False
    )

    assert "in doubt for more than five minutes" in wrong()["In doubt"]


def test_a_connection_that_stopped_by_itself_is_told_with_its_reason(alive):
    ConnectionFactory(name="Ads", held_at=ago(hours=1), held_reason="Key refused")

    assert "Ads is on hold, 0 changes are Held: Key refused" in wrong()["On hold"]


def test_what_nothing_holds_any_more_but_is_held_is_told(alive):
    change = ask(State.HELD)
    mine = change.campaign.connection
    Change.objects.filter(pk=change.pk).update(held_with=mine)

    assert "1 changes are Held although nothing holds them" in wrong()["On hold"]

    Connection.objects.filter(pk=mine.pk).update(held_at=ago(hours=1))
    assert "although" not in wrong()["On hold"]


def test_a_hold_by_a_person_is_a_note(alive):
    Hold.objects.create(scope="everything", reason="Wrong import", at=clock.now())

    assert wrong() == {}
    assert "Everything is on hold: Wrong import" in said()[1]


def test_an_open_breaker_is_told(alive):
    later = clock.now() + timedelta(minutes=2)
    ConnectionFactory(name="Ads", failures=7, quiet_until=later)

    assert "Ads failed 7 times in a row; left alone until" in wrong()["Platforms"]


def test_credentials_that_no_key_opens_are_told(alive):
    ConnectionFactory(name="Ads", sealed_secrets="sealed with another key")

    assert wrong()["Keys"].startswith("Ads: ")


def test_demo_people_beside_a_real_platform_are_told(alive):
    PersonFactory(is_demo=True)
    ConnectionFactory()
    Connection.objects.update(is_sandbox=False)

    assert "replace-demo" in wrong()["Demo people"]


def test_mails_that_do_not_leave_are_told(alive):
    Digest.objects.create(person=PersonFactory(), failures=3, error="refused")

    assert "refused" in wrong()["E-mail"]


def test_a_full_disk_is_told(alive, monkeypatch):
    usage = namedtuple("Usage", "free")(1024)
    monkeypatch.setattr(installation.shutil, "disk_usage", lambda _: usage)

    assert "Make room" in wrong()["Disk"]


def test_redis_that_is_away_is_a_note(alive):
    assert "Redis does not answer" in said()[1]


@pytest.mark.django_db(transaction=True)
def test_missing_triggers_are_named(alive):
    triggers.drop(connection)
    try:
        said = wrong()["Triggers"]
        assert "campaigns_auditentry" in said
        assert "audit verify" in said and "audit protect" in said
    finally:
        triggers.install(connection)


# --- the page -----------------------------------------------------------------------


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_the_page_says_the_same(client, alive, role):
    ConnectionFactory(name="Ads", sync_error="The key was refused.")
    client.force_login(PersonFactory(**{role: True}))

    page = client.get("/status").content.decode()

    assert "1 thing to mend" in page
    assert all(one.subject in page for one in doctor.examine())
    assert "The key was refused." in page


def test_marketers_do_not_see_it(client):
    client.force_login(PersonFactory())

    assert client.get("/status").status_code == 403


def test_the_page_tells_a_manager_nothing_of_connections_they_may_not_see(client):
    client.force_login(PersonFactory(manager=True))
    connection = ConnectionFactory(
        name="Quiet deal",
        open_to_all=False,
        sync_error="Quiet words.",
        held_at=clock.now(),
        held_reason="Quiet reason.",
        failures=9,
        sealed_secrets="",
    )
    late = CampaignFactory(connection=connection, name="Quiet campaign")
    Lane.objects.create(campaign=late, due_at=ago(minutes=5))

    page = client.get("/status").content.decode()

    assert "Quiet" not in page
    assert page.count("not shown to you") == 5


def test_the_page_tells_an_admin_of_every_connection(client):
    client.force_login(PersonFactory(admin=True))
    ConnectionFactory(open_to_all=False, sync_error="Quiet words.")

    assert "Quiet words." in client.get("/status").content.decode()
