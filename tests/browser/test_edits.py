"""Edits in a real browser: refused, clashing, doubled, slow, mistyped, by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import reload_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NIGHT, ALL_JOBS = "1414213562373095", "6931471805599453"
APPRENTICES, SHOPS = "6e7f8091a2b3c4d5", "08192a3b4c5d6e7f"


def test_a_refusal_stands_at_its_field_in_the_platforms_words(visit):
    mara = visit()
    mara.open("Kitchen porters")

    mara.change("name", "Night porters")

    row = mara.sees("name", "rejected")
    said = "another campaign of this employer has this name."
    expect(row.locator(".said")).to_contain_text(said)
    expect(row.get_by_role("link", name="Edit and send again")).to_be_visible()


def test_a_clash_is_decided_and_mine_becomes_confirmed(visit, sandboxes):
    mara = visit()
    mara.open("Night porters")
    mara.type("name", "Night porters, mine")
    mara.review()
    sandboxes["indeed"].edit(NIGHT, name="Night porters, theirs")
    mara.send()
    row = mara.sees("name", "clash")
    expect(row).to_contain_text("Night porters, theirs")

    row.get_by_role("radio", name="Mine").check()
    row.get_by_role("button", name="Decide").click()

    mara.sees("name", "confirmed")
    assert sandboxes["indeed"].patches(NIGHT) == ['{"name":"Night porters, mine"}']


def test_a_double_click_on_send_sends_once(visit, sandboxes, complaints):
    mara = visit()
    mara.open("All jobs, all sites")
    mara.type("trackingToken", "always-on-2")
    mara.review()

    mara.page.get_by_role("button", name="Send").dblclick()

    mara.page.wait_for_url("**/campaigns/*/")
    mara.sees("trackingToken", "confirmed")
    assert len(sandboxes["indeed"].patches(ALL_JOBS)) == 1
    assert complaints == []


def test_the_back_button_finds_nothing_to_send_again(visit):
    mara = visit()
    mara.open("Çağrı merkezi temsilcisi, İzmir")
    mara.change("trackingToken", "izmir")

    mara.page.go_back()

    mara.page.get_by_text("No unsent edits").wait_for()
    assert mara.page.get_by_role("button", name="Send").count() == 0


def test_a_slow_platform_is_waited_for_in_sight(visit, sandboxes, complaints):
    sandboxes["indeed"].plant(APPRENTICES, {"late": 3})
    mara = visit()
    mara.open("Apprenticeships 2027")

    mara.change("name", "Apprenticeships 2028")

    mara.sees("name", "sending")
    mara.sees("name", "confirmed")
    assert complaints == []


def test_the_heading_follows_a_name_that_was_confirmed(visit):
    mara = visit()
    mara.open("Hiring day: call centre, Cardiff")

    mara.change("name", "Hiring day: call centre, Swansea")
    mara.sees("name", "confirmed")

    heading = mara.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Hiring day: call centre, Swansea")


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [("name", "n" * 251, "at most 250"), ("objective.target", "1e999", "plain number")],
)
def test_bad_input_is_said_at_its_field_and_stays_typed(visit, path, typed, said):
    mara = visit()
    mara.open("Registered nurses, St. Mary's Hospital")
    field = mara.editor(path)
    field.evaluate("node => node.removeAttribute('maxlength')")

    field.fill(typed)
    field.press("Tab")

    expect(mara.row(path).get_by_role("alert")).to_contain_text(said)
    expect(mara.row(path).locator(f'[name="{path}"]')).to_have_value(typed)
    expect(mara.page.locator("#unsent")).not_to_contain_text("not sent")


def test_what_an_edit_implies_is_shown_and_taken_back(visit):
    mara = visit()
    mara.open("Retail associates, holiday peak")

    mara.type("jobsToInclude", "ALL")
    expect(mara.row("jobsQuery")).to_contain_text("implied")
    mara.row("jobsToInclude").get_by_role("button", name="Discard").click()

    expect(mara.row("jobsQuery")).not_to_contain_text("implied")
    expect(mara.page.locator("#unsent")).not_to_contain_text("not sent")


# --- focus and keys -------------------------------------------------------------


def test_the_focus_goes_with_the_row_that_is_swapped(visit):
    mara = visit()
    mara.open("Compare two product photos")

    mara.row("ttr").get_by_role("link", name="Edit").press("Enter")
    expect(mara.row("ttr").locator("[name=ttr]")).to_be_focused()
    mara.type("ttr", "12")

    inside = "node => node.contains(document.activeElement)"
    assert mara.row("ttr").evaluate(inside)
    mara.row("ttr").get_by_role("button", name="Discard").press("Enter")
    expect(mara.page.locator("#unsent")).not_to_contain_text("not sent")
    assert mara.row("ttr").evaluate(inside)


def test_typing_goes_on_while_another_field_moves(visit, sandboxes):
    sandboxes["indeed"].plant(SHOPS, {"late": 2})
    mara = visit()
    mara.open("店舗スタッフ（東京・大阪）")
    mara.change("trackingToken", "tokyo")
    field = mara.editor("name")

    field.press("End")
    field.press_sequentially(" and Newport", delay=150)
    mara.sees("trackingToken", "confirmed")

    expect(field).to_be_focused()
    expect(field).to_have_value(re.compile("and Newport$"))
    field.press("Tab")
    mara.row("name").get_by_role("button", name="Discard").click()


def tab_to(page, name, limit=90):
    """Press Tab until the named control has the focus."""
    spoken = "(document.activeElement.ariaLabel || document.activeElement.innerText)"
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate(f"({spoken} || '').trim()").startswith(name):
            return
    raise AssertionError(f"{name} cannot be reached by Tab")


def test_edit_review_and_send_need_no_mouse(visit, complaints):
    mara = visit()
    page = mara.page
    mara.go("/")
    page.keyboard.press("/")
    page.keyboard.type("Leipzig")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=Leipzig*")
    tab_to(page, "Warehouse associates")
    page.keyboard.press("Enter")
    page.wait_for_url("**/campaigns/*/")

    tab_to(page, "Edit Tracking token")
    page.keyboard.press("Enter")
    expect(mara.row("trackingToken").locator("[name=trackingToken]")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("wh-leipzig-keys")
    page.keyboard.press("Enter")
    expect(page.locator("#unsent")).to_contain_text("1 change, not sent")
    tab_to(page, "Review")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    tab_to(page, "Send")
    page.keyboard.press("Enter")

    mara.sees("trackingToken", "confirmed")
    assert complaints == []


# --- without script -------------------------------------------------------------


def test_without_script_a_field_is_edited_reviewed_and_sent(
    browser, browser_context_args, visit
):
    options = browser_context_args | {"java_script_enabled": False}
    page = browser.new_context(**options).new_page()
    mara = visit(page=page)
    mara.go("/campaigns/?q=Transcribe")
    page.get_by_role("link", name="Transcribe a one-minute call").click()

    mara.row("ttr").get_by_role("link", name="Edit").click()
    mara.row("ttr").locator("[name=ttr]").fill("11")
    mara.row("ttr").get_by_role("button", name="Keep").click()
    expect(page.locator("#unsent")).to_contain_text("1 change, not sent")
    mara.review("By hand")
    mara.send()

    confirmed = page.locator('.field[data-field="ttr"][data-state="confirmed"]')
    reload_until(page, confirmed.count)
