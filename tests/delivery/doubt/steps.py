"""What is done to a road, over and over, where outcomes are in doubt."""

from campaigns import changes
from campaigns.lifecycle import State
from campaigns.models import Change
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"
TTR = "a4c0b1d2e3f5"
LIMIT = "maximumJobLimit.limitPerDay"
REFILL = "autoRefillPositions"
LIMIT_ON = "maximumJobLimit.enabled"
PATCH = {"method": "PATCH"}
REFUSED = {"status": 403, "body": {"errors": [{"message": "No."}]}}
FORBIDDEN = {"status": 403, "body": {"title": "AccessDenied", "status": 403}}


def lose(road, when):
    """The next PATCH is lost, before or after it took effect."""
    road.sandbox.script({"match": PATCH, "do": {"lost": when}})


def name_of(road):
    return road.sandbox.document(WAREHOUSE)["name"]


def look_at(road, time):
    """Somebody looks at the campaign: it is read."""
    road.connection.campaigns.update(read_due_at=time.at)
    road.let_pass(time, 2)


def left_unknown(road, time, when):
    """A change lost from sight whose read back was refused: a person is asked."""
    lose(road, when)
    match = {"method": "GET", "campaign": WAREHOUSE, "nth": 2}
    road.sandbox.script({"match": match, "do": {"refuse": REFUSED}})
    first = road.ask(WAREHOUSE, "name", "First")
    road.let_pass(time, 90)
    assert fields(first) == {"name": State.UNKNOWN} and first.waits_for_person
    return first


def look_again(road, change):
    changes.look_again(fresh(change), road.person)


def send_again(road, change):
    changes.send_again(fresh(change), road.person)


def fresh(change):
    return Change.objects.get(pk=change.pk)


def in_doubt(road, time, name):
    """Applied, its answer lost, and reading back refused: a person is asked."""
    lose(road, "after")
    match = {"method": "GET", "campaign": WAREHOUSE, "nth": 2}
    road.sandbox.script({"match": match, "do": {"refuse": REFUSED}})
    change = road.ask(WAREHOUSE, "name", name, key=f"in doubt {name}")
    road.let_pass(time, 90)
    assert fields(change) == {"name": State.UNKNOWN} and change.waits_for_person
    return change


NO = {"status": 422, "body": {"errors": [{"message": "No."}]}}


def lost_then_both(road, time):
    """Lost, Confirmed by a read, to be watched; then a newer one of two fields whose
    name came late, before its second compare."""
    lose(road, "after")
    lost = road.ask(WAREHOUSE, "name", "Lost")
    road.let_pass(time, 55)
    assert fields(lost) == {"name": State.CONFIRMED} and lost.watch_at
    lose(road, "before")
    match = {"method": "GET", "campaign": WAREHOUSE, "nth": 3}
    road.sandbox.script({"match": match, "do": {"rival": {"name": "Newer"}}})
    assert road.edit(WAREHOUSE, "name", "Newer") == []
    assert road.edit(WAREHOUSE, "trackingToken", "token-1") == []
    return road.send(key="both").changes.get()
