"""A plugin of pytest that writes down which test ran which line, and how long.

For `python -m tests.bench.mutation`, under coverage: each test is a context.
"""

import json
import os
from collections import defaultdict
from pathlib import Path

from coverage import Coverage

seconds, wrong = defaultdict(float), set()


def pytest_runtest_logstart(nodeid):
    Coverage.current().switch_context(nodeid)


def pytest_runtest_logreport(report):
    seconds[report.nodeid] += report.duration
    if not report.passed:
        wrong.add(report.nodeid)


def pytest_sessionfinish():
    Coverage.current().switch_context("")
    good = {test: took for test, took in seconds.items() if test not in wrong}
    told = {"seconds": good, "left out": sorted(wrong)}
    Path(os.environ["COVERING"]).write_text(json.dumps(told))
