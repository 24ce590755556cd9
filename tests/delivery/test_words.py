"""What people read of a change that did not go the plain way, word for word."""

import pytest

from campaigns import connections
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Connection
from tests.delivery.conftest import die_after_intent, fields

WAREHOUSE = "ee4d641cab17b22c"
TTR = "a4c0b1d2e3f5"
PATCH = {"method": "PATCH"}
FORBIDDEN = {"status": 403, "body": {"title": "AccessDenied", "status": 403}}


@pytest.fixture
def indeed(here):
    return here("indeed")


@pytest.fixture
def microworkers(here):
    return here("microworkers")


def on_patch(road, **do):
    road.sandbox.script({"match": PATCH, "do": do})


def says(change):
    change.refresh_from_db()
    return change.says


def told(change):
    """Everything the history says of a change."""
    return "\n".join(
        AuditEntry.objects.filter(change_id=change.pk).values_list("body", flat=True)
    )


def test_nobody_can_see_whether_it_arrived(microworkers, time):
    on_patch(microworkers, lost="after")
    change = microworkers.ask(TTR, "autoRefillPositions", "on")

    microworkers.let_pass(time, 100)

    assert fields(change) == {"autoRefillPositions": State.UNKNOWN}
    assert says(change) == (
        "Nobody can see whether this arrived: the platform does not report it."
    )


def test_it_was_not_applied_and_is_sent_again(indeed, time):
    on_patch(indeed, lost="before")
    change = indeed.ask(WAREHOUSE, "name", "Perhaps")

    indeed.let_pass(time, 100)

    assert fields(change) == {"name": State.CONFIRMED}
    again = "A read shows that it was not applied. It is sent again."
    assert f'"says":"{again}"' in told(change)


def test_the_value_from_before_still_shows(indeed, time):
    on_patch(indeed, ignore=True)
    change = indeed.ask(WAREHOUSE, "name", "Ignored")

    indeed.let_pass(time, 100)

    row = change.fields.get()
    assert row.advice == "A read still shows the value from before."
    assert not row.says
    assert row.found == row.seen


def test_the_worker_went_away(indeed, time):
    Connection.objects.update(settle_seconds=30)
    change = indeed.ask(WAREHOUSE, "name", "Orphan")
    die_after_intent(indeed)
    time.advance(61)

    indeed.deliver()

    gone = "The worker that sent this went away before an answer was seen."
    assert says(change) == gone
    assert change.attempts.get(kind="patch").verdict == "no answer seen"


def test_it_had_its_time(indeed, time):
    change = indeed.ask(WAREHOUSE, "name", "Late")
    time.advance(25 * 3600)

    indeed.deliver()

    assert fields(change) == {"name": State.FAILED}
    gave_up = "Gave up: it could not be sent in time. Nothing was applied."
    assert says(change) == gave_up


def test_its_author_may_no_longer_edit(indeed, time):
    change = indeed.ask(WAREHOUSE, "name", "Never")
    indeed.person.is_active = False
    indeed.person.save(update_fields=["is_active"])

    indeed.deliver()

    assert says(change) == (
        "Its author may no longer edit campaigns. Somebody else must decide."
    )
    assert change.waits_for_person


def test_a_hold_that_came_in_between_says_why(indeed, time, monkeypatch):
    change = indeed.ask(WAREHOUSE, "name", "Stopped")
    true_point = "campaigns.delivery.sending.killpoint"

    def hold(name):
        if name == "after-compare":
            Connection.objects.update(held_at=change.created_at, held_reason="Stop!")

    monkeypatch.setattr(true_point, hold)
    indeed.deliver()

    assert fields(change) == {"name": State.HELD}
    assert "Stop!" in says(change)
    assert change.waits_for_person
    assert indeed.patches() == []


def test_credentials_that_no_key_opens_hold_the_connection_and_say_why(indeed, time):
    change = indeed.ask(WAREHOUSE, "name", "Locked")
    Connection.objects.update(sealed_secrets="lost")

    indeed.deliver()

    held = Connection.objects.get()
    assert held.is_held
    assert "enter them again" in held.held_reason
    assert fields(change) == {"name": State.HELD}


def test_an_earlier_change_ended_without_effect(indeed, time):
    first = indeed.ask(WAREHOUSE, "name", "Registered nurses, St. Mary's Hospital")
    second = indeed.ask(WAREHOUSE, "name", "Second")

    indeed.deliver()

    (row,) = second.fields.all()
    before = f"Change {first.pk}, before this one, ended without effect."
    assert (row.state, row.advice) == (State.CLASH, before)


def test_a_later_change_was_sent_before(microworkers, time):
    microworkers.sandbox.script({"match": PATCH, "do": {"refuse": FORBIDDEN}})
    held = microworkers.ask(TTR, "autoRefillPositions", "on")
    microworkers.deliver()
    later = microworkers.ask(TTR, "autoRefillPositions", "off")
    microworkers.deliver()
    connections.hold(microworkers.connection, None, "Looking into it")
    connections.release(microworkers.connection, None)

    microworkers.deliver()

    after = f"Change {later.pk}, after this one, was sent before it."
    assert held.fields.get().advice == after
