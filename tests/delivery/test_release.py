"""What was held and released again never undoes what came after it."""

from campaigns import connections
from campaigns.lifecycle import State
from tests.delivery.conftest import fields

TTR = "a4c0b1d2e3f5"
FORBIDDEN = {"status": 403, "body": {"title": "AccessDenied", "status": 403}}


def test_a_released_change_is_not_sent_over_a_later_one_that_no_read_can_show(road):
    desk = road("microworkers")
    desk.sync()
    desk.sandbox.script({"match": {"method": "PATCH"}, "do": {"refuse": FORBIDDEN}})
    held = desk.ask(TTR, "autoRefillPositions", "on")
    desk.deliver()
    later = desk.ask(TTR, "autoRefillPositions", "off")
    desk.deliver()
    connections.hold(desk.connection, None, "Looking into it")
    connections.release(desk.connection, None)

    desk.deliver()

    assert fields(later) == {"autoRefillPositions": State.UNCONFIRMABLE}
    assert fields(held) == {"autoRefillPositions": State.CLASH}
    assert len(desk.patches()) == 2
