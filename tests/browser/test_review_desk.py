"""The review desk by keyboard, and readable for everybody."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import expect

from campaigns import reviews
from campaigns.lifecycle import State
from tests.asked import ask, edit
from tests.factories import PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sets(live_server, page, client):
    """Three sets on the desk of a manager, the riskiest first."""
    me, mara = PersonFactory(manager=True), PersonFactory()
    made = [
        ask(State.CONFIRMED, person=mara, edits=[edit(one_way=True)]),
        ask(State.REJECTED, person=mara),
        ask(State.CONFIRMED, person=mara, edits=[edit(seen="7", wanted="6")]),
    ]
    reviews.ask(made[0].change_set, me, "Why?")
    client.force_login(me)
    name = settings.SESSION_COOKIE_NAME
    key = client.cookies[name].value
    page.context.add_cookies([{"name": name, "value": key, "url": live_server.url}])
    page.goto(f"{live_server.url}/desk/?pile=all")
    return [f"#set-{change.change_set_id}" for change in made]


def test_j_and_k_go_from_card_to_card(page, sets, complaints):
    page.keyboard.press("j")
    expect(page.locator(sets[0])).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(sets[1])).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(sets[0])).to_be_focused()

    assert complaints == []


def test_r_marks_reviewed_and_keeps_the_place_and_the_sum(page, sets, complaints):
    page.keyboard.press("j")
    page.keyboard.press("j")

    page.keyboard.press("r")

    card = page.locator(sets[1])
    expect(card).to_have_attribute("data-pile", "reviewed")
    expect(card).to_be_focused()
    expect(page.locator("#desk-coverage .sum")).to_contain_text("1 + 1 + 0 + 1 = 3")
    expect(page.locator("#live-region")).to_contain_text("1 of 3")
    assert complaints == []


def test_f_flags(page, sets):
    page.keyboard.press("j")
    page.keyboard.press("j")

    page.keyboard.press("f")

    expect(page.locator(sets[1])).to_have_attribute("data-pile", "flagged")


def test_q_opens_the_question_and_sending_it_shows_it(page, sets):
    page.keyboard.press("j")
    page.keyboard.press("j")

    page.keyboard.press("q")
    page.keyboard.type("fair question, jk")
    page.locator(sets[1]).get_by_role("button", name="Ask Person").click()

    card = page.locator(sets[1])
    expect(card).to_have_attribute("data-pile", "question")
    expect(card.locator(".question")).to_contain_text("fair question, jk")


def test_letters_do_nothing_where_keys_are_off(page, sets):
    page.keyboard.press("?")
    page.get_by_label("Turn single keys off").check()
    page.get_by_role("button", name="Close", exact=True).click()

    page.keyboard.press("j")

    expect(page.locator(sets[0])).not_to_be_focused()


def test_the_keys_are_listed(page, sets):
    page.keyboard.press("?")

    expect(page.locator("#shortcuts")).to_contain_text("on the review desk")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1600])
def test_the_desk_can_be_used_by_everybody(page, sets, scheme, width):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.reload()  # as a person comes who has that scheme from the start

    found = Axe().run(page, options={"preload": False}).response["violations"]

    assert [each["id"] for each in found] == []
    spill = (
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert not page.evaluate(spill)
