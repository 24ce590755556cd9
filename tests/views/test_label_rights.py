"""A label tells of campaigns: who sees none of them does not see it."""

import pytest

from campaigns import labels
from tests.factories import CampaignFactory, ConnectionFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret():
    hidden = CampaignFactory(connection=ConnectionFactory(open_to_all=False))
    labels.put(hidden, "Takeover of Acme", PersonFactory(admin=True))
    return hidden.labels.get()


@pytest.mark.parametrize("page", ["/campaigns/", "/campaigns/{pk}/"])
def test_a_label_of_hidden_campaigns_alone_is_named_nowhere(
    client, mara, signs, secret, page
):
    labels.put(signs, "Autumn", mara)

    shown = client.get(page.format(pk=signs.pk)).content.decode()

    assert "Autumn" in shown
    assert "Takeover" not in shown


def test_a_hidden_label_cannot_be_asked_for_by_its_number(client, mara, secret):
    assert client.get(f"/campaigns/?label={secret.pk}").status_code == 422
