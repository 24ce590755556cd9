"""Time comes from one place."""

from datetime import UTC, datetime

from campaigns import clock


def test_now_is_aware_and_in_utc():
    assert clock.now().tzinfo is UTC


def test_the_clock_can_be_replaced_and_comes_back():
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)

    with clock.replaced(lambda: noon):
        inside = clock.now()

    assert inside == noon
    assert clock.now() != noon
