import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from dashboard import backup


@pytest.mark.django_db
def test_a_copy_is_private_and_holds_the_tables(tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has its own tools")

    copy = backup.copy(tmp_path / "copies")

    with closing(sqlite3.connect(copy)) as opened:
        tables = {name for (name,) in opened.execute("SELECT name FROM sqlite_master")}
    assert "campaigns_auditentry" in tables
    assert copy.stat().st_mode & 0o077 == 0


def test_only_the_newest_copies_are_kept(tmp_path):
    names = [f"2026-01-{day:02}T000000.sqlite3" for day in range(1, 21)]
    for name in names:
        (tmp_path / name).touch()

    backup.forget_old(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == names[-backup.KEPT :]
