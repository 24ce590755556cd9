import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy(client):
    header = client.get("/health").headers["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


def test_nothing_is_allowed_that_is_not_named(policy):
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"


def test_no_inline_script_or_style_and_no_nonce(policy):
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"


def test_pages_may_not_be_framed_or_sniffed(client):
    headers = client.get("/health").headers

    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_nobody_signs_up(client):
    assert client.get(reverse("account_signup")).status_code in (403, 404)
