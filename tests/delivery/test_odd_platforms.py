"""A campaign that cannot be kept harms no other, and is not asked for again at once."""

import pytest

from campaigns import clock
from campaigns.delivery import sending, snapshots
from campaigns.delivery.syncing import sync
from campaigns.lifecycle import State
from campaigns.models import Connection
from campaigns.platforms.indeed.sandbox import StandIn
from tests.delivery.conftest import fields, thrifty

WAREHOUSE = "ee4d641cab17b22c"


@pytest.fixture
def spoil(monkeypatch):
    """From its call on one campaign raises what nobody foresaw, wherever it is kept."""
    true_keep = snapshots.keep

    def keep(campaign, row, form, **how):
        if row.remote_id == WAREHOUSE:
            raise ZeroDivisionError(row.name)
        return true_keep(campaign, row, form, **how)

    return lambda: monkeypatch.setattr(snapshots, "keep", keep)


@pytest.fixture
def spoiled(here, spoil):
    made = here("indeed")
    spoil()
    return made


def test_a_campaign_that_could_never_be_kept_is_there_by_its_name(here, spoil):
    spoil()

    campaign = here("indeed").campaign(WAREHOUSE)

    assert campaign.name.startswith("Warehouse associates")
    assert campaign.status == "ACTIVE"
    assert campaign.document == "{}"


def test_one_campaign_that_cannot_be_kept_stops_no_other(spoiled, time):
    before = clock.now()

    spoiled.sync()

    spoiled.connection.refresh_from_db()
    older = spoiled.connection.campaigns.filter(listed_at__lt=before)
    assert [campaign.remote_id for campaign in older] == [WAREHOUSE]
    assert spoiled.connection.sync_due_at > clock.now()
    assert "could not be kept" in spoiled.campaign(WAREHOUSE).read_error
    assert not spoiled.connection.campaigns.filter(missing_since__isnull=False)


def test_a_read_that_cannot_be_kept_is_not_repeated(spoiled, time):
    mine = spoiled.connection.campaigns.filter(remote_id=WAREHOUSE)
    mine.update(read_due_at=clock.now())
    begun = len(spoiled.requests())

    for _ in range(3):
        sync(spoiled.connection.pk)

    assert len(spoiled.requests()) == begun + 1
    assert "could not be kept" in mine.get().read_error


def test_whatever_goes_wrong_the_list_is_left_alone_for_a_while(
    here, time, monkeypatch
):
    indeed = here("indeed")
    monkeypatch.setattr("campaigns.delivery.syncing._want_reads", lambda link: 1 // 0)
    begun = len(indeed.requests())

    with pytest.raises(ZeroDivisionError):
        indeed.sync()
    sync(indeed.connection.pk)

    indeed.connection.refresh_from_db()
    assert len(indeed.requests()) == begun + 1
    assert indeed.connection.sync_error
    assert indeed.connection.sync_due_at > clock.now()


def test_an_id_too_long_to_be_kept_is_passed_over(here, time):
    campaigns = StandIn().seed()
    long = {"x" * 300: campaigns[WAREHOUSE]}

    indeed = here("indeed", seed=long | {WAREHOUSE: campaigns[WAREHOUSE]})

    assert [c.remote_id for c in indeed.connection.campaigns.all()] == [WAREHOUSE]
    indeed.connection.refresh_from_db()
    assert indeed.connection.synced_at is not None


def test_a_list_that_cannot_be_kept_proves_nothing(here, spoil, time):
    indeed = here("indeed")
    Connection.objects.update(read_policy="thrifty", settle_seconds=5)
    change = indeed.ask(WAREHOUSE, "name", "Seen by nobody yet")
    indeed.deliver()
    time.advance(60)
    spoil()

    indeed.sync()
    indeed.let_pass(time, 60)

    assert fields(change) == {"name": State.ACCEPTED}
    assert indeed.campaign(WAREHOUSE).missing_since is None


def test_a_list_that_cannot_be_kept_is_not_asked_for_over_and_over(here, spoil, time):
    indeed = thrifty(here("indeed"), time)
    indeed.ask(WAREHOUSE, "name", "Seen by nobody yet")
    indeed.deliver()
    indeed.ask(WAREHOUSE, "name", "Waits for that")
    spoil()
    seen = len(indeed.requests())

    indeed.let_pass(time, 3600)

    later = indeed.requests()[seen:]
    lists = [entry for entry in later if "perPage" in entry["path"]]
    assert len(lists) <= 5
    assert len(later) < 60  # what waits tries to compare, at growing distances


def test_what_waits_for_a_read_that_cannot_be_kept_says_so_and_waits(here, spoil, time):
    indeed = here("indeed")
    change = indeed.ask(WAREHOUSE, "name", "Not compared")
    spoil()

    indeed.deliver()
    indeed.let_pass(time, 3600)

    change.refresh_from_db()
    assert fields(change) == {"name": State.WAITING}
    assert "could not be kept" in change.says
    assert not indeed.patches()
    reads = [e for e in indeed.requests() if e["path"].endswith(WAREHOUSE)]
    assert 5 < len(reads) < 60


def test_what_was_accepted_and_cannot_be_read_back_goes_to_a_person(
    here, spoil, time, monkeypatch
):
    indeed = here("indeed")
    spoil_at = {"after-answer": spoil}
    monkeypatch.setattr(sending, "killpoint", lambda name: spoil_at.get(name, int)())
    change = indeed.ask(WAREHOUSE, "name", "Not read back")

    indeed.deliver()
    indeed.let_pass(time, 6 * 3600)

    change.refresh_from_db()
    assert fields(change) == {"name": State.ACCEPTED}
    assert change.waits_for_person
    assert "could not be kept" in change.says
