"""Undo, a moment of the past and "why" in a real browser, for everybody."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from campaigns import changes, clock, documents
from campaigns.changes import Wish
from campaigns.delivery import snapshots
from campaigns.gateway.contract import Row
from campaigns.lifecycle import State
from campaigns.models import Change, ChangeSet, Channel
from campaigns.platforms.indeed.forms import IndeedForm
from tests.asked import ask, edit, move
from tests.browser.test_lists import me  # noqa: F401
from tests.factories import CampaignFactory, IndeedFactory
from tests.views.conftest import INDEED

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [("light", 1440), ("dark", 1440), ("light", 360), ("light", 1600)]
TOKEN = {"field": "trackingToken", "label": "Tracking token", "one_way": True}
TARGET = {"field": "objective.target", "label": "Objective target"}
NAMES = (
    "Forklift operators, Reno",
    "CDL-A drivers, Midwest",
    "Registered nurses, Phoenix ICU",
    "Night shift loaders, Memphis",
    "Line cooks, Austin downtown",
    "Warehouse associates and forklift operators, night shift, Columbus OH",
)


def at(minutes):
    now = clock.now()
    return clock.replaced(lambda: now + timedelta(minutes=minutes))


def read(campaign, minutes, document):
    campaign.refresh_from_db()
    with at(minutes):
        row = Row("remote", campaign.name, "ACTIVE", documents.loads(document))
        snapshots.keep(campaign, row, IndeedForm, whole=True, asked=clock.now())


def with_target(target):
    return INDEED.replace("10.10", target)


def arrive(change):
    for state in (State.SENDING, State.ACCEPTED, State.CONFIRMED):
        move(change, state)


@pytest.fixture
def story(me):  # noqa: F811
    """A set on six campaigns; since then every pile has got something."""
    indeed = IndeedFactory(name="Harborline Logistics")
    there = [CampaignFactory(name=name, connection=indeed) for name in NAMES]
    for campaign in there:
        read(campaign, -300, with_target("10.10"))
    words = {"seen_text": "10.10 USD", "wanted_text": "12.00 USD"}
    wishes = [
        Wish(c, [edit(seen="10.1", wanted="12", **TARGET, **words)]) for c in there[:5]
    ]
    token = edit(seen="null", wanted='"tok"', seen_text="empty", **TOKEN)
    wishes.append(Wish(there[5], [token]))
    with at(-200):
        sent = changes.request(
            me, wishes, key="autumn", title="Autumn tightening", reason="Q4 plan"
        )
        for change in sent.changes.all():
            arrive(change)
    _go_on(me, there)
    return sent


def _go_on(person, there):
    for campaign in there[:3]:
        read(campaign, -190, with_target("12.00"))
    again = edit(seen="12", wanted="9", seen_text="12.00", wanted_text="9.00", **TARGET)
    with at(-100):
        ask(State.CONFIRMED, campaign=there[2], person=person, edits=[again])
    read(there[2], -99, with_target("9.00"))
    read(there[3], -180, with_target("12.00"))
    read(there[3], -20, with_target("38.50"))
    read(there[4], -20, with_target("10.10"))
    token = INDEED.replace('"trackingToken": null', '"trackingToken": "tok"')
    read(there[5], -20, token)


def look(page, name, scheme, width):
    """Axe's complaints and whether it is too wide; a picture where one is wanted."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.reload()  # as a person comes who has that scheme from the start
    if folder := os.environ.get("SHOTS"):
        path = Path(folder) / f"{name}-{scheme}-{width}.png"
        page.screenshot(path=path, full_page=True)
    found = Axe().run(page, options={"preload": False})
    is_wide = page.evaluate("document.documentElement.scrollWidth") > width
    return found.generate_report() if found.violations_count else "", is_wide


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_an_undo_can_be_read_by_everybody(
    live_server, page, complaints, story, scheme, width
):
    page.goto(f"{live_server.url}/undo/set/{story.pk}?tick=all")

    assert look(page, "undo", scheme, width) == ("", False)
    assert complaints == []


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_a_moment_can_be_read_by_everybody(
    live_server, page, complaints, story, scheme, width
):
    campaign = story.changes.order_by("campaign__pk")[3].campaign
    moment = (clock.now() - timedelta(minutes=60)).isoformat()

    page.goto(f"{live_server.url}/campaigns/{campaign.pk}/as-of")
    page.goto(
        f"{live_server.url}/campaigns/{campaign.pk}/as-of?at={moment[:19]}%2B00:00"
    )

    assert look(page, "as-of", scheme, width) == ("", False)
    assert complaints == []


def test_a_tick_counts_at_once_and_sends_what_was_shown(
    live_server, page, complaints, story
):
    page.goto(f"{live_server.url}/undo/set/{story.pk}")
    expect(page.locator("#undo-piles .sum")).to_contain_text("2 + 2 + 1 + 1 = 6")
    page.get_by_label("Title").fill("Back to summer")

    page.get_by_role("checkbox").first.check()
    expect(page.locator("#undo-piles .sum")).to_contain_text("With the 1 ticked, 3 go")
    page.get_by_role("button", name="Put 3 fields back").click()
    page.wait_for_url("**/changes/**")

    back = ChangeSet.objects.get(channel=Channel.UNDO)
    assert (back.title, back.undoes) == ("Back to summer", story)
    assert Change.objects.filter(change_set=back).count() == 3
    assert complaints == []


def test_a_field_tells_why_it_is_like_this(live_server, page, complaints, story):
    campaign = story.changes.order_by("campaign__pk")[0].campaign
    page.goto(f"{live_server.url}/campaigns/{campaign.pk}/")

    page.get_by_role("link", name="Why is Objective target like this?").click()

    told = page.locator("#why-field-objective-target")
    expect(told).to_contain_text("Q4 plan")
    expect(told).to_contain_text("Priya Nair")
    assert look(page, "why", "light", 1440) == ("", False)
    assert complaints == []
