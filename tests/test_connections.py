"""Connections: added, changed, held, archived; tokens and credentials kept sealed."""

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connections as databases

from campaigns import changes, clock, connections, keyring, registry
from campaigns.changes import Wish
from campaigns.connections import Details
from campaigns.delivery import accounts, connecting
from campaigns.diff import FieldEdit, Origin
from campaigns.gateway.contract import Timeout, Token, Unavailable
from campaigns.gateway.standin import serve
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Change, Connection
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
    monkeypatch.setattr("campaigns.connections.stopping.CHUNK", 2)
    connection = ConnectionFactory()
    for number in range(5):
        requested(connection, key=str(number))

    connections.hold(connection, None, "stop")

    assert set(Change.objects.values_list("state", flat=True)) == {State.HELD}


def test_a_hold_without_a_reason_is_refused():
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


def test_an_archive_is_refused_while_a_change_is_open():
    connection = ConnectionFactory()
    requested(connection)

    with pytest.raises(ValidationError, match="1 change is still open"):
        connections.archive(connection, None)

    assert Connection.objects.get().archived_at is None


def test_an_archived_connection_keeps_no_credentials():
    connection = ConnectionFactory(sealed_token="x")

    connections.archive(connection, None)

    assert connection.archived_at
    assert connection.sealed_secrets == connection.sealed_token == ""
    assert newest_entry(connection).event == "connection archived"


def test_an_archived_connection_is_not_changed_any_more():
    connection = ConnectionFactory()
    connections.archive(connection, None)

    with pytest.raises(ValidationError):
        connections.set_credentials(connection, KEY, None)


# --- tokens -----------------------------------------------------------------------


def token(value, minutes=60):
    return Token(value, clock.now() + timedelta(minutes=minutes))


def test_a_token_is_stored_sealed_and_found_again():
    connection = IndeedFactory()

    accounts.account_of(connection).tokens.renew(None, lambda: token("first"))

    connection.refresh_from_db()
    found = accounts.account_of(connection).tokens.current()
    assert found.value == "first"
    assert "first" not in connection.sealed_token


def test_who_finds_a_newer_token_fetches_none():
    tokens = accounts.account_of(IndeedFactory()).tokens
    tokens.renew(None, lambda: token("newer"))

    found = tokens.renew("older", lambda: pytest.fail("fetched"))

    assert found.value == "newer"


def test_an_expired_token_is_no_newer_token():
    tokens = accounts.account_of(IndeedFactory()).tokens
    tokens.renew(None, lambda: token("expired", minutes=-1))

    assert tokens.renew(None, lambda: token("fresh")).value == "fresh"


def refuse():
    raise Unavailable("The token address does not answer.")


def test_a_failed_fetch_lets_the_next_one_try():
    tokens = accounts.account_of(IndeedFactory()).tokens
    with pytest.raises(Unavailable):
        tokens.renew(None, refuse)

    assert tokens.renew(None, lambda: token("second")).value == "second"


def test_a_dead_fetcher_blocks_only_until_its_lease_ends():
    connection = IndeedFactory(token_lease_until=clock.now() + accounts.LEASE)
    later = clock.now() + 2 * accounts.LEASE

    with clock.replaced(lambda: later):
        found = accounts.account_of(connection).tokens.renew(None, lambda: token("a"))

    assert found.value == "a"


def test_waiting_for_another_fetcher_has_an_end():
    connection = IndeedFactory(token_lease_until=clock.now() + accounts.LEASE)
    account = accounts.account_of(connection, Timeout(total=0.2))

    with pytest.raises(Unavailable, match="Another worker"):
        account.tokens.renew(None, lambda: token("a"))


def test_a_token_for_replaced_credentials_is_not_stored():
    connection = IndeedFactory()

    def replaced_meanwhile():
        connections.set_credentials(connection, {"client_secret": "new"}, None)
        return token("for the old secret")

    accounts.account_of(connection).tokens.renew(None, replaced_meanwhile)

    assert accounts.account_of(connection).tokens.current() is None


