import sys
from types import SimpleNamespace

import pytest

from dashboard import databases, sqlite


@pytest.mark.parametrize(
    "version", [(3, 44, 6), (3, 44, 9), (3, 50, 7), (3, 51, 3), (3, 53, 0), (4, 0, 0)]
)
def test_a_library_with_the_fix_may_use_the_log(version):
    assert sqlite.is_fixed(version)


@pytest.mark.parametrize(
    "version", [(3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 2)]
)
def test_a_library_without_the_fix_may_not(version):
    assert not sqlite.is_fixed(version)


def test_an_unsafe_library_gets_a_rollback_journal(monkeypatch):
    old = SimpleNamespace(__name__="sqlite3", sqlite_version="3.40.1")
    monkeypatch.setitem(sys.modules, "sqlite3", old)

    assert "journal_mode=DELETE" in databases.on_sqlite()["init_command"]
    assert "rollback journal" in sqlite.describe()


def test_a_safe_library_gets_the_write_ahead_log(monkeypatch):
    new = SimpleNamespace(__name__="sqlite3", sqlite_version="3.53.4")
    monkeypatch.setitem(sys.modules, "sqlite3", new)

    assert "journal_mode=WAL" in databases.on_sqlite()["init_command"]
