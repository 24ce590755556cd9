"""The lines of a CSV: no formula in a cell, each entry with its place."""

import re

import pytest

from campaigns import audit
from campaigns.audit import export_csv
from tests.asked import ask
from tests.audit.export.files import download, rows
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1"])
def test_no_cell_is_a_formula(client, me, text):
    audit.remember_name(me)
    ask(campaign=CampaignFactory(name=text), person=me, reason=text)

    _, content = download(client, "csv")

    cells = [cell for row in rows(content) for cell in row]
    assert not [c for c in cells if c.lstrip()[:1] in tuple("=+-@＝＋－＠")]
    assert export_csv.neutral(text) in cells


@pytest.mark.parametrize(
    "text", ["x;=1+1;y", "x; =1", "x\t+1", "x\n@y", "x;－1", "\n\n=1"]
)
def test_no_part_of_a_cell_becomes_a_formula_where_others_part_cells(text):
    parts = re.split(r"[;\t\r\n]", export_csv.neutral(text))

    assert not [p for p in parts if p.strip()[:1] in tuple("=+-@＝＋－＠")]
    assert export_csv.neutral(text).replace("'", "") == text


@pytest.mark.parametrize("text", ["", "Night nurses", "7 → 5", "a; b-c", "1\n\n2"])
def test_plain_text_stays_as_it_is(text):
    assert export_csv.neutral(text) == text


def test_position_and_leaf_stand_on_each_line(client, me, append):
    entry = append()

    _, content = download(client, "csv", "?event=connection+tested")

    row = rows(content)[2]
    entry.refresh_from_db()
    assert (row[0], row[1], row[-1]) == (
        str(entry.seal.position),
        str(entry.pk),
        entry.leaf,
    )
