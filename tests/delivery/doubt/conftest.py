"""Roads on virtual time where no list comes by itself and all settles in 30 s."""

import pytest

from campaigns.delivery import sending
from campaigns.models import Connection


@pytest.fixture
def indeed(here):
    made = here("indeed")
    Connection.objects.update(settle_seconds=30, sync_every_seconds=10**6)
    return made


@pytest.fixture
def desk(here):
    """Microworkers, every campaign read once."""
    made = here("microworkers")
    made.connection.campaigns.update(read_due_at=made.connection.created_at)
    made.sync()
    Connection.objects.update(settle_seconds=30, sync_every_seconds=10**6)
    made.connection.refresh_from_db()
    return made


@pytest.fixture
def stands_still(indeed, time, monkeypatch):
    """The next worker to reach a point is away until another has taken its lane."""

    def at(point):
        real, been = sending.killpoint, []

        def away(name):
            real(name)
            if name == point and not been:
                been.append(name)
                time.advance(61)
                indeed.deliver()

        monkeypatch.setattr(sending, "killpoint", away)

    return at
