"""The stranger's walk: from the printed password to the audit log, in minutes."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import listen
from tests.browser.visit import MARA, PRIYA, Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
DRIVERS, CARS = "Truck drivers, Midwest", "Draw boxes around cars"
FIVE_MINUTES = 300


def test_a_stranger_finds_the_way_in_five_minutes(
    browser, browser_context_args, origin, password
):
    began = time.monotonic()
    marketer = arrive(browser, browser_context_args, origin, password, MARA)
    edit_one_of_each(marketer)
    manager = arrive(browser, browser_context_args, origin, password, PRIYA)
    find_both_in_the_audit_log(manager)

    assert time.monotonic() - began < FIVE_MINUTES
    assert marketer.complaints == manager.complaints == []


def arrive(browser, context_args, origin, password, email):
    page = browser.new_context(**context_args).new_page()
    visit = Visit(page, origin, password)
    visit.complaints = listen(page)
    return visit.sign_in(email)


def edit_one_of_each(visit):
    """A name on Indeed, a number and a switch that Microworkers never reports."""
    visit.open(DRIVERS)
    visit.change("name", "Truck drivers, Midwest and Plains", "Two more states")
    visit.sees("name", "confirmed")
    visit.open(CARS)
    visit.type("ttr", "9")
    visit.change("autoRefillPositions", "on", "The queue runs dry on Sundays")
    visit.sees("ttr", "confirmed")
    visit.sees("autoRefillPositions", "unconfirmable")


def find_both_in_the_audit_log(visit):
    visit.page.get_by_role("link", name="Audit log").first.click()
    for name, word, reason in (
        ("Plains", "Confirmed", "Two more states"),
        (CARS, "Unconfirmable", "runs dry on Sundays"),
    ):
        visit.page.get_by_role("main").get_by_role("searchbox").fill(name)
        visit.page.wait_for_url("**q=*")
        table = visit.page.get_by_role("table")
        expect(table.get_by_text(word).first).to_be_visible()
        expect(table.get_by_text("Mara Lindqvist").first).to_be_visible()
        expect(table.get_by_text(reason).first).to_be_visible()
