"""A manager who reads the audit log in Vienna."""

import pytest

from tests.factories import PersonFactory


@pytest.fixture
def me(client):
    person = PersonFactory(manager=True, timezone="Europe/Vienna")
    client.force_login(person)
    return person
