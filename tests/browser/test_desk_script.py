"""What the one script does: keys, theme, lost answers, focus, rows from afar."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.factories import CampaignFactory, PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(live_server, page, client):
    """A marketer's browser, signed in, on the list of campaigns."""
    client.force_login(PersonFactory())
    name = settings.SESSION_COOKIE_NAME
    key = client.cookies[name].value
    page.context.add_cookies([{"name": name, "value": key, "url": live_server.url}])
    CampaignFactory(name="Night porters")
    page.goto(f"{live_server.url}/campaigns/")
    return page


def from_afar(page, html):
    """A row arrives out of band, as it does with a poll."""
    page.evaluate(
        "html => htmx.swap(document.body, html, {swapStyle: 'none'})",
        html,
    )


def plant(page, html):
    page.evaluate(
        "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)",
        html,
    )


def test_a_slash_goes_to_the_search(desk):
    desk.keyboard.press("/")

    expect(desk.locator("[data-find]")).to_be_focused()


def test_single_keys_can_be_turned_off(desk):
    desk.keyboard.press("?")
    desk.get_by_label("Turn single keys off").check()
    desk.get_by_role("button", name="Close", exact=True).click()

    desk.keyboard.press("/")

    expect(desk.locator("[data-find]")).not_to_be_focused()


def test_the_theme_is_kept_by_the_server(desk):
    desk.get_by_role("button", name="Dark").click()

    desk.reload()

    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_refused_request_says_that_nothing_was_saved(desk):
    desk.route("**/campaigns/?**", lambda route: route.fulfill(status=403))

    desk.get_by_placeholder("Name or remote id").fill("porters")

    expect(desk.get_by_role("status")).to_contain_text("Nothing was saved")


def test_a_lost_answer_to_a_post_never_claims_that_nothing_was_saved(desk):
    plant(desk, '<button id="go" hx-post="/lost">Go</button>')
    desk.evaluate("htmx.process(document.querySelector('main'))")
    desk.route("**/lost", lambda route: route.abort())

    desk.locator("#go").click()

    expect(desk.get_by_role("status")).to_contain_text("may not be kept")


def test_an_older_row_never_comes_back(desk):
    plant(desk, '<p id="row" data-version="9">newer</p>')

    from_afar(desk, '<p id="row" hx-swap-oob="true" data-version="8">older</p>')

    expect(desk.locator("#row")).to_have_text("newer")


def test_a_newer_row_comes_in_and_is_spoken(desk):
    plant(desk, '<p id="row" data-version="9" data-announce="Name: Sending">a</p>')

    from_afar(
        desk,
        '<p id="row" hx-swap-oob="true" data-version="10"'
        ' data-announce="Name: Confirmed">b</p>',
    )

    expect(desk.locator("#row")).to_have_text("b")
    expect(desk.locator("#live-region")).to_have_text("Name: Confirmed")


def test_a_row_with_the_focus_waits_until_the_focus_has_left(desk):
    plant(desk, '<p id="row"><button id="here">a</button></p><button id="b">b</button>')
    desk.locator("#here").focus()
    from_afar(desk, '<p id="row" hx-swap-oob="true">fresh</p>')
    expect(desk.locator("#here")).to_be_focused()

    desk.locator("#b").focus()

    expect(desk.locator("#row")).to_have_text("fresh")
    expect(desk.locator("#b")).to_be_focused()
