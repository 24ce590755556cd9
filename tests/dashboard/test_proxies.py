"""Behind a proxy, failed sign-ins of one visitor hold up nobody else."""

import pytest
from django.core.cache import cache

from tests.factories import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def behind_a_proxy(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/m/ip"}
    cache.clear()
    yield
    cache.clear()


def sign_in(client, email, password, forwarded):
    return client.post(
        "/account/login/",
        {"login": email, "password": password},
        headers={"X-Forwarded-For": forwarded},
    ).status_code


def test_who_comes_from_elsewhere_is_let_in_during_a_flood(client):
    person = PersonFactory()
    for number in range(3):
        sign_in(client, f"nobody{number}@example.com", "wrong", "192.0.2.1")

    assert sign_in(client, person.email, PASSWORD, "192.0.2.1") == 200
    assert sign_in(client, person.email, PASSWORD, "192.0.2.2") == 302


def test_a_visitor_cannot_choose_the_address_they_are_counted_under(client):
    person = PersonFactory()
    for number in range(3):
        spoofed = f"198.51.100.{number}, 192.0.2.1"
        sign_in(client, f"nobody{number}@example.com", "wrong", spoofed)

    assert sign_in(client, person.email, PASSWORD, "203.0.113.9, 192.0.2.1") == 200
