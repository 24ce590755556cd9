"""Every page, in every light, at every width: usable by all, quiet, never too wide."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.visit import ADA, MARA, PRIYA

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
WIDTHS = (360, 390, 820, 1440, 1600)
SERIOUS = ("serious", "critical")
PAGES = {
    MARA: [
        "/",
        "/needs-you/",
        "/campaigns/",
        "/campaigns/?q=nobody-has-this-name",
        "/changes/",
        "/review",
        "/profile",
        "/connections",
        "indeed",
        "microworkers",
        "queues",
        "change",
    ],
    PRIYA: ["/", "/needs-you/", "/audit/", "/audit/?state=confirmed", "entry", "hold"]
    + ["/holds", "unsent", "/desk/", "/audit/export", "/audit/export?state=clash"]
    + ["/notices/", "/notices/new", "/status"],
    ADA: [
        "/connections/new",
        "/connections/new/indeed",
        "/connections/new/microworkers",
        "/connections/1",
        "/connections/1/edit",
        "/people",
        "/people/new",
        "/people/1",
        "/nothing-is-here",
    ],
}
LIGHTS = (("light", 1440), ("dark", 390), ("light", 390), ("dark", 1440))
CENTRAL = ("indeed", "queues", "unsent", "change")
"""Seen in all four lights; every other page in the first two of them."""
EACH = [(who, path) for who, paths in PAGES.items() for path in paths]


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """Nothing fades: colours are what they are going to be."""
    return browser_context_args | {"reduced_motion": "reduce"}


def campaign(visit, name, query=""):
    visit.go(f"/campaigns/?q={name}")
    address = visit.page.get_by_role("link", name=name).first.get_attribute("href")
    visit.go(f"{address}{query}")


def unsent(visit):
    campaign(visit, "Record a sentence")
    visit.type("ttr", "8")
    visit.go("/review")


FIRST = "(links, wanted) => links.map(a => a.pathname).find(p => p.match(wanted))"


def follow(visit, path, wanted):
    """Go where the first link leads whose address is like this."""
    visit.go(path)
    visit.go(visit.page.locator("main a").evaluate_all(FIRST, wanted))


def change(visit):
    campaign(visit, "Check opening hours")
    visit.change("ttr", "13")
    visit.sees("ttr", "confirmed")
    follow(visit, "/changes/", r"^/changes/\d+/$")


WAYS = {
    "indeed": lambda visit: campaign(visit, "Night porters"),
    "microworkers": lambda visit: campaign(visit, "Shopping habits"),
    "queues": lambda visit: campaign(
        visit, "Rate search results", "?edit=notificationSettings"
    ),
    "unsent": unsent,
    "change": change,
    "entry": lambda visit: follow(visit, "/audit/", r"^/audit/\d+/$"),
    "hold": lambda visit: visit.go("/connections/1"),
}


@pytest.mark.parametrize(("who", "path"), EACH, ids=[f"{w[0]}:{p}" for w, p in EACH])
def test_a_page_is_for_everybody(visit, complaints, who, path):
    here = visit(who)
    WAYS.get(path, lambda visit: visit.go(path))(here)

    found = {width: too_wide(here.page, width) for width in WIDTHS}
    barriers = [
        f"{scheme} {width}: {barrier}"
        for scheme, width in (LIGHTS if path in CENTRAL else LIGHTS[:2])
        for barrier in barriers_of(here.page, scheme, width)
    ]

    assert {width: wide for width, wide in found.items() if wide} == {}
    assert barriers == []
    assert [said for said in complaints if "404" not in said] == []


STICKS_OUT = """async width => {
    const wide = () => document.documentElement.scrollWidth > width;
    await document.fonts.ready;
    for (let tries = 0; wide() && tries < 30; tries++)
        await new Promise(later => setTimeout(later, 100));
    return !wide() ? [] : ["the page", ...[...document.querySelectorAll("body *")]
        .filter(one => one.getBoundingClientRect().right > width + 0.05)
        .map(one => one.outerHTML.slice(0, 200))]
}"""


def too_wide(page, width):
    """What sticks out, where a settled page has to be moved sideways."""
    page.set_viewport_size({"width": width, "height": 900})
    return page.evaluate(STICKS_OUT, width)[:6]


def barriers_of(page, scheme, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.reload()
    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in SERIOUS
    ]
