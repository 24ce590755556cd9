"""What tests of the sealed history share: keys of their own, entries to seal."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from campaigns import audit, clock
from campaigns.audit import Event, Told, seal, triggers
from tests.factories import CampaignFactory, PersonFactory


@pytest.fixture(autouse=True)
def own_place(settings, tmp_path):
    """Keys and anchors that no other test sees; the sealer looks everywhere again."""
    settings.AUDIT_KEY, settings.AUDIT_TRUSTED_KEYS = "", []
    settings.AUDIT_KEYS_DIR = tmp_path / "keys"
    settings.AUDIT_ANCHORS = {}
    settings.AUDIT_ANCHOR_FILE = tmp_path / "elsewhere" / "checkpoints.txt"
    settings.AUDIT_PROGRESS_FILE = tmp_path / "progress.json"
    settings.AUDIT_ARCHIVE_DIR = tmp_path / "archive"
    settings.VAR_DIR = tmp_path
    seal._Look.everywhere_after = 0.0


@pytest.fixture
def append():
    def one(stream="system", event=Event.TESTED, **words):
        with transaction.atomic():
            return audit.append(event, stream, at=clock.now(), **words)

    return one


@pytest.fixture
def sealed(append):
    """Twelve entries of three streams, sealed in two batches."""
    made = [append(f"campaign:{n % 3}") for n in range(7)]
    seal.run_once()
    made += [append(f"campaign:{n % 3}") for n in range(5)]
    seal.run_once()
    return made


@pytest.fixture
def aged(append):
    """Six entries in January, none in February, three in March, two now; all sealed."""
    made = []
    for month, count in ((1, 6), (3, 3)):
        for day in range(count):
            at = datetime(2024, month, day + 1, tzinfo=UTC)
            with clock.replaced(lambda at=at: at):
                words = {"campaign": CampaignFactory(), "person": PersonFactory()}
                told = [Told("ttr", "Time to rate", "7", "5", "7 days", "5 days")]
                made.append(append(f"user:{day % 2}", fields=told, **words))
    made += [append(), append()]
    seal.run_once()
    return made


@pytest.fixture
def tamper(db):
    """SQL as somebody with the database's password would run it; undone at the end."""
    before = transaction.savepoint()

    def run(*statements):
        triggers.drop(connection)
        with connection.cursor() as cursor, outside_the_rules(cursor):
            for statement in statements:
                cursor.execute(statement)
        triggers.install(connection)

    yield run
    transaction.savepoint_rollback(before)


@contextmanager
def outside_the_rules(cursor):
    """PostgreSQL's superuser may also set foreign keys aside."""
    if connection.vendor == "postgresql":
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
    yield
    if connection.vendor == "postgresql":
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
