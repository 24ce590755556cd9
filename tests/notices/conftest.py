"""Who asks for notices, and where webhooks arrive."""

import pytest

from tests.factories import PersonFactory
from tests.notices.receiver import receiving


@pytest.fixture
def me():
    return PersonFactory(manager=True, full_name="Priya Nair", email="p@example.com")


@pytest.fixture
def receiver(settings):
    settings.CAMPAIGN_DESK_ALLOW_LOOPBACK = True
    with receiving() as made:
        yield made
