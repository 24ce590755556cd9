"""Nothing typed is lost: leaving at once, a slow answer, a session that ended."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
ELECTRICIANS = "Électriciens et électriciennes — Québec"
TRUCKERS = "Truck drivers, Midwest"


def slow(page, milliseconds=700):
    """Let every answer take its time on the way."""
    network = {
        "latency": milliseconds,
        "downloadThroughput": -1,
        "uploadThroughput": -1,
    }
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {"offline": False, **network})


def sign_in_again(mara):
    mara.page.get_by_label("Email").fill("mara@example.com")
    mara.page.get_by_label("Password", exact=True).fill(mara.password)
    mara.page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.fixture
def mara(visit):
    mara = visit()
    yield mara
    mara.go("/review")
    buttons = mara.page.get_by_role("button", name="Discard these edits")
    while buttons.count():
        buttons.first.click()
        mara.page.wait_for_load_state()


def test_review_straight_after_typing_shows_what_was_typed(mara):
    mara.open(TRUCKERS)
    mara.type("name", "Truckers, first edit")
    slow(mara.page)

    mara.editor("trackingToken").fill("typed-last")
    mara.page.get_by_role("link", name="Review", exact=True).click()

    mara.page.get_by_role("heading", name="Review before sending").wait_for()
    expect(mara.page.locator("main")).to_contain_text("typed-last")


def test_leaving_straight_after_a_value_that_is_refused_stays_at_it(mara):
    mara.open(TRUCKERS)
    slow(mara.page)
    field = mara.editor("name")
    field.fill("   ")

    mara.page.get_by_role("link", name="Overview").click()

    expect(mara.row("name").get_by_role("alert")).to_contain_text("Give a name")
    expect(mara.row("name").locator('[name="name"]')).to_be_focused()


def test_a_value_that_the_database_could_not_keep_stays_and_is_kept_later(mara):
    mara.open(TRUCKERS)
    mara.page.route("**/fields/name", lambda route: route.fulfill(status=503))
    mara.type("name", "Truckers, kept later")
    said = mara.page.get_by_role("status")
    expect(said).to_contain_text("What you typed still stands here")
    mara.page.unroute("**/fields/name")

    with mara.page.expect_response("**/fields/name"):
        mara.editor("name").press("Enter")
    mara.page.get_by_role("link", name="Review", exact=True).click()

    expect(mara.page.locator("main")).to_contain_text("Truckers, kept later")


def test_a_reload_over_a_value_that_is_not_kept_asks_first(mara):
    asked = []
    mara.page.on("dialog", lambda one: (asked.append(one.type), one.accept()))
    mara.open(TRUCKERS)
    mara.editor("name").press_sequentially("half a na")

    mara.page.reload()

    assert asked == ["beforeunload"]


def test_close_straight_after_typing_keeps_the_edit_in_sight(mara):
    mara.open(TRUCKERS)
    slow(mara.page)
    mara.editor("name").fill("Truckers, closed at once")

    mara.row("name").get_by_role("link", name="Close").click()

    expect(mara.row("name").get_by_role("button", name="Discard")).to_be_visible()
    expect(mara.page.locator("#unsent")).to_contain_text("1 change, not sent")


def test_an_answer_to_an_older_text_leaves_what_was_typed_since(mara):
    mara.open(TRUCKERS)
    slow(mara.page)
    field = mara.editor("name")
    field.fill("First")
    field.press("Enter")

    field.press_sequentially(" and second")
    field.press("Tab")

    expect(mara.page.locator("#unsent")).to_contain_text("1 change, not sent")
    expect(mara.row("name").locator("ins")).to_have_text("First and second")


def test_what_was_being_typed_when_the_session_ended_is_kept_after_sign_in(mara):
    mara.open(ELECTRICIANS)
    field = mara.editor("name")
    field.fill("Typed while the session ended")
    mara.page.context.clear_cookies(name="sessionid")

    field.press("Tab")
    mara.page.wait_for_url("**/account/login/**")
    sign_in_again(mara)

    mara.page.get_by_role("heading", level=1, name=ELECTRICIANS).wait_for()
    expect(mara.row("name").locator("ins")).to_have_text(
        "Typed while the session ended"
    )
    expect(mara.page.locator("#unsent")).to_contain_text("1 change, not sent")


def test_a_reason_survives_a_session_that_ended_at_send(mara):
    mara.open(ELECTRICIANS)
    mara.type("name", "Electricians, reasoned")
    mara.review("A reason nobody wants to type twice")
    mara.page.context.clear_cookies(name="sessionid")

    mara.page.get_by_role("button", name="Send").click()
    mara.page.wait_for_url("**/account/login/**")
    sign_in_again(mara)

    mara.page.get_by_role("heading", name="Review before sending").wait_for()
    expect(mara.page.get_by_label("Reason")).to_have_value(
        "A reason nobody wants to type twice"
    )
