"""Connections: added, changed, held, archived; tokens and credentials kept sealed."""

import json
from dataclasses import replace
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from campaigns import changes, clock, connections, holds, keyring
from campaigns.changes import Wish, holding
from campaigns.connections import Details
from campaigns.diff import FieldEdit, Origin
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Change, Connection, Hold
from tests.factories import (
    CampaignFactory,
    ConnectionFactory,
    IndeedFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db


SANDBOX = Details("Panel", "http://127.0.0.1:9/api/v2", is_sandbox=True)


REAL = Details("Panel", "https://api.example.com/api/v2")


KEY = {"api_key": "very-secret-key"}


def wish(campaign):
    edit = FieldEdit(
        field="ttr",
        label="Time to rate",
        seen="7",
        wanted="5",
        seen_text="7 days",
        wanted_text="5 days",
        readable=True,
        one_way=False,
        origin=Origin.TOUCHED,
    )
    return Wish(campaign, [edit])


def requested(connection, key="one"):
    campaign = CampaignFactory(connection=connection)
    change_set = changes.request(PersonFactory(), [wish(campaign)], key=key)
    return change_set.changes.get()


def newest_entry(connection):
    return AuditEntry.objects.filter(stream=f"connection:{connection.pk}").first()


# --- adding and changing ----------------------------------------------------------


def test_an_added_connection_keeps_its_secret_out_of_row_and_history():
    admin = PersonFactory(admin=True)

    connection = connections.add("microworkers", SANDBOX, KEY, admin)

    entry = newest_entry(connection)
    assert (entry.event, entry.person_id) == ("connection added", admin.pk)
    assert "very-secret-key" not in entry.body + connection.sealed_secrets
    assert keyring.open_sealed(connection.sealed_secrets) == KEY


def test_an_added_connection_is_read_soon():
    connection = connections.add("microworkers", SANDBOX, KEY, None)

    assert connection.sync_due_at <= clock.now()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Taken"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"base_url": "https://api.example.com"}, "base_url"),
        ({"is_sandbox": False}, "base_url"),
        ({"token_url": "https://api.example.com/token"}, "token_url"),
        ({"read_policy": "hopeful"}, "read_policy"),
        ({"settle_seconds": 601}, "settle_seconds"),
        ({"sync_every_seconds": 1}, "sync_every_seconds"),
        ({"calls_per_minute": 0}, "calls_per_minute"),
    ],
)
def test_what_is_wrong_with_a_connection_is_said_at_its_field(wrong, field):
    ConnectionFactory(name="Taken")

    with pytest.raises(ValidationError) as caught:
        connections.add("microworkers", replace(SANDBOX, **wrong), KEY, None)

    assert list(caught.value.message_dict) == [field]


def test_loopback_without_the_sandbox_mark_needs_the_setting(settings):
    settings.CAMPAIGN_DESK_ALLOW_LOOPBACK = True

    connections.add("microworkers", replace(SANDBOX, is_sandbox=False), KEY, None)

    assert not Connection.objects.get().is_sandbox


def test_a_real_connection_is_refused_while_a_demo_person_can_sign_in():
    demo = PersonFactory(is_demo=True)
    with pytest.raises(ValidationError, match="demo people"):
        connections.add("microworkers", REAL, KEY, None)
    demo.is_active = False
    demo.save()

    connections.add("microworkers", REAL, KEY, None)

    assert Connection.objects.count() == 1


def test_a_sandbox_does_not_become_real_while_a_demo_person_can_sign_in():
    PersonFactory(is_demo=True)
    connection = ConnectionFactory()

    with pytest.raises(ValidationError, match="demo people"):
        connections.change(connection, replace(REAL, name=connection.name), None)


def test_a_change_tells_from_and_to():
    connection = ConnectionFactory(name="Old")
    wanted = replace(connections.details_of(connection), name="New")

    connections.change(connection, wanted, None)

    told = json.loads(newest_entry(connection).body)["fields"]
    assert [(one["field"], one["seen_text"], one["wanted_text"]) for one in told] == [
        ("name", "Old", "New")
    ]


def test_a_change_to_the_same_leaves_no_entry():
    connection = ConnectionFactory()

    connections.change(connection, connections.details_of(connection), None)

    assert newest_entry(connection) is None


def test_sharing_shows_a_connection_to_its_people_only():
    connection, mara, other = ConnectionFactory(), PersonFactory(), PersonFactory()
    wanted = replace(
        connections.details_of(connection), open_to_all=False, people=[mara]
    )

    connections.change(connection, wanted, None)

    assert Connection.objects.visible_to(mara).get() == connection
    assert not Connection.objects.visible_to(other).exists()


