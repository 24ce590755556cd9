"""Connecting a platform: what it asks for, what a test says, what the demo has."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from campaigns import connections, keyring, registry
from campaigns.connections import Details
from campaigns.delivery import connecting
from campaigns.gateway.standin import serve
from campaigns.models import AuditEntry, Connection
from tests.factories import ConnectionFactory, IndeedFactory

pytestmark = pytest.mark.django_db


SANDBOX = Details("Panel", "http://127.0.0.1:9/api/v2", is_sandbox=True)


def newest_entry(connection):
    return AuditEntry.objects.filter(stream=f"connection:{connection.pk}").first()


# --- connecting a platform --------------------------------------------------------


@pytest.fixture
def panel():
    with serve("microworkers") as sandbox:
        yield sandbox


@pytest.fixture
def indeed():
    with serve("indeed") as sandbox:
        yield sandbox


def test_a_new_connection_begins_with_the_real_addresses():
    for platform in registry.all():
        suggested = connecting.suggested(platform)
        assert suggested.base_url == platform.base_url
        assert suggested.token_url == platform.token_url
        assert suggested.read_policy == platform.capabilities.default_policy
        assert (suggested.name, suggested.is_sandbox) == ("", False)
        assert suggested.calls_per_minute == 60
        assert suggested.settle_seconds == platform.capabilities.settle_seconds


def test_a_new_sandbox_is_read_often_and_settles_soon():
    for platform in registry.all():
        suggested = connecting.suggested(platform, is_sandbox=True)
        assert (suggested.is_sandbox, suggested.read_policy) == (True, "careful")
        assert (suggested.settle_seconds, suggested.calls_per_minute) == (5, 1200)
        assert suggested.sync_every_seconds == 900


def test_where_calls_cost_money_the_list_is_read_every_six_hours():
    every = {
        platform.key: connecting.suggested(platform).sync_every_seconds
        for platform in registry.all()
    }

    assert (every["indeed"], every["microworkers"]) == (6 * 3600, 900)


def test_what_a_platform_asks_for_is_missed_at_its_field():
    details = Details("Logistics", "https://api.example.com/ads", "ftp://x")

    with pytest.raises(ValidationError) as caught:
        connecting.connect(registry.get("indeed"), details, {}, None)

    assert set(caught.value.message_dict) == {
        "token_url",
        "employer",
        "secret_client_id",
        "secret_client_secret",
    }


def test_a_credential_that_no_header_can_hold_is_refused_without_repeating_it():
    secrets = {"api_key": "se\u00e9cret", "other": "x"}

    with pytest.raises(ValidationError) as caught:
        connecting.connect(registry.get("microworkers"), SANDBOX, secrets, None)

    assert caught.value.message_dict == {
        "secret_api_key": ["This has characters that it cannot have. Copy it again."],
        "secret_other": ["Microworkers asks for no “other”."],
    }
    assert "se\u00e9cret" not in str(caught.value)


def test_stored_credentials_do_not_travel_to_another_address():
    connection = ConnectionFactory()
    moved = replace(
        connections.details_of(connection), base_url="http://127.0.0.1:10/api/v2"
    )

    with pytest.raises(ValidationError) as caught:
        connecting.amend(connection, moved, {}, None)

    assert list(caught.value.message_dict) == ["secret_api_key"]


def test_a_blank_credential_stays_as_it_is():
    connection = ConnectionFactory()
    renamed = replace(connections.details_of(connection), name="Renamed")

    connecting.amend(connection, renamed, {"api_key": "  "}, None)

    connection.refresh_from_db()
    assert connection.name == "Renamed"
    assert keyring.open_sealed(connection.sealed_secrets) == {"api_key": "demo-key"}


def test_a_test_of_good_credentials_finds_no_problem(panel):
    connection = ConnectionFactory(base_url=panel.base_url)

    assert connecting.test(connection, None).ok

    connection.refresh_from_db()
    assert connection.calls_used == len(panel.journal()) == 1
    assert newest_entry(connection).event == "connection tested"


def test_a_test_of_an_employers_credentials_finds_no_problem(indeed):
    connection = IndeedFactory(base_url=indeed.base_url, token_url=indeed.token_url)

    check = connecting.test(connection, None)

    assert check.ok, check.words


def test_a_test_of_wrong_credentials_says_so_in_words(panel):
    wrong = keyring.seal({"api_key": "wrong-key"})
    connection = ConnectionFactory(base_url=panel.base_url, sealed_secrets=wrong)

    check = connecting.test(connection, None)

    assert not check.ok
    assert check.words
    assert "wrong-key" not in newest_entry(connection).body


def test_a_test_where_nobody_listens_says_so_in_words():
    check = connecting.test(ConnectionFactory(), None)

    assert not check.ok
    assert check.words


def test_a_test_with_a_lost_key_says_so_in_words():
    check = connecting.test(ConnectionFactory(sealed_secrets="lost"), None)

    assert not check.ok
    assert "enter them again" in check.words[0]


# --- the demo ---------------------------------------------------------------------


@pytest.fixture
def place(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def test_the_demo_connects_two_sandboxes_that_answer(place, panel, indeed):
    call_command("demo", port_indeed=indeed.port, port_microworkers=panel.port)

    made = Connection.objects.order_by("name")
    assert [one.name for one in made] == ["Harborline Logistics", "Sandbox panel"]
    assert [connecting.test(one, None).ok for one in made] == [True, True]


def test_the_demo_follows_its_sandboxes_to_other_ports(place):
    call_command("demo", port_indeed=1001, port_microworkers=1002)
    call_command("demo", port_indeed=2001, port_microworkers=2002)

    found = set(Connection.objects.values_list("base_url", flat=True))
    assert found == {"http://127.0.0.1:2001/ads", "http://127.0.0.1:2002/api/v2"}


def test_the_demo_leaves_an_archived_sandbox_archived(place):
    call_command("demo", port_microworkers=1002)
    connections.archive(Connection.objects.get(), None)

    call_command("demo", port_microworkers=2002)

    assert Connection.objects.get().archived_at


def test_a_demo_connection_that_was_renamed_is_not_made_again(place):
    call_command("demo", port_microworkers=1002)
    ours = Connection.objects.get(platform="microworkers")
    terms = replace(connections.details_of(ours), name="Hire groups")
    connections.change(ours, terms, None)

    call_command("demo", port_microworkers=2002)

    ours = Connection.objects.get(platform="microworkers")
    assert (ours.name, ":2002/" in ours.base_url) == ("Hire groups", True)
