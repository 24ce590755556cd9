"""A page that fails its test when the browser complains, and a desk to look at.

The desk is what `bin/up` starts: its own folder, free ports, real Redis, a real
worker. One serves all tests of a run.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visit import MARA, Sandbox, Visit
from tests.dashboard.desk import Desk, words

READ = re.compile(r"Read\s*(now|\d)")


@pytest.fixture
def complaints(page):
    """What the browser said was wrong: errors, refused scripts, failed requests."""
    return listen(page)


def listen(page):
    said = []

    def hear(message):
        if message.type in ("error", "warning"):
            said.append(message.text)

    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", hear)
    return said


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("desk")).start()
    try:
        desk.wait_running()
        yield desk
    finally:
        desk.end()
        desk.leave_nothing()


@pytest.fixture(scope="session")
def origin(desk):
    """The address that the desk printed."""
    return re.search(r"running at (http://\S+)", desk.said())[1]


@pytest.fixture(scope="session")
def password(desk):
    """The password that the desk printed."""
    return re.search(r"password (\S+)", desk.said())[1]


@pytest.fixture(scope="session")
def sandboxes(desk):
    """The stand-ins that the desk started, by platform."""
    options = words(next(p for p in desk.processes() if "sandbox" in words(p)))
    given = zip(options, options[1:], strict=False)
    ports = {name: port for name, port in given if name.startswith("--port-")}
    return {name.removeprefix("--port-"): Sandbox(port) for name, port in ports.items()}


@pytest.fixture(scope="session")
def keys(browser, browser_context_args, origin, password):
    """Cookies of people who signed in by the form; each does it once a run."""
    kept = {}

    def get(email):
        if email not in kept:
            context = browser.new_context(**browser_context_args)
            Visit(context.new_page(), origin, password).sign_in(email)
            kept[email] = context.cookies()
            context.close()
        return kept[email]

    return get


@pytest.fixture
def visit(page, origin, password, keys, desk_has_read):
    """A tab of whoever is named, signed in already; the marketer unless named."""

    def enter(email=MARA, page=page):
        page.context.add_cookies(keys(email))
        return Visit(page, origin, password)

    return enter


@pytest.fixture(scope="session")
def desk_has_read(browser, browser_context_args, origin, password, keys):
    """Wait until every campaign has been listed and read once."""
    context = browser.new_context(**browser_context_args)
    context.add_cookies(keys(MARA))
    page = context.new_page()
    for name in ("All jobs, all sites", "Draw boxes around cars"):
        page.goto(f"{origin}/campaigns/?q={name}")
        link = page.get_by_role("link", name=name)
        reload_until(page, link.count)
        link.click()
        reload_until(page, page.locator("#campaign-facts", has_text=READ).count)
    context.close()


def reload_until(page, is_so, tries=60):
    for _ in range(tries):
        if is_so():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"not on {page.url} after {tries} looks")


expect.set_options(timeout=10_000)
