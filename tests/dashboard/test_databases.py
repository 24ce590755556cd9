from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, transaction

from campaigns.models import Person
from dashboard import databases

FILE = Path("/somewhere/desk.sqlite3")
WRITERS = 4
ROUNDS = 25


def test_without_an_address_the_local_file_is_used():
    settings = databases.read("", default=FILE)

    assert settings["ENGINE"] == "django.db.backends.sqlite3"
    assert settings["NAME"] == str(FILE)


def test_an_address_of_postgresql_gets_a_pool():
    settings = databases.read("postgres://desk:secret@db/desk", default=FILE)

    assert settings["ENGINE"] == "dashboard.postgresql"
    assert settings["OPTIONS"]["pool"]["max_size"] >= 12


def test_the_pool_has_room_for_every_thread_that_was_asked_for():
    address = "postgres://desk:secret@db/desk"

    settings = databases.read(address, default=FILE, threads=60)

    assert settings["OPTIONS"]["pool"]["max_size"] >= 60 + 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pragma", "value"),
    [("foreign_keys", 1), ("recursive_triggers", 1), ("synchronous", 2)],
)
def test_sqlite_keeps_what_it_was_told(pragma, value):
    if connection.vendor != "sqlite":
        pytest.skip("a promise about SQLite")

    with connection.cursor() as cursor:
        found = cursor.execute(f"PRAGMA {pragma}").fetchone()[0]

    assert found == value


@pytest.mark.django_db(transaction=True)
def test_many_writers_wait_for_each_other():
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write_often, range(WRITERS)))

    assert Person.objects.count() == WRITERS * ROUNDS


def write_often(writer):
    for number in range(ROUNDS):
        with transaction.atomic():
            Person.objects.exists()
            Person.objects.create(email=f"{writer}-{number}@example.com")
    connection.close()
