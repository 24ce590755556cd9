"""Tables that pages show, as CSV for a spreadsheet."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

from django.http import HttpResponse

from campaigns import clock
from campaigns.audit import export_csv

NAME_LIMIT = 80


def answer(name: str, lines: Iterable[Sequence[str]]) -> HttpResponse:
    """A download named after its content and today; no cell runs as a formula.

    Names may come from platforms: what could end the name, or the header, is left out.
    """
    out = StringIO()
    out.write(export_csv.BOM)
    csv.writer(out).writerows([export_csv.neutral(c) for c in line] for line in lines)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    plain = re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII)[:NAME_LIMIT]
    named = f'attachment; filename="{plain}-{clock.now():%Y-%m-%d-%H%M}.csv"'
    response["Content-Disposition"] = named
    return response