@pytest.mark.django_db(transaction=True)
def test_of_many_who_need_a_token_one_fetches():
    connection, fetched, found = IndeedFactory(), [], []
    start = threading.Barrier(4)

    def fetch():
        fetched.append(1)
        return token("the one")

    def renew():
        start.wait(10)
        found.append(accounts.account_of(connection).tokens.renew(None, fetch).value)
        databases.close_all()

    threads = [threading.Thread(target=renew) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(fetched) == 1
    assert found == ["the one"] * 4


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
        assert suggested.read_policy == platform.capabilities.default_policy


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

    assert set(caught.value.message_dict) == {"secret_api_key", "secret_other"}
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


# --- the command ------------------------------------------------------------------


def connect(*arguments, capsys):
    call_command("connect", *arguments)
    return capsys.readouterr().out


def test_the_command_connects_and_tests_a_platform(
    indeed, monkeypatch, tmp_path, capsys
):
    monkeypatch.setenv("DESK_CLIENT", "demo-client")
    (tmp_path / "secret").write_text("demo-secret\n")

    out = connect(
        *("add", "--platform", "indeed", "--name", "Logistics", "--sandbox", "--test"),
        *("--base-address", indeed.base_url, "--token-address", indeed.token_url),
        *("--employer", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
        *("--secret", "client_id=env:DESK_CLIENT"),
        *("--secret", f"client_secret=file:{tmp_path / 'secret'}"),
        capsys=capsys,
    )

    connection = Connection.objects.get()
    assert keyring.open_sealed(connection.sealed_secrets)["client_secret"] == (
        "demo-secret"
    )
    assert newest_entry(connection).channel == "command"
    assert "demo-secret" not in out


def test_the_command_fails_on_a_test_that_finds_a_problem():
    ConnectionFactory(name="Panel")

    with pytest.raises(CommandError):
        call_command("connect", "test", "Panel")


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("api_key=env:NOT_THERE_AT_ALL", "no environment variable"),
        ("api_key=file:/not/there", "cannot read the file"),
        ("api_key=in-the-open", "NAME=env:VARIABLE"),
    ],
)
def test_the_command_takes_no_credential_from_its_own_line(secret, words):
    with pytest.raises(CommandError, match=words) as caught:
        call_command(
            *("connect", "add", "--platform", "microworkers", "--name", "Panel"),
            *("--secret", secret),
        )

    assert "in-the-open" not in str(caught.value)


def test_the_command_names_what_is_missing():
    with pytest.raises(CommandError, match="secret_api_key"):
        call_command("connect", "add", "--platform=microworkers", "--name=Panel")


def test_the_command_names_the_platforms_there_are():
    with pytest.raises(CommandError, match="indeed, microworkers"):
        call_command("connect", "add", "--platform=other", "--name=Panel")


def test_the_command_leads_a_connection_through_its_life(capsys):
    ConnectionFactory(name="Panel")

    connect("rename", "Panel", "Survey panel", capsys=capsys)
    connect("hold", "Survey panel", "--reason", "Checking", capsys=capsys)
    held = connect("list", capsys=capsys)
    connect("release", "Survey panel", capsys=capsys)
    connect("archive", "Survey panel", capsys=capsys)

    assert "Survey panel\tmicroworkers\tsandbox\theld" in held
    assert "archived" in connect("list", capsys=capsys)
    channels = set(AuditEntry.objects.values_list("channel", flat=True))
    assert channels == {"command"}


def test_the_command_changes_what_is_named_only(capsys):
    mara = PersonFactory()
    connection = ConnectionFactory(name="Panel", settle_seconds=7)

    connect("change", "Panel", "--policy=blind", "--only", mara.email, capsys=capsys)

    connection.refresh_from_db()
    assert (connection.read_policy, connection.settle_seconds) == ("blind", 7)
    assert list(connection.people.all()) == [mara]
    assert not connection.open_to_all


def test_the_command_refuses_a_stranger(capsys):
    ConnectionFactory(name="Panel")

    with pytest.raises(CommandError, match="Nobody here"):
        connect("change", "Panel", "--only", "stranger@example.com", capsys=capsys)
