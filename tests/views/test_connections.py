"""The pages of connections: who sees what, and what each button does."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns import connections, keyring
from campaigns.gateway.standin import serve
from campaigns.models import AuditEntry, Connection
from tests.factories import (
    CampaignFactory,
    ConnectionFactory,
    IndeedFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db

PANEL = {
    "name": "Panel",
    "base_url": "http://127.0.0.1:9/api/v2",
    "is_sandbox": "on",
    "read_policy": "careful",
    "snapshot_seconds": "900",
    "settle_seconds": "5",
    "sync_every_seconds": "900",
    "calls_per_minute": "60",
    "open_to_all": "on",
    "secret_api_key": "very-secret-key",
}


def come(client, **kind):
    person = PersonFactory(**kind)
    client.force_login(person)
    return person


def text(response):
    return response.content.decode()


def act(client, verb, connection, **data):
    return client.post(reverse(f"connection_{verb}", args=[connection.pk]), data)


def test_the_list_shows_what_a_person_may_see(client):
    mara = come(client)
    ConnectionFactory(name="For all")
    ConnectionFactory(name="For Mara", open_to_all=False, people=[mara])
    ConnectionFactory(name="For others", open_to_all=False)

    page = text(client.get("/connections"))

    assert "For all" in page
    assert "For Mara" in page
    assert "For others" not in page


def test_the_list_asks_as_often_for_ten_connections_as_for_one(
    client, django_assert_num_queries
):
    come(client)
    CampaignFactory()
    with CaptureQueriesContext(database) as alone:
        client.get("/connections")
    CampaignFactory.create_batch(9)

    with django_assert_num_queries(len(alone)):
        page = text(client.get("/connections"))

    assert page.count('data-label="campaigns">1<') == 10


def test_a_connection_that_is_not_shared_does_not_exist_for_others(client):
    come(client)
    hidden = ConnectionFactory(open_to_all=False)

    response = client.get(reverse("connection_detail", args=[hidden.pk]))

    assert response.status_code == 404


def test_a_platform_is_chosen_first(client):
    come(client, admin=True)

    page = text(client.get("/connections/new"))

    assert "/connections/new/indeed" in page
    assert "/connections/new/microworkers" in page


def test_the_form_asks_what_the_platform_says_and_knows_its_addresses(client):
    come(client, admin=True)

    form = client.get("/connections/new/indeed").context["form"]

    assert {"employer", "token_url", "secret_client_id"} <= set(form.fields)
    assert form["base_url"].value() == "https://apis.indeed.com/ads"
    assert form["read_policy"].value() == "thrifty"


def test_an_unknown_platform_is_not_found(client):
    come(client, admin=True)

    assert client.get("/connections/new/other").status_code == 404


def test_a_connected_platform_keeps_its_credential_sealed(client):
    admin = come(client, admin=True)

    response = client.post("/connections/new/microworkers", PANEL, follow=True)

    connection = Connection.objects.get()
    assert keyring.open_sealed(connection.sealed_secrets) == {
        "api_key": "very-secret-key"
    }
    assert "very-secret-key" not in text(response)
    assert AuditEntry.objects.get().person_id == admin.pk


def test_what_was_typed_stays_except_credentials(client):
    come(client, admin=True)

    response = client.post(
        "/connections/new/microworkers", PANEL | {"settle_seconds": "601"}
    )

    assert response.status_code == 422
    assert "settle_seconds" in response.context["form"].errors
    assert 'value="Panel"' in text(response)
    assert "very-secret-key" not in text(response)
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"secret_api_key": ""}, "secret_api_key"),
        ({"secret_api_key": "two\nlines"}, "secret_api_key"),
        ({"base_url": "ftp://127.0.0.1/x"}, "base_url"),
        ({"base_url": "http://user:pw@127.0.0.1/x"}, "base_url"),
        ({"base_url": "https://api.example.com"}, "base_url"),
        ({"name": "nul\x00byte"}, "name"),
        ({"settle_seconds": "1e999"}, "settle_seconds"),
        ({"read_policy": "hopeful"}, "read_policy"),
        ({"people": ["999999"]}, "people"),
        ({"people": ["9" * 30]}, "people"),
        ({"people": ["1e999"]}, "people"),
    ],
)
def test_bad_input_is_refused_at_its_field_and_connects_nothing(client, bad, field):
    come(client, admin=True)

    response = client.post("/connections/new/microworkers", PANEL | bad)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Connection.objects.exists()


def test_a_real_platform_is_refused_while_demo_people_can_sign_in(client):
    come(client, admin=True, is_demo=True)
    real = PANEL | {"base_url": "https://ttv.microworkers.com/api/v2"}
    del real["is_sandbox"]

    response = client.post("/connections/new/microworkers", real)

    assert response.status_code == 422
    assert "demo people" in text(response)


def test_an_edit_with_empty_credentials_keeps_them(client):
    come(client, admin=True)
    connection = ConnectionFactory(name="Old")
    page = text(client.get(reverse("connection_edit", args=[connection.pk])))

    act(client, "edit", connection, **PANEL | {"secret_api_key": "", "name": "New"})

    connection.refresh_from_db()
    assert connection.name == "New"
    assert keyring.open_sealed(connection.sealed_secrets) == {"api_key": "demo-key"}
    assert "demo-key" not in page


def test_an_edit_with_another_address_asks_for_the_credentials_again(client):
    come(client, admin=True)
    connection = ConnectionFactory()
    elsewhere = {"base_url": "http://127.0.0.1:10/api/v2", "secret_api_key": ""}

    response = act(client, "edit", connection, **PANEL | elsewhere)

    assert response.status_code == 422
    assert "secret_api_key" in response.context["form"].errors


def test_the_test_button_says_what_works(client):
    come(client, admin=True)
    with serve("microworkers") as panel:
        connection = ConnectionFactory(base_url=panel.base_url)

        response = act(client, "test", connection)

    assert "The test found no problem" in text(response)


def test_the_test_button_says_what_is_wrong_in_its_own_part(client):
    come(client, admin=True)
    connection = ConnectionFactory()

    response = client.post(
        reverse("connection_test", args=[connection.pk]),
        headers={"HX-Request": "true"},
    )

    assert text(response).lstrip().startswith('<div id="connection-check"')
    assert "The test found a problem" in text(response)


def test_a_manager_holds_with_a_reason_and_releases(client):
    priya = come(client, manager=True)
    connection = ConnectionFactory()

    act(client, "hold", connection, reason="Checking a wrong import")
    page = text(client.get(reverse("connection_detail", args=[connection.pk])))
    act(client, "release", connection)

    assert "Checking a wrong import" in page
    assert str(priya) in page
    assert not Connection.objects.get().is_held


def test_a_hold_without_a_reason_is_refused_at_its_field(client):
    come(client, manager=True)

    response = act(client, "hold", ConnectionFactory(), reason=" ")

    assert response.status_code == 422
    assert "Give a reason of 1 to 500 characters" in text(response)


def test_a_release_of_what_is_not_held_says_so(client):
    come(client, manager=True)
    connection = ConnectionFactory()
    url = reverse("connection_release", args=[connection.pk])

    assert "is not on hold" in text(client.post(url, follow=True))


@pytest.mark.parametrize(
    ("kind", "there", "absent"),
    [
        ({}, "/sync", ("/edit", "/test", "/archive", "/hold")),
        ({"manager": True}, "/hold", ("/edit", "/test", "/archive")),
        ({"admin": True}, "/edit", ('/hold"',)),
    ],
)
def test_the_page_offers_what_its_reader_may_do(client, kind, there, absent):
    come(client, **kind)
    connection = ConnectionFactory()
    url = reverse("connection_detail", args=[connection.pk])

    page = text(client.get(url))

    assert f"{url}{there}" in page
    assert not [one for one in absent if f"{url}{one}" in page]


def test_a_button_that_may_cost_money_prints_the_price(client):
    come(client, admin=True)
    paid = IndeedFactory(is_sandbox=False, base_url="https://apis.indeed.com/ads")
    free = IndeedFactory()

    page = text(client.get(reverse("connection_detail", args=[paid.pk])))

    assert "Test connection · up to 3 USD or EUR a call" in page
    assert "up to 3" not in text(
        client.get(reverse("connection_detail", args=[free.pk]))
    )


def test_read_now_makes_a_sync_due(client):
    come(client)
    connection = ConnectionFactory()

    act(client, "sync", connection)

    connection.refresh_from_db()
    assert connection.sync_due_at


def test_an_archived_connection_offers_nothing_more(client):
    come(client, admin=True)
    connection = IndeedFactory(name="Old employer")

    act(client, "archive", connection)
    page = text(client.get(reverse("connection_detail", args=[connection.pk])))

    assert "Old employer" in text(client.get("/connections"))
    content = page.partition("<main")[2].partition("</main>")[0]
    assert "<form" not in content
    assert act(client, "test", connection).status_code == 404
    assert act(client, "edit", connection).status_code == 404


def test_a_connection_whose_platform_is_gone_is_still_told(client):
    come(client, admin=True)
    connection = ConnectionFactory(platform="gone", name="Orphan")

    page = client.get(reverse("connection_detail", args=[connection.pk]))

    assert "Orphan" in text(page)
    assert "Orphan" in text(client.get("/connections"))
    assert connections.details_of(connection).name == "Orphan"
