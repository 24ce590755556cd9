"""An edit becomes true, or says why not: the whole road against strict stand-ins."""

from campaigns.lifecycle import State
from campaigns.models import AuditEntry
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"


def test_a_name_on_indeed_is_confirmed(road):
    indeed = road("indeed")
    indeed.sync()
    change = indeed.ask(WAREHOUSE, "name", "Warehouse associates, Ohio")

    indeed.deliver()

    assert fields(change) == {"name": State.CONFIRMED}
    assert change.state == State.CONFIRMED
    assert indeed.sandbox.document(WAREHOUSE)["name"] == "Warehouse associates, Ohio"
    assert indeed.patches()[0]["body"] == '{"name":"Warehouse associates, Ohio"}'


def test_every_step_is_in_the_history(road):
    indeed = road("indeed")
    indeed.sync()
    change = indeed.ask(WAREHOUSE, "name", "Warehouse associates, Ohio")

    indeed.deliver()

    told = AuditEntry.objects.filter(change_id=change.pk).order_by("number")
    assert [e.state for e in told] == ["waiting", "sending", "accepted", "confirmed"]
