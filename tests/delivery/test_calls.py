"""How many calls the reads of a careful connection come to while a value settles."""

import pytest

from campaigns.lifecycle import State
from campaigns.models import Change, Connection
from campaigns.planning import proposals
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"


@pytest.mark.parametrize(("settle", "most"), [(0, 3), (5, 7), (30, 9), (600, 28)])
def test_while_the_old_value_shows_it_is_read_as_often_as_was_said(
    here, time, settle, most
):
    indeed = here("indeed")
    Connection.objects.update(settle_seconds=settle, sync_due_at=None)
    indeed.edit(WAREHOUSE, "name", "Late")
    price = proposals.propose(indeed.person).price
    indeed.sandbox.script({"match": {"method": "PATCH"}, "do": {"stale": 10**6}})

    indeed.send()
    while not Change.objects.filter(state=State.DIFFERENT):
        time.advance(0.5)
        indeed.deliver()

    change = Change.objects.get()
    assert fields(change) == {"name": State.DIFFERENT}
    assert (price.usual, price.most) == (3, most)
    assert most - 1 <= change.attempts.count() <= most
