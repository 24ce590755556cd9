"""A connection is put away once nothing needs it; one account is connected once."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from campaigns import changes, connections, keyring
from campaigns.connections import Details
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Connection
from tests.asked import ask
from tests.factories import CampaignFactory, ConnectionFactory, PersonFactory

pytestmark = pytest.mark.django_db


SANDBOX = Details("Panel", "http://127.0.0.1:9/api/v2", is_sandbox=True)


KEY = {"api_key": "very-secret-key"}


# --- put away ---------------------------------------------------------------------


def test_an_archive_is_refused_while_a_change_is_open():
    connection = ConnectionFactory()
    ask(campaign=CampaignFactory(connection=connection))

    with pytest.raises(ValidationError, match="1 change is still open"):
        connections.archive(connection, None)

    assert Connection.objects.get().archived_at is None


@pytest.mark.parametrize(
    "state",
    [State.CLASH, State.DIFFERENT, State.REJECTED, State.FAILED, State.UNKNOWN],
)
def test_an_archive_is_refused_while_a_change_waits_for_a_person(state):
    change = ask(state)
    connection = change.campaign.connection

    with pytest.raises(ValidationError, match="1 change is still open"):
        connections.archive(connection, None)

    assert Connection.objects.get(pk=connection.pk).archived_at is None


@pytest.mark.parametrize("state", [State.DIFFERENT, State.REJECTED, State.UNKNOWN])
def test_what_a_person_has_left_stops_no_archive(state):
    change = ask(state)
    changes.put_aside(change, PersonFactory())

    connections.archive(change.campaign.connection, None)

    assert Connection.objects.get(pk=change.campaign.connection_id).archived_at


def test_an_archived_connection_keeps_no_credentials():
    connection = ConnectionFactory(sealed_token="x")

    connections.archive(connection, None)

    assert connection.archived_at
    assert connection.sealed_secrets == connection.sealed_token == ""
    entry = AuditEntry.objects.filter(stream=f"connection:{connection.pk}").first()
    assert entry.event == "connection archived"


def test_an_archived_connection_is_not_changed_any_more():
    connection = ConnectionFactory()
    connections.archive(connection, None)

    with pytest.raises(ValidationError):
        connections.set_credentials(connection, KEY, None)


# --- one connection for one account -----------------------------------------------


@pytest.mark.parametrize("base_url", [SANDBOX.base_url, f"{SANDBOX.base_url}/"])
def test_the_same_key_is_connected_once(base_url):
    connections.add("microworkers", SANDBOX, KEY, None)
    again = replace(SANDBOX, name="Again", base_url=base_url)

    with pytest.raises(ValidationError) as caught:
        connections.add("microworkers", again, KEY, None)

    assert SANDBOX.name in caught.value.message_dict["base_url"][0]
    assert Connection.objects.count() == 1


def test_the_same_employer_is_connected_once_whatever_its_credentials():
    employer = replace(SANDBOX, employer="e-1", token_url=SANDBOX.base_url)
    connections.add("indeed", employer, {"client_id": "a"}, None)

    with pytest.raises(ValidationError) as caught:
        connections.add("indeed", replace(employer, name="B"), {"client_id": "b"}, None)

    assert list(caught.value.message_dict) == ["employer"]


def test_neither_an_edit_nor_new_credentials_lead_to_an_account_twice():
    connections.add("microworkers", SANDBOX, KEY, None)
    other = connections.add(
        "microworkers", replace(SANDBOX, name="Other"), {"api_key": "another"}, None
    )

    with pytest.raises(ValidationError, match="connected to this account already"):
        connections.set_credentials(other, KEY, None)

    connections.change(other, replace(SANDBOX, name="Renamed"), None)
    assert keyring.open_sealed(Connection.objects.get(pk=other.pk).sealed_secrets) == {
        "api_key": "another"
    }


def test_an_archived_account_can_be_connected_again():
    first = connections.add("microworkers", SANDBOX, KEY, None)
    connections.archive(first, PersonFactory(admin=True))

    connections.add("microworkers", replace(SANDBOX, name="Again"), KEY, None)

    assert Connection.objects.in_use().count() == 1


def test_what_stands_for_an_account_tells_no_secret():
    connection = connections.add("microworkers", SANDBOX, KEY, None)

    assert len(connection.account) == 64
    assert "very-secret-key" not in connection.account
