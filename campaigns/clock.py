"""The one place that asks what time it is: aware, in UTC."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


class _Clock:
    source: Callable[[], datetime] = staticmethod(lambda: datetime.now(UTC))


def now() -> datetime:
    """Tell the time, aware and in UTC."""
    return _Clock.source()


@contextmanager
def replaced(source: Callable[[], datetime]) -> Iterator[None]:
    """Let `source` tell the time inside the block, for every thread."""
    before = _Clock.source
    _Clock.source = staticmethod(source)
    try:
        yield
    finally:
        _Clock.source = before
