"""An answer is as old as its request: it replaces nothing that was asked for later."""

from datetime import timedelta

import pytest

from campaigns import clock, documents
from campaigns.audit import Event
from campaigns.delivery import snapshots, syncing
from campaigns.gateway.contract import Row
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Campaign, Connection
from campaigns.platforms.indeed.forms import IndeedForm
from tests.delivery.conftest import fields
from tests.factories import CampaignFactory, IndeedFactory, PersonFactory

TTR = "a4c0b1d2e3f5"
NOTHING_DUE = {"sync_every_seconds": 10**6, "sync_due_at": None}


@pytest.fixture
def while_kept(monkeypatch):
    """Lets something happen while the next page of a list is being kept."""
    true_keep = syncing._keep

    def arrange(happens):
        turns = iter([happens])

        def keep(*args, **how):
            next(turns, lambda: None)()
            return true_keep(*args, **how)

        monkeypatch.setattr(syncing, "_keep", keep)

    return arrange


def outside():
    return AuditEntry.objects.filter(event=Event.OUTSIDE)


def test_a_page_of_the_list_leaves_what_was_read_after_it(
    microworkers, time, while_kept
):
    change = microworkers.ask(TTR, "ttr", "9")
    while_kept(microworkers.deliver)

    microworkers.sync()

    assert fields(change) == {"ttr": State.CONFIRMED}
    assert documents.loads(microworkers.campaign(TTR).document)["ttr"] == 9


def test_the_read_after_such_a_page_tells_of_nobody_else(
    microworkers, time, while_kept
):
    microworkers.ask(TTR, "ttr", "9")
    while_kept(microworkers.deliver)
    microworkers.sync()
    time.advance(1000)
    Campaign.objects.update(read_due_at=time.at)

    for _ in range(3):
        microworkers.sync()

    assert not outside().exists()


def test_the_next_person_sees_what_was_confirmed_while_a_page_was_kept(
    microworkers, time, while_kept
):
    Connection.objects.update(read_policy="thrifty", settle_seconds=5, **NOTHING_DUE)
    microworkers.ask(TTR, "ttr", "9")
    microworkers.deliver()
    time.advance(6)
    while_kept(lambda: microworkers.let_pass(time, 3))
    microworkers.sync()

    second = microworkers.ask(TTR, "ttr", "12", person=PersonFactory())

    assert second.fields.get().seen == "9"


# --- one answer after the other ---------------------------------------------------


@pytest.fixture
def nurses(db):
    return CampaignFactory(connection=IndeedFactory(), document="{}")


def keep(campaign, asked, *, whole, **document):
    name = document.get("name", campaign.name)
    row = Row("remote", name, document.get("status", "ACTIVE"), document)
    return snapshots.keep(campaign, row, IndeedForm, whole=whole, asked=asked)


def ago(seconds):
    return clock.now() - timedelta(seconds=seconds)


def stored(campaign):
    kept = Campaign.objects.get(pk=campaign.pk)
    return kept, documents.loads(kept.document)


@pytest.mark.parametrize("is_stale", [False, True], ids=["loaded anew", "held"])
@pytest.mark.parametrize("whole", [False, True], ids=["list", "read"])
def test_an_older_answer_changes_nothing(nurses, whole, is_stale):
    held = Campaign.objects.get(pk=nurses.pk)
    keep(nurses, ago(5), whole=True, name="New", jobsQuery="new")
    known = stored(nurses)
    late = held if is_stale else nurses

    keep(late, ago(10), whole=whole, name="Old", jobsQuery="old")

    kept, document = stored(nurses)
    assert document == known[1] == snapshots.known(late)
    assert (kept.name, kept.read_at) == ("New", known[0].read_at)
    assert not outside().exists()


def test_a_list_asked_for_before_a_read_still_shows_that_the_campaign_is_there(nurses):
    keep(nurses, ago(5), whole=True, name="New")
    asked = ago(10)
    Campaign.objects.update(missing_since=ago(20))

    keep(nurses, asked, whole=False, name="Old")

    kept, document = stored(nurses)
    assert (kept.listed_at, kept.missing_since) == (asked, None)
    assert document == {"name": "New"}


def test_a_read_asked_for_before_a_list_adds_what_the_list_does_not_show(nurses):
    keep(nurses, ago(20), whole=True, name="Old", jobsQuery="old")
    keep(nurses, ago(5), whole=False, name="New", status="PAUSED")
    asked = ago(10)

    keep(nurses, asked, whole=True, name="Old", status="ACTIVE", jobsQuery="new")

    kept, document = stored(nurses)
    assert document == {"name": "New", "status": "PAUSED", "jobsQuery": "new"}
    assert (kept.name, kept.status, kept.read_at) == ("New", "PAUSED", asked)
    assert outside().count() == 2


def test_a_stored_answer_from_the_future_stops_no_reading(nurses):
    keep(nurses, ago(-7200), whole=True, name="Before the clock went back")
    asked = ago(1)

    keep(nurses, asked, whole=True, name="Now")

    kept, document = stored(nurses)
    assert (kept.read_at, document) == (asked, {"name": "Now"})


def test_an_answer_that_nobody_overtook_is_kept_by_one_statement(
    nurses, django_assert_num_queries
):
    keep(nurses, ago(10), whole=True, name="Same")

    with django_assert_num_queries(3):  # a savepoint, the UPDATE, its release
        keep(nurses, ago(5), whole=False, name="Same")
