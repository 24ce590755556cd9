"""Tables as downloads: named after what platforms call things, safe to open."""

import pytest

from campaigns.views import sheets


@pytest.mark.parametrize(
    "name",
    [
        'x"; filename="run.exe',
        "x\r\nSet-Cookie: a=b",
        "../../x",
        "x/y\\z",
        "\u202egnp.exe",
        "é",
    ],
)
def test_a_name_from_a_platform_stays_within_the_name_of_the_file(name):
    said = sheets.answer(name, [])["Content-Disposition"]

    before, inside, after = said.split('"')
    assert (before, after) == ("attachment; filename=", "")
    assert inside.isascii() and inside.endswith(".csv")
    assert not set(inside) & set("/\\;\r\n")


def test_a_name_without_end_is_cut_before_the_date():
    said = sheets.answer("x" * 255, [])["Content-Disposition"]

    assert len(said) < 150
