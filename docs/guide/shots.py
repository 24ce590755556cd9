"""Takes the pictures of the user guide from a demo of its own.

Run it in the project's folder: python -m docs.guide.shots [NAME …]
It starts a desk in a scratch folder, lives through a small story, and ends the desk.
"""

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.visit import ADA, MARA, PRIYA, Sandbox, Visit
from tests.conftest import QUIET, chromium
from tests.dashboard.desk import Desk, words

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT = 1180, 760
NIGHT_PORTERS, STREET_SIGNS = "1414213562373095", "a4c0b1d2e3f5"
NURSES = "Registered nurses, St. Mary's Hospital"
PATIENCE = 90_000


class Camera:
    """Keeps pictures of pages and of parts of them, the wanted ones."""

    def __init__(self, wanted: list[str]) -> None:
        self.wanted = wanted

    def page(self, page: Page, name: str, height: int = HEIGHT) -> None:
        page.set_viewport_size({"width": WIDTH, "height": height})
        self.keep(page, name)

    def row(self, visit: Visit, path: str, name: str) -> None:
        visit.row(path).scroll_into_view_if_needed()
        self.keep(visit.row(path), name)

    def keep(self, shown, name: str) -> None:
        if not self.wanted or name in self.wanted:
            shown.screenshot(path=HERE / f"{name}.png", animations="disabled")


def main(wanted: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder)).start()
        try:
            desk.wait_running()
            live_through(desk, Camera(wanted))
        finally:
            desk.end()
            desk.leave_nothing()


def live_through(desk: Desk, camera: Camera) -> None:
    origin = re.search(r"running at (http://\S+)", desk.said())[1]
    password = re.search(r"password (\S+)", desk.said())[1]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=[*QUIET, "--no-sandbox"]
        )

        def enter(email: str) -> Visit:
            size = {"width": WIDTH, "height": HEIGHT}
            context = browser.new_context(
                viewport=size, locale="en-GB", reduced_motion="reduce"
            )
            return Visit(context.new_page(), origin, password).sign_in(email)

        sign_in(Visit(browser.new_page(), origin, password), camera)
        mara = enter(MARA)
        look_around(mara, camera)
        edit_and_send(mara, camera)
        meet_trouble(mara, sandboxes(desk), camera)
        oversee(enter(PRIYA), camera)
        administer(enter(ADA), camera)
        browser.close()


def sandboxes(desk: Desk) -> dict[str, Sandbox]:
    options = words(next(p for p in desk.processes() if "sandbox" in words(p)))
    given = zip(options, options[1:], strict=False)
    ports = {name: port for name, port in given if name.startswith("--port-")}
    return {name.removeprefix("--port-"): Sandbox(port) for name, port in ports.items()}


def sign_in(visit: Visit, camera: Camera) -> None:
    visit.go("/account/login/")
    camera.page(visit.page, "sign-in", 760)


def look_around(mara: Visit, camera: Camera) -> None:
    page = mara.page
    for _ in range(60):
        mara.go("/campaigns/?q=Draw+boxes")
        if page.get_by_role("link", name="Draw boxes around cars").count():
            break
        page.wait_for_timeout(500)
    mara.open(NURSES)
    page.get_by_role("link", name="Edit Objective target").wait_for()
    mara.go("/campaigns/?status=ACTIVE")
    camera.page(page, "campaigns")
    mara.open(NURSES)
    camera.page(page, "campaign", 900)


def edit_and_send(mara: Visit, camera: Camera) -> None:
    page = mara.page
    mara.type("name", "Registered nurses, intensive care")
    camera.row(mara, "name", "edit")
    mara.type("jobsToInclude", "ALL")
    camera.row(mara, "jobsToInclude", "implied")
    mara.row("jobsToInclude").get_by_role("button", name="Discard").click()
    page.locator("#unsent", has_text="1 change").wait_for()
    mara.type("objective.target", "12.50")
    camera.keep(page.locator("#unsent"), "unsent")
    mara.review("The new ward opens on Monday")
    camera.page(page, "review")
    mara.send()
    mara.sees("name", "confirmed")
    camera.row(mara, "name", "confirmed")


def meet_trouble(mara: Visit, platforms: dict[str, Sandbox], camera: Camera) -> None:
    mara.open("Kitchen porters")
    mara.change("name", "Night porters")
    mara.sees("name", "rejected")
    camera.row(mara, "name", "rejected")
    mara.open("Night porters")
    mara.type("name", "Night porters, winter")
    mara.review()
    platforms["indeed"].edit(NIGHT_PORTERS, name="Night porters, city")
    mara.send()
    mara.sees("name", "clash")
    camera.row(mara, "name", "clash")
    mara.open("Draw boxes around cars")
    mara.change("autoRefillPositions", "on")
    mara.sees("autoRefillPositions", "unconfirmable")
    camera.row(mara, "autoRefillPositions", "unconfirmable")
    platforms["microworkers"].plant(STREET_SIGNS, {"lost": "after"})
    mara.open("Label street signs (photo set 4)")
    mara.change("autoRefillPositions", "on")
    again = mara.row("autoRefillPositions").get_by_role("button", name="Send again")
    again.wait_for(timeout=PATIENCE)
    camera.row(mara, "autoRefillPositions", "unknown")
    mara.go("/needs-you/")
    camera.page(mara.page, "needs-you", 900)
    mara.go("/changes/")
    camera.page(mara.page, "changes", 560)
    mara.go("/changes/1/")
    camera.page(mara.page, "change", 900)
    mara.page.get_by_role("link", name="Undo…").click()
    camera.page(mara.page, "undo", 820)
    mara.go("/")
    camera.page(mara.page, "overview", 900)


def oversee(priya: Visit, camera: Camera) -> None:
    priya.go("/audit/")
    camera.page(priya.page, "audit", 900)
    priya.go("/desk/")
    camera.page(priya.page, "review-desk", 900)
    priya.go("/connections/1")
    camera.page(priya.page, "hold", 620)


def administer(ada: Visit, camera: Camera) -> None:
    ada.go("/connections")
    camera.page(ada.page, "connections", 420)
    ada.go("/connections/new/microworkers")
    camera.page(ada.page, "connect", 820)
    ada.go("/people")
    camera.page(ada.page, "people", 560)


if __name__ == "__main__":
    main(sys.argv[1:])
