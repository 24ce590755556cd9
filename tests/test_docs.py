"""The pages of documentation against the code: settings, links, named files."""

import re
from pathlib import Path

import pytest

from campaigns import limits

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
READ = re.compile(
    r'(?:environ\.get\(|environ\[|env\.\w+\(|(?<![.\w])(?:flag|count)\()\s*"([A-Z][A-Z_]+)"'
)
CELL = re.compile(r"`([A-Z][A-Z_]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
FOR_TESTS = {"KILLPOINT"}
"""Read by the code, told in words: nobody sets it where the desk is in use."""


def settings_read():
    code = [*(ROOT / "campaigns").rglob("*.py"), *(ROOT / "dashboard").rglob("*.py")]
    found = {name for path in code for name in READ.findall(path.read_text())}
    return found | {f"DELIVERY_{name}" for name in limits.USUAL}


def settings_told():
    """The names in the first cells of the tables of settings, with their defaults."""
    told = []
    for page in ("docs/operations.md", "docs/assumptions.md"):
        for line in (ROOT / page).read_text().splitlines():
            if line.startswith("| `"):
                first, default, *_ = line.strip("|").split(" | ")
                told += [(name, default.strip()) for name in CELL.findall(first)]
    return told


def test_every_setting_is_told_once():
    told = [name for name, _ in settings_told()]

    assert sorted(told) == sorted(settings_read() - FOR_TESTS)


@pytest.mark.parametrize("name", limits.USUAL)
def test_a_number_of_delivery_is_told_with_its_default(name):
    told = dict(settings_told())[f"DELIVERY_{name}"]

    assert float(told) == limits.USUAL[name]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page):
    links = [link for link in LINK.findall(page.read_text()) if "://" not in link]

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_map_names_every_room_of_the_app():
    rooms = [
        path for path in (ROOT / "campaigns").iterdir() if path.name[0] not in "_."
    ]
    page = (ROOT / "ARCHITECTURE.md").read_text()

    plain = {"apps.py", "urls.py", "migrations"}  # Django's own, where it wants them
    unnamed = [path.name for path in rooms if path.name not in page]
    assert set(unnamed) <= plain