@pytest.mark.parametrize("wanted", [{"employer": "another"}, {"base_url": "x"}])
def test_another_account_forgets_the_token_of_the_old_one(wanted, settings):
    settings.CAMPAIGN_DESK_ALLOW_LOOPBACK = True
    connection = IndeedFactory(
        sealed_token=keyring.seal({"token": "old"}), token_expires_at=clock.now()
    )
    other = {"base_url": "http://127.0.0.1:10/ads"} if "base_url" in wanted else wanted

    details = replace(connections.details_of(connection), **other)
    connections.change(connection, details, None)

    assert connection.sealed_token == ""


def test_new_credentials_replace_those_named_and_forget_the_token():
    connection = IndeedFactory(sealed_token="x", token_expires_at=clock.now())

    connections.set_credentials(connection, {"client_secret": "newer"}, None)

    sealed = keyring.open_sealed(connection.sealed_secrets)
    assert sealed == {"client_id": "demo-client", "client_secret": "newer"}
    assert connection.sealed_token == ""
    assert "newer" not in newest_entry(connection).body


def test_credentials_can_be_given_anew_when_their_key_is_lost():
    connection = ConnectionFactory(sealed_secrets="sealed with a key that is gone")

    connections.set_credentials(connection, KEY, None)

    assert keyring.open_sealed(connection.sealed_secrets) == KEY


# --- holding, releasing, archiving ------------------------------------------------


def test_a_hold_stops_what_waits_and_says_why():
    priya, connection = PersonFactory(manager=True), ConnectionFactory()
    change = requested(connection)

    assert connections.hold(connection, priya, "Checking a wrong import") is True

    change.refresh_from_db()
    entry = newest_entry(connection)
    assert change.state == State.HELD
    assert connection.held_by == priya
    assert (entry.event, entry.channel) == ("held", "screen")
    assert "Checking a wrong import" in entry.body


def test_a_second_hold_keeps_the_first_reason():
    connection = ConnectionFactory()
    connections.hold(connection, None, "first")

    assert connections.hold(connection, None, "second") is False

    assert connection.held_reason == "first"
    assert AuditEntry.objects.filter(event="held").count() == 1


def test_a_hold_moves_every_waiting_change_whatever_their_number(monkeypatch):
    monkeypatch.setattr("campaigns.changes.holding.CHUNK", 2)
    connection = ConnectionFactory()
    for number in range(5):
        requested(connection, key=str(number))

    connections.hold(connection, None, "stop")

    assert set(Change.objects.values_list("state", flat=True)) == {State.HELD}


def test_a_hold_goes_on_behind_a_change_that_somebody_else_moved(monkeypatch):
    monkeypatch.setattr("campaigns.changes.holding.CHUNK", 2)
    connection, move = ConnectionFactory(), holding._move
    first, *others = [requested(connection, key=str(number)) for number in range(5)]

    def overtaken(where, change, *words):
        if change == first:
            changes.cancel(Change.objects.get(pk=first.pk), PersonFactory())
        return move(where, change, *words)

    monkeypatch.setattr(holding, "_move", overtaken)
    connections.hold(connection, None, "stop")

    states = dict(Change.objects.values_list("pk", "state"))
    assert states.pop(first.pk) == State.CANCELLED
    assert set(states.values()) == {State.HELD}


@pytest.mark.parametrize("given", ["", "  ", "x" * 501, "a\x00b", "a\ud800"])
def test_a_reason_that_cannot_be_kept_is_refused(given):
    connection, priya = ConnectionFactory(), PersonFactory(manager=True)

    for hold in (partial(connections.hold, connection), partial(holds.hold, "x")):
        with pytest.raises(ValidationError):
            hold(priya, given)

    connection.refresh_from_db()
    assert not connection.is_held and not Hold.objects.exists()


def test_a_reason_of_the_desk_is_made_to_fit():
    connection = ConnectionFactory()

    connections.hold(connection, None, "\ud800" + "x" * 600)

    assert connection.held_reason == "\ufffd" + "x" * 499


def test_a_hold_of_the_desk_without_a_reason_is_refused():
    connection = ConnectionFactory()

    with pytest.raises(ValidationError):
        connections.hold(connection, None, "  ")

    connection.refresh_from_db()
    assert not connection.is_held


def test_a_release_lets_held_changes_wait_again():
    priya, connection = PersonFactory(manager=True), ConnectionFactory()
    change = requested(connection)
    connections.hold(connection, priya, "stop")

    assert connections.release(connection, priya) == 1

    change.refresh_from_db()
    assert change.state == State.WAITING
    assert not connection.is_held
    assert newest_entry(connection).event == "released"


def test_a_second_release_is_refused():
    with pytest.raises(ValidationError):
        connections.release(ConnectionFactory(), None)
