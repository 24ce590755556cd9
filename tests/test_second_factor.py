"""Second factors: what history says of them, and the way out for who lost one."""

import json
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.core.exceptions import ValidationError

from campaigns import audit, second_factors
from campaigns.models import AuditEntry, Person
from tests.factories import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db

ACTIVATE = "/account/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def forgotten_tries():
    cache.clear()


@pytest.fixture
def mara(client):
    """She has just signed in."""
    mara = PersonFactory(email="mara@example.com")
    sign_in(client)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return mara


def sign_in(client):
    typed = {"login": "mara@example.com", "password": PASSWORD}
    return client.post("/account/login/", typed)


def code(secret):
    counter = int(time.time()) // 30
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def activate(client):
    client.get(ACTIVATE)
    secret = client.session[totp.SECRET_SESSION_KEY]
    return client.post(ACTIVATE, {"code": code(secret)})


def told():
    rows = AuditEntry.objects.filter(event="second factor changed").order_by("pk")
    facts = [(row.person_id, json.loads(row.body)["facts"]) for row in rows]
    return [(pk, each["kind"], each["done"]) for pk, each in facts]


def test_an_added_app_is_told_with_its_recovery_codes(client, mara):
    assert activate(client).status_code == 302

    assert set(told()) == {
        (mara.pk, "totp", "added"),
        (mara.pk, "recovery_codes", "added"),
    }


def test_neither_the_secret_nor_a_code_is_told(client, mara):
    client.get(ACTIVATE)
    secret = client.session[totp.SECRET_SESSION_KEY]

    activate(client)

    bodies = " ".join(AuditEntry.objects.values_list("body", flat=True))
    assert secret not in bodies
    assert code(secret) not in bodies


def test_a_removed_app_is_told(client, mara):
    activate(client)

    client.post("/account/2fa/totp/deactivate/")

    assert (mara.pk, "totp", "removed") in told()
    assert not Authenticator.objects.filter(type="totp").exists()


def test_a_wrong_code_is_told_as_a_failed_sign_in(client, mara):
    activate(client)
    client.post("/account/logout/")
    sign_in(client)

    client.post("/account/2fa/authenticate/", {"code": "000000"})

    entry = AuditEntry.objects.order_by("-pk").first()
    assert (entry.event, entry.stream) == ("sign-in failed", f"user:{mara.pk}")
    assert "_auth_user_id" not in client.session


def test_what_history_cannot_tell_is_not_kept(client, mara, monkeypatch):
    def full(*arguments, **words):
        raise OSError("the disk is full")

    monkeypatch.setattr(audit, "append", full)
    with pytest.raises(OSError, match="full"):
        activate(client)

    assert Authenticator.objects.count() == 0


def test_an_admin_takes_off_what_was_lost(client, mara):
    activate(client)
    ada = PersonFactory(admin=True)
    client.force_login(ada)

    page = client.get(f"/people/{mara.pk}").content.decode()
    client.post(f"/people/{mara.pk}/second-factor")

    assert "Remove the second factor" in page
    assert not Authenticator.objects.filter(user=mara).exists()
    assert set(told()[-2:]) == {
        (ada.pk, "totp", "removed"),
        (ada.pk, "recovery_codes", "removed"),
    }
    after = client.get(f"/people/{mara.pk}").content.decode()
    assert "Remove the second factor" not in after


def test_nothing_is_taken_off_where_nothing_is():
    with pytest.raises(ValidationError, match="no second factor"):
        second_factors.remove(PersonFactory())


@pytest.mark.parametrize(
    ("is_active", "words"),
    [
        (True, "A new password leaves passkeys as they are"),
        (False, "a passkey lets them in without the password"),
    ],
)
def test_an_admin_is_told_what_a_new_password_does_not_end(
    client, mara, is_active, words
):
    activate(client)
    Person.objects.filter(pk=mara.pk).update(is_active=is_active)
    client.force_login(PersonFactory(admin=True))

    page = client.get(f"/people/{mara.pk}").content.decode()

    assert words in page
