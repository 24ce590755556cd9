"""`manage.py connect`: credentials from safe places, words for every mistake."""

import pytest
from django.core.management import CommandError, call_command

from campaigns import keyring
from campaigns.gateway.standin import serve
from campaigns.models import AuditEntry, Connection
from tests.factories import ConnectionFactory, PersonFactory

pytestmark = pytest.mark.django_db


def newest_entry(connection):
    return AuditEntry.objects.filter(stream=f"connection:{connection.pk}").first()


@pytest.fixture
def indeed():
    with serve("indeed") as sandbox:
        yield sandbox


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
