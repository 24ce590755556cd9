"""An old worker beside newer tables, or a new one before the migration, waits."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder

from campaigns.checks import check_tables
from campaigns.delivery import poll, tables
from campaigns.delivery.beats import Beat
from campaigns.lifecycle import State
from campaigns.models import WorkerBeat
from dashboard.doctor import Level, installation
from tests.delivery.conftest import fields

pytestmark = pytest.mark.django_db
WAREHOUSE = "ee4d641cab17b22c"
NEWEST = "0099_what_only_newer_programs_know"
Migration = MigrationRecorder.Migration


@pytest.fixture
def applied():
    """What is noted as applied to the tables; put right again at the end."""
    before = list(Migration.objects.all())
    yield Migration.objects.filter(app="campaigns")
    Migration.objects.all().delete()
    Migration.objects.bulk_create(before)


@pytest.fixture
def newer(applied):
    """The tables as a newer program has left them, beside whoever is still running."""
    return Migration.objects.create(app="campaigns", name=NEWEST)


def serve(indeed):
    """What a worker does: its rounds, and what hints ask for."""
    with ThreadPoolExecutor(2) as pool:
        poll._go_round(pool, Beat())
    poll.deliver_now(indeed.connection.pk)
    poll.sync_now(indeed.connection.pk)


@pytest.mark.django_db(transaction=True)
def test_an_old_worker_takes_nothing_and_goes_on_with_tables_that_fit(road, newer):
    indeed = road("indeed")
    indeed.sync()
    change = indeed.ask(WAREHOUSE, "name", "Later")
    before = len(indeed.requests())

    serve(indeed)
    assert fields(change) == {"name": State.WAITING}
    assert len(indeed.requests()) == before
    assert not WorkerBeat.objects.exists(), "it does no work, and does not show itself"

    newer.delete()
    serve(indeed)
    assert fields(change) == {"name": State.CONFIRMED}
    assert len(indeed.patches()) == 1


def test_a_new_worker_waits_for_the_migration(applied):
    last = applied.latest("name")
    last.delete()

    assert not tables.fit()
    assert last.name in tables.objection()


def test_what_a_squashed_migration_has_replaced_is_known(newer, monkeypatch):
    ours, _ = tables.known()
    monkeypatch.setattr(tables, "known", lambda: (ours, frozenset({NEWEST})))

    assert tables.fit()


def test_doctor_and_check_name_what_is_not_known(newer):
    (found,) = installation.look_at_migrations()
    (warning,) = check_tables(["default"])

    assert found.level == Level.WRONG and NEWEST in found.words
    assert NEWEST in warning.msg


def test_this_program_fits_its_own_tables():
    assert tables.fit() and check_tables(["default"]) == []
    call_command("check", databases=["default"], fail_level="WARNING")
