"""Text of others may turn itself round, never the words of the page around it."""

import pytest
from django.conf import settings

from campaigns.lifecycle import State
from tests.asked import ask, edit
from tests.factories import CampaignFactory, PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TURNED = "\u202e10"


@pytest.fixture
def change(db):
    asked = edit(seen="10", wanted="20", seen_text=TURNED, wanted_text="20")
    return ask(
        State.DIFFERENT,
        campaign=CampaignFactory(name="Signs \u202e"),
        person=PersonFactory(),
        edits=[asked],
    )


@pytest.fixture
def shown(live_server, page, client, change):
    """The page of the change, as its marketer sees it."""
    client.force_login(change.change_set.person)
    name = settings.SESSION_COOKIE_NAME
    key = client.cookies[name].value
    page.context.add_cookies([{"name": name, "value": key, "url": live_server.url}])
    page.goto(f"{live_server.url}/changes/{change.pk}/")
    return page


def test_what_was_stands_before_what_is_wanted(shown):
    diff = shown.locator(".diff").first

    before, after = (diff.locator(tag).bounding_box() for tag in ("del", "ins"))

    assert before["x"] < after["x"]
