"""A page that fails its test when the browser complains."""

import pytest


@pytest.fixture
def complaints(page):
    """What the browser said was wrong: errors, refused scripts, failed requests."""
    said = []

    def hear(message):
        if message.type in ("error", "warning"):
            said.append(message.text)

    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", hear)
    return said
