import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.factories import PASSWORD, PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_sign_in_page_breaks_no_rule_of_its_own_policy(
    live_server, page, complaints
):
    page.goto(f"{live_server.url}/account/login/")

    page.get_by_label("Password").wait_for()
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_can_be_used_by_everybody(live_server, page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/account/login/")

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()


def test_a_wrong_password_is_said_in_words(live_server, page):
    PersonFactory(email="mara@example.com")
    page.goto(f"{live_server.url}/account/login/")

    page.get_by_label("Email").fill("mara@example.com")
    page.get_by_label("Password").fill(f"not {PASSWORD}")
    page.get_by_label("Password").press("Enter")

    page.get_by_text("not correct").wait_for()
