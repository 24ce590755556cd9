"""A server that says what a test wants, and clients of each kind for it."""

import pytest

from campaigns import registry
from tests.gateway import raw


@pytest.fixture(params=registry.all(), ids=lambda platform: platform.key)
def platform(request):
    """Each platform that is found, by no name."""
    return request.param


@pytest.fixture
def server():
    with raw.raw_server(raw.answer()) as server:
        yield server
