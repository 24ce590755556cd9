"""The page on which managers hold a platform, or everything."""

import pytest

from campaigns import clock
from campaigns.models import Connection, Hold
from tests.factories import ConnectionFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    person = PersonFactory(manager=True)
    client.force_login(person)
    ConnectionFactory()
    return person


def test_a_manager_holds_everything_with_a_reason(client, manager):
    client.post("/holds/everything", {"reason": "A wrong import"})

    hold = Hold.objects.get()
    assert (hold.scope, hold.reason, hold.by) == (
        "everything",
        "A wrong import",
        manager,
    )


def test_a_hold_without_a_reason_says_so_at_its_field(client, manager):
    answer = client.post("/holds/indeed", {"reason": ""})

    assert answer.status_code == 422
    assert "Give a reason of 1 to 500 characters" in answer.text
    assert not Hold.objects.exists()


def test_everyone_reads_the_hold_in_a_banner(client, manager):
    client.post("/holds/everything", {"reason": "A wrong import"})
    client.force_login(PersonFactory())

    assert "A wrong import" in client.get("/campaigns/").text


def test_the_hold_ends_with_a_release(client, manager):
    client.post("/holds/everything", {"reason": "A wrong import"})

    client.post("/holds/everything/release")

    assert not Hold.objects.exists()


def test_an_unknown_scope_is_not_found(client, manager):
    assert client.post("/holds/nothing", {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("scope", ["everything", "indeed"])
@pytest.mark.parametrize("page", ["/connections", "/connections/{}", "/"])
def test_a_connection_under_a_wider_hold_is_not_called_working(
    client, manager, scope, page
):
    ours = ConnectionFactory(platform="indeed", synced_at=clock.now())
    Connection.objects.exclude(pk=ours.pk).delete()
    client.post(f"/holds/{scope}", {"reason": "A wrong import"})

    shown = client.get(page.format(ours.pk)).text

    assert "Working" not in shown
    assert "with others: “A wrong import”" in shown
