"""A manager whose name could be a formula, and an export of theirs."""

import pytest

from campaigns.lifecycle import State
from tests.asked import ask
from tests.audit.export.files import download
from tests.factories import CampaignFactory, PersonFactory


@pytest.fixture
def me(client):
    person = PersonFactory(manager=True, full_name="=Mara")
    client.force_login(person)
    return person


@pytest.fixture
def exported(client, me, tmp_path):
    """A zip of the history of two campaigns."""
    for campaign in (CampaignFactory(), CampaignFactory()):
        ask(State.CONFIRMED, campaign=campaign)
    path = tmp_path / "export.zip"
    path.write_bytes(download(client, "zip")[1])
    return path
