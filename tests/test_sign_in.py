"""Signing in and out: who gets in, for how long, and what history says of it."""

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from campaigns.models import AuditEntry
from tests.factories import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db

RATES = {"login": "30/m/ip", "login_failed": "10/m/ip,3/300s/key"}


@pytest.fixture(autouse=True)
def forgotten_tries():
    cache.clear()


def sign_in(client, email, password=PASSWORD):
    return client.post("/account/login/", {"login": email, "password": password})


def events():
    return [(each.event, each.stream) for each in AuditEntry.objects.order_by("pk")]


def test_a_person_signs_in_by_e_mail_and_password(client):
    person = PersonFactory(email="mara@example.com")

    response = sign_in(client, "Mara@Example.com")

    assert response.headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(person.pk)
    assert events() == [("signed in", f"user:{person.pk}")]


def test_a_wrong_password_is_told_without_the_password(client):
    person = PersonFactory(email="mara@example.com")

    sign_in(client, "mara@example.com", "hunter2-hunter2")

    entry = AuditEntry.objects.get()
    assert (entry.event, entry.person_id) == ("sign-in failed", None)
    assert entry.stream == f"user:{person.pk}"
    assert "hunter2" not in entry.body
    assert "_auth_user_id" not in client.session


def test_an_unknown_address_is_told_without_the_address(client):
    sign_in(client, "stranger@example.com")

    entry = AuditEntry.objects.get()
    assert (entry.event, entry.stream) == ("sign-in failed", "system")
    assert "stranger" not in entry.body


def test_an_inactive_person_does_not_get_in(client):
    person = PersonFactory(inactive=True)

    response = sign_in(client, person.email)

    assert response.headers["Location"] == "/account/inactive/"
    assert "_auth_user_id" not in client.session
    assert events() == [("sign-in failed", f"user:{person.pk}")]


def test_signing_out_is_told(client):
    person = PersonFactory()
    sign_in(client, person.email)

    client.post("/account/logout/")

    assert events()[-1] == ("signed out", f"user:{person.pk}")
    assert "_auth_user_id" not in client.session


def test_a_changed_password_is_told_and_keeps_this_session(client):
    person = PersonFactory()
    sign_in(client, person.email)
    new = "another long phrase"

    client.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    person.refresh_from_db()
    assert person.check_password(new)
    assert events()[-1] == ("password changed", f"user:{person.pk}")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_person_proves_again_who_they_are_by_password(client):
    person = PersonFactory()
    client.force_login(person)

    response = client.post("/account/reauthenticate/", {"password": PASSWORD})

    assert response.status_code == 302


def test_too_many_wrong_passwords_close_the_door_for_a_while(client, settings):
    settings.ACCOUNT_RATE_LIMITS = RATES
    person = PersonFactory()
    for _ in range(3):
        sign_in(client, person.email, "wrong")

    sign_in(client, person.email)
    sign_in(client, person.email)

    assert "_auth_user_id" not in client.session
    assert [event for event, _ in events()] == ["sign-in failed"] * 3 + ["throttled"]


def test_a_flood_of_sign_ins_is_refused_and_told_once(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    for _ in range(2):
        sign_in(client, "a@example.com", "")

    refused = [sign_in(client, "a@example.com", "").status_code for _ in range(3)]

    assert refused == [429] * 3
    assert events() == [("throttled", "system")]


def test_a_session_ends_twelve_hours_after_sign_in_whatever_is_asked(client):
    client.force_login(PersonFactory())
    ends = client.session.get_expiry_date()

    with time_machine.travel(timezone.now() + timezone.timedelta(hours=11)):
        response = client.get("/account/login/", headers={"HX-Request": "true"})

    assert "sessionid" not in response.cookies
    assert client.session.model.objects.get().expire_date <= ends


@pytest.mark.parametrize(
    "path",
    ["/account/signup/", "/account/password/reset/", "/account/email/"],
)
def test_there_is_no_sign_up_and_no_password_link(client, path):
    assert client.get(path).status_code == 404


def test_tries_at_one_person_are_counted_together_whatever_host_they_name(
    client, settings
):
    settings.ACCOUNT_RATE_LIMITS = RATES
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    person = PersonFactory()
    data = {"login": person.email, "password": "wrong"}
    for host in ("localhost", "127.0.0.1", "127.0.0.1:81"):
        client.post("/account/login/", data, headers={"Host": host})

    right = data | {"password": PASSWORD}
    answer = client.post("/account/login/", right, headers={"Host": "127.0.0.1:82"})

    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session
