"""Measures what a person waits for, on embedded defaults, over real HTTP.

`bin/bench` prints a table and writes it between the marks in docs/benchmarks.md;
`bin/bench --only-print` leaves the page as it is.
"""

import argparse
import html
import json
import os
import re
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import requests

from tests.bench import apart
from tests.dashboard.desk import Desk
from tests.services import wait_until

EDITS, SENDS, PAUSE = 100, 25, 0.4
CAMPAIGN = "Registered nurses, St. Mary's Hospital"


class Visitor:
    """A browser's HTTP without the browser: keeps cookies, finds tokens."""

    def __init__(self, desk):
        self.base = f"http://127.0.0.1:{desk.port}"
        self.session = requests.Session()
        self.session.trust_env = False
        password = (desk.folder / "demo-password").read_text().strip()
        login = {"login": "mara@example.com", "password": password}
        answer = self.post("/account/login/", login, seen=self.get("/account/login/"))
        assert "Sign in" not in title(answer), "the demo marketer could not sign in"

    def get(self, path):
        answer = self.session.get(self.base + path, timeout=10)
        answer.raise_for_status()
        return answer.text

    def post(self, path, values, seen="", **headers):
        token = self.session.cookies.get("csrftoken") or hidden(
            seen, "csrfmiddlewaretoken"
        )
        answer = self.session.post(
            self.base + path,
            data=values | {"csrfmiddlewaretoken": token},
            headers={"Referer": self.base, **headers},
            timeout=10,
        )
        answer.raise_for_status()
        return answer.text


def title(page):
    return re.search(r"<title>(.*?)</title>", page, re.S).group(1)


def hidden(page, name):
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return html.unescape(found.group(1)) if found else ""


def campaign(visitor):
    def path():
        page = visitor.get("/campaigns/?q=3141592653589793")
        return re.search(r'href="(/campaigns/\d+/)"', page)

    wait_until(path, "the demo campaigns", 30)
    return path().group(1)


def edit(visitor, here, name):
    """One partial update; how long it took, in milliseconds."""
    address = f"{here}fields/name"
    seen = hidden(visitor.get(f"{here}?edit=name"), "seen")
    values = {"field": "name", "name": name, "seen": seen}
    began = time.perf_counter()
    visitor.post(address, values, **{"HX-Request": "true"})
    return (time.perf_counter() - began) * 1000


def send(visitor, control, turn):
    """From the click on Send to the first byte at the platform, in milliseconds."""
    review = visitor.get("/review")
    values = {name: hidden(review, name) for name in ("key", "digest")}
    began = datetime.now(UTC)
    visitor.post("/review/send", values)
    arrived = wait_for_patch(control, turn)
    return (arrived - began).total_seconds() * 1000


def wait_for_patch(control, turn):
    def patches():
        journal = requests.get(f"{control}/_sandbox/journal", timeout=10).json()
        entries = journal["entries"] if isinstance(journal, dict) else journal
        return [e for e in entries if e["method"] == "PATCH"]

    wait_until(lambda: len(patches()) > turn, "a PATCH at the platform", 20)
    return datetime.fromisoformat(patches()[turn]["at"])


def measure(folder):
    desk = Desk(Path(folder) / "desk").start()
    try:
        desk.wait_running()
        visitor = Visitor(desk)
        here = campaign(visitor)
        control = control_address(desk)
        edits = [edit(visitor, here, f"Nurses {turn}") for turn in range(EDITS)]
        sends = []
        for turn in range(SENDS):
            edit(visitor, here, f"Ward {turn}")
            time.sleep(PAUSE)  # idle, as a person who reads the review is
            sends.append(send(visitor, control, turn))
            wait_settled(visitor, here)
        pages = [timed(visitor, path) for path in ("/", "/campaigns/", here)]
    finally:
        desk.leave_nothing()
    return edits, sends, pages


def wait_settled(visitor, here):
    wait_until(lambda: "data-poll hx-get" not in visitor.get(here), "a settled page")


def timed(visitor, path, times=30):
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        visitor.get(path)
        taken.append((time.perf_counter() - began) * 1000)
    return path if path.count("/") < 3 else "/campaigns/…/", taken


def control_address(desk):
    said = (desk.folder / "log" / "sandbox.log").read_text().splitlines()
    line = next(json.loads(each) for each in said if '"control_url"' in each)
    parts = urlsplit(line["indeed"]["base_url"])
    return f"{parts.scheme}://{parts.netloc}"


def row(what, values, bar=""):
    middle, high = statistics.median(values), sorted(values)[int(len(values) * 0.95)]
    return f"| {what} | {middle:.0f} ms | {high:.0f} ms | {len(values)} | {bar} |"


def table(edits, sends, pages):
    return "\n".join(
        [
            "| What | Median | 95th percentile | Measured | Bar (median) |",
            "|---|---|---|---|---|",
            row("Partial update of one field, to the whole answer", edits, "≤ 50 ms"),
            row("Send to the platform's first byte, idle", sends, "≤ 300 ms"),
            *(row(f"Page `{path}`", taken) for path, taken in pages),
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only-print", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as folder:
        (Path(folder) / "desk").mkdir()
        text = table(*measure(folder))
    machine = f"{os.cpu_count()} cores, {datetime.now(UTC):%Y-%m-%d}"
    text = f"`bin/bench`, SQLite, embedded Redis, one worker; {machine}:\n\n{text}"
    print(text)
    if not asked.only_print:
        apart.keep("person", text)


if __name__ == "__main__":
    main()
