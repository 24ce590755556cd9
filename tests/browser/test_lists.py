"""The pages of work and history in a real browser: filtered, live, for everybody."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from campaigns import audit
from campaigns.lifecycle import State
from tests.asked import ask, attempt, edit, move
from tests.factories import CampaignFactory, IndeedFactory, LabelFactory, PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ("/", "/needs-you/", "/campaigns/", "/changes/", "/audit/")
LONG = "Warehouse associates and forklift operators, night shift, Columbus OH"


@pytest.fixture
def me(client, page, live_server):
    person = PersonFactory(
        manager=True, full_name="Priya Nair", timezone="Europe/Vienna"
    )
    audit.remember_name(person)
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": "sessionid", "value": cookie, "url": live_server.url}]
    )
    return person


@pytest.fixture
def story(me):
    """A change in each state, on two platforms; the last one that was Confirmed."""
    indeed = IndeedFactory(name="Harborline Logistics")
    label = LabelFactory(name="Evergreen")
    for state in State:
        if state != State.DRAFT:
            campaign = CampaignFactory(name=LONG, connection=indeed, labels=[label])
            change = ask(state, campaign=campaign, person=me, reason="Q4 plan, row 18")
    change = ask(State.CONFIRMED, person=me, edits=[edit(), edit("name", label="Name")])
    attempt(change)
    return change


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 360)]
)
def test_every_page_can_be_used_by_everybody(
    live_server, page, complaints, story, scheme, width
):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    reports = {}
    one = (f"/changes/{story.pk}/", f"/audit/{story.entry_id}/")
    for address in (*PAGES, *one):
        page.goto(f"{live_server.url}{address}")
        found = Axe().run(page, options={"preload": False})
        wide = page.evaluate("document.documentElement.scrollWidth") > width
        if found.violations_count or wide:
            reports[address] = f"wide: {wide} " + found.generate_report()

    assert reports == {}
    assert complaints == []


def test_typing_in_a_filter_changes_the_rows_and_the_address(live_server, page, me):
    connection = IndeedFactory()
    CampaignFactory(name="Night nurses", connection=connection)
    CampaignFactory(name="Drivers", connection=connection)
    page.goto(f"{live_server.url}/campaigns/")

    page.get_by_placeholder("Name or remote id").fill("nurs")

    page.get_by_role("link", name="Drivers").wait_for(state="detached")
    page.get_by_role("link", name="Night nurses").wait_for()
    page.wait_for_url("**/campaigns/?q=nurs")


def test_a_change_moves_on_the_list_without_a_reload(live_server, page, me):
    change = ask(State.WAITING, person=me)
    page.goto(f"{live_server.url}/changes/")
    row = page.locator(f"#change-row-{change.pk}")

    for state in (State.SENDING, State.ACCEPTED, State.CONFIRMED):
        move(change, state)
        row.get_by_text(state.word).wait_for(timeout=10_000)

    page.locator("#poll:not([hx-get])").wait_for(state="attached")


def test_the_page_of_a_change_moves_without_a_reload(live_server, page, me):
    change = ask(State.ACCEPTED, person=me)
    page.goto(f"{live_server.url}/changes/{change.pk}/")

    move(change, State.CONFIRMED)

    page.locator('#change[data-state="confirmed"]').wait_for(timeout=10_000)
    page.locator("#poll:not([hx-get])").wait_for(state="attached")
