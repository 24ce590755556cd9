"""A manager at the desk, and who asked for what lies on it."""

import pytest

from tests.factories import PersonFactory


@pytest.fixture
def me(client):
    person = PersonFactory(manager=True, full_name="Priya Nair")
    client.force_login(person)
    return person


@pytest.fixture
def mara():
    return PersonFactory(full_name="Mara Lindqvist")
