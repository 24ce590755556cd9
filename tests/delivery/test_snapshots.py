"""What a read shows and nobody here asked for: told once, never of our own doing."""

import pytest

from campaigns import documents
from campaigns.audit import Event
from campaigns.models import AuditEntry, Connection
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"
PATCH = {"method": "PATCH"}


@pytest.fixture
def indeed(here):
    made = here("indeed")
    Connection.objects.update(settle_seconds=30)
    made.sync()
    return made


def told(event):
    entries = AuditEntry.objects.filter(event=event).order_by("pk")
    return [documents.loads(entry.body) for entry in entries]


def test_what_somebody_else_changed_is_told_with_the_look_before(indeed):
    before = indeed.campaign(WAREHOUSE)
    indeed.sandbox.edit(WAREHOUSE, {"name": "Theirs"})

    indeed.sync()
    indeed.sync()

    (entry,) = told(Event.OUTSIDE)
    (moved,) = entry["fields"]
    looked = max(before.read_at, before.listed_at)
    assert entry["facts"] == {"after": looked.isoformat()}
    assert entry["campaign"]["remote_id"] == WAREHOUSE
    assert (moved["field"], moved["origin"]) == ("name", "outside")
    assert (moved["seen_text"], moved["wanted_text"]) == (before.name, "Theirs")


@pytest.mark.parametrize("do", [None, {"lost": "after"}])
def test_what_we_sent_ourselves_is_never_told_as_somebody_elses(indeed, time, do):
    if do:
        indeed.sandbox.script({"match": PATCH, "do": do})
    change = indeed.ask(WAREHOUSE, "name", "Ours")

    indeed.let_pass(time, 100)
    indeed.sync()

    assert fields(change) == {"name": "confirmed"}
    assert told(Event.OUTSIDE) == []


def test_what_replaced_our_value_is_told_as_somebody_elses(indeed, time):
    indeed.ask(WAREHOUSE, "name", "Ours")
    indeed.let_pass(time, 100)
    indeed.sandbox.edit(WAREHOUSE, {"name": "Theirs"})

    indeed.sync()

    (entry,) = told(Event.OUTSIDE)
    assert [(m["seen_text"], m["wanted_text"]) for m in entry["fields"]] == [
        ("Ours", "Theirs")
    ]


def test_a_campaign_that_the_platform_deleted_is_known_as_deleted(indeed):
    deleted = indeed.connection.campaigns.filter(is_deleted=True)
    before = set(deleted.values_list("remote_id", flat=True))
    indeed.sandbox.edit(WAREHOUSE, {"status": "DELETED"})

    indeed.sync()

    after = set(deleted.values_list("remote_id", flat=True))
    assert after == before | {WAREHOUSE}
    assert WAREHOUSE not in before
