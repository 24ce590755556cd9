import pytest
from django.db import OperationalError, connection

pytestmark = pytest.mark.django_db


def test_health_says_that_the_database_answers(client):
    response = client.get("/health")

    assert response.status_code == 200
    assert response.json() == {"ok": True, "database": "answers"}


def test_health_needs_no_redis_and_no_sign_in(client, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1"

    assert client.get("/health").status_code == 200


def test_health_is_503_when_the_database_does_not_answer(client, monkeypatch):
    monkeypatch.setattr(connection, "cursor", broken_cursor)

    assert client.get("/health").status_code == 503


def broken_cursor():
    raise OperationalError("gone")
