"""A platform that is no longer installed takes no page with it."""

import pytest

from campaigns.models import Connection
from campaigns.planning import drafts
from tests.asked import ask
from tests.views.tab import text, words

pytestmark = pytest.mark.django_db
GONE = "no longer installed"


def uninstall(campaign):
    Connection.objects.filter(pk=campaign.connection_id).update(platform="gone")


@pytest.mark.parametrize("part", ["", "as-of", "live"])
def test_its_campaigns_say_so(client, mara, nurses, part):
    uninstall(nurses)

    response = client.get(f"/campaigns/{nurses.pk}/{part}")

    assert response.status_code == 404
    assert GONE in words(text(response))


def test_review_shows_the_edits_of_the_others(client, mara, nurses):
    desk = drafts.open_desk(mara, nurses)
    assert drafts.edit(desk, mara, "name", {"name": "New"}, desk.seen("name")) == []
    assert "New" in text(client.get("/review"))
    uninstall(nurses)

    response = client.get("/review")

    assert response.status_code == 200


def test_its_changes_can_be_read_and_not_undone(client, mara, nurses):
    change = ask(campaign=nurses, person=mara)
    uninstall(nurses)

    assert client.get(f"/changes/{change.pk}/").status_code == 200
    assert client.get(f"/undo/change/{change.pk}").status_code == 200
