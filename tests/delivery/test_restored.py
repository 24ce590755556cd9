"""A database older than its own history sends nothing before a person has looked."""

import pytest

from campaigns import holds
from campaigns.audit import Event, anchors, keys, notes, seal
from campaigns.delivery import poll, restored
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Campaign, Channel, Connection, Hold
from tests.audit.conftest import own_place  # noqa: F401  keys and anchors of its own
from tests.delivery.conftest import fields

TTR = "a4c0b1d2e3f5"


@pytest.fixture
def desk(road, settings, monkeypatch):
    """A desk with an edit that waits, whose worker begins its work."""
    settings.AUDIT_ANCHORS = {"file": "60"}
    monkeypatch.setattr(restored._Looked, "at_all", False)
    made = road("microworkers")
    made.sync()
    made.change = made.ask(TTR, "ttr", "9")
    seal.run_once()
    anchors.place_due()
    return made


def lay_down_later(more=5):
    """A checkpoint of a history that went on after the copy was made."""
    here = seal.newest()
    later = notes.Checkpoint("desk/audit", here.size + more, bytes(32))
    anchors._file(notes.sign(later, keys.current()))
    return here.size, here.size + more


def test_where_the_history_went_on_everything_is_held_and_read_anew(desk):
    here, laid = lay_down_later()
    Connection.objects.update(sync_due_at=None)
    Campaign.objects.update(read_due_at=None)

    poll.deliver_now(desk.connection.pk)

    (hold,) = Hold.objects.all()
    assert hold.scope == Hold.EVERYTHING
    assert f"a checkpoint of {laid} entries" in hold.reason
    assert f"it holds {here}." in hold.reason
    assert desk.patches() == []
    assert fields(desk.change) == {"ttr": State.HELD}
    assert not Campaign.objects.filter(read_due_at=None).exists()
    assert not Connection.objects.filter(sync_due_at=None).exists()


def test_who_released_it_has_decided(desk):
    lay_down_later()
    restored.hold_if_restored()
    holds.release(Hold.EVERYTHING, desk.person)

    assert not restored.hold_if_restored()

    lay_down_later(50)
    assert restored.hold_if_restored()


def test_a_history_that_is_all_there_holds_nothing(desk):
    poll.deliver_now(desk.connection.pk)

    assert not Hold.objects.exists()
    assert fields(desk.change) == {"ttr": State.CONFIRMED}


def test_a_file_that_cannot_be_read_stops_nothing(desk, settings):
    settings.AUDIT_ANCHOR_FILE = settings.AUDIT_ANCHOR_FILE.parent

    poll.deliver_now(desk.connection.pk)

    assert fields(desk.change) == {"ttr": State.CONFIRMED}


def test_a_new_database_beside_an_old_file_holds_nothing(here, settings):
    settings.AUDIT_ANCHORS = {"file": "60"}
    here("microworkers")
    seal.run_once()
    lay_down_later()

    assert not restored.hold_if_restored()


def test_the_history_says_that_nobody_typed_this_hold(desk):
    lay_down_later()
    restored.hold_if_restored()

    told = AuditEntry.objects.filter(stream="system", event=Event.HELD).get()

    assert (told.person_id, told.channel) == (None, Channel.SYSTEM)
