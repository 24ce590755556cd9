"""A server that says what a test wants, and clients of each kind for it."""

import pytest

from tests.gateway import raw


@pytest.fixture
def server():
    with raw.raw_server(raw.answer()) as server:
        yield server
