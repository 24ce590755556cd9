"""A plugin of pytest: the tests named in CHOSEN, on the database in KEPT_DATABASE.

For `python -m tests.bench.mutation`, with `--reuse-db`: migrating takes longer than
most of what a mutant is tried with. Names of tests are kept in a file because some hold
what means something else on a command line.
"""

import json
import os
from pathlib import Path

import pytest
from django.db import connections


def pytest_sessionstart():
    database = connections["default"].settings_dict
    database["TEST"]["NAME"] = os.environ["KEPT_DATABASE"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    if "CHOSEN" in os.environ:
        chosen = set(json.loads(Path(os.environ["CHOSEN"]).read_text()))
        items[:] = [item for item in items if item.nodeid in chosen]
