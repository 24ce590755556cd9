"""A person at the screen of a running desk: signs in, edits, reviews, sends."""

import json
import re
import urllib.request

from playwright.sync_api import expect

MARA, PRIYA, ADA = "mara@example.com", "priya@example.com", "ada@example.com"
SOON = 20_000
"""How long a change may take to move on a busy machine, in milliseconds."""


class Sandbox:
    """The control door of one platform's stand-in."""

    def __init__(self, port):
        self.origin = f"http://127.0.0.1:{port}/_sandbox/"

    def ask(self, path, said=None, method=None):
        body = None if said is None else json.dumps(said).encode()
        request = urllib.request.Request(self.origin + path, body, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def plant(self, campaign, do, times=1):
        match = {"method": "PATCH", "campaign": campaign}
        self.ask("faults", [{"match": match, "do": do, "times": times}])

    def edit(self, campaign, **changes):
        self.ask("edit", {"campaign": campaign, "changes": changes})

    def patches(self, campaign):
        """What arrived for one campaign, oldest first."""
        arrived = self.ask("journal")
        return [
            entry["body"]
            for entry in arrived
            if entry.get("method") == "PATCH" and entry["campaign"] == campaign
        ]


class Visit:
    """One browser tab of one person."""

    def __init__(self, page, origin, password):
        self.page, self.origin, self.password = page, origin, password
        page.set_default_timeout(SOON)

    def sign_in(self, email):
        self.go("/account/login/")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password", exact=True).fill(self.password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(re.compile(r"^(?!.*login)"))
        return self

    def go(self, path):
        return self.page.goto(self.origin + path)

    def open(self, name):
        """Find a campaign in the list and open its page."""
        self.go("/campaigns/")
        self.page.get_by_placeholder("Name or remote id").fill(name)
        self.page.wait_for_url("**?q=*")
        self.page.get_by_role("link", name=name, exact=True).click()
        self.page.get_by_role("heading", level=1, name=name).wait_for()

    def row(self, path):
        return self.page.locator(f'.field[data-field="{path}"]')

    def editor(self, path):
        """Open the input of a field, unless it stands open already."""
        field = self.row(path).locator(f'[name="{path}"]')
        if not field.count():
            self.row(path).get_by_role("link", name="Edit").click()
        field.wait_for()
        return field

    def type(self, path, value):
        """Type a value and leave the field, which keeps it."""
        field = self.editor(path)
        with self.page.expect_response(f"**/fields/{path}"):
            self.put(field, value)

    def put(self, field, value):
        if field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
            field.press("Tab")

    def review(self, reason=""):
        self.page.get_by_role("link", name="Review", exact=True).click()
        self.page.get_by_role("heading", name="Review before sending").wait_for()
        self.page.get_by_label("Reason").fill(reason)

    def know(self):
        """Tick whatever must be known before it is sent."""
        for box in self.page.locator("[name=knows]").all():
            box.check()

    def send(self):
        self.know()
        self.page.get_by_role("button", name="Send").click()
        self.page.wait_for_url("**/campaigns/*/")

    def change(self, path, value, reason=""):
        """Edit one field of the open campaign and send it."""
        self.type(path, value)
        self.review(reason)
        self.send()

    def sees(self, path, state, seconds=SOON):
        """Wait for the state of a field, without a reload."""
        row = self.page.locator(f'.field[data-field="{path}"][data-state="{state}"]')
        expect(row).to_be_visible(timeout=seconds)
        return row
