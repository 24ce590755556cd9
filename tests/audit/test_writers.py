"""Writers that are killed at any moment raise no false alarm: the short version."""

import pytest

from tests.bench import writers


@pytest.mark.processes
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_writers_and_sealers_raise_no_alarm(kind):
    told = writers.run(kind, entries=300, writers=3)

    assert told["alarms"] == []
    assert told["sealed"] >= 300
    assert told["kills"] > 0
