"""Every pitfall that docs/platforms.md numbers has a test that carries its number."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LISTED = re.compile(r"^(\d+)\. ", re.MULTILINE)
TESTED = re.compile(r"^def test_pitfall_(\d\d)_", re.MULTILINE)
NAMED = re.compile(r"pitfall (\d+)")


def numbers(pattern, texts):
    return {int(number) for text in texts for number in pattern.findall(text)}


def section_five():
    page = (ROOT / "docs/platforms.md").read_text()
    return page.partition("\n## 5.")[2].partition("\n## 6.")[0]


def test_every_pitfall_has_a_test_with_its_number():
    tests = [path.read_text() for path in (ROOT / "tests").rglob("test_*.py")]

    assert numbers(LISTED, [section_five()]) == set(range(1, 58))
    assert numbers(TESTED, tests) == numbers(LISTED, [section_five()])


def test_every_pitfall_that_the_code_names_is_listed():
    code = [path.read_text() for path in (ROOT / "campaigns").rglob("*.py")]

    assert numbers(NAMED, code) <= numbers(LISTED, [section_five()])
