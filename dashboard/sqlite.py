"""Which SQLite library serves us: one whose write-ahead log keeps every commit.

Older libraries can lose a commit when several connections reset the log at once. The
standard library's is used where it has the fix, else pysqlite3's wheel. Must never
import Django: it runs before Django does.
"""

import sqlite3
import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

FIXED_LINES = ((3, 44, 6), (3, 50, 7))
FIXED_SINCE = (3, 51, 3)

Version = tuple[int, int, int]


def is_fixed(version: Version) -> bool:
    """Whether this version's write-ahead log has the reset fix."""
    if version >= FIXED_SINCE:
        return True
    return any(version[:2] == line[:2] and version >= line for line in FIXED_LINES)


def choose() -> None:
    """Put pysqlite3 in the place of `sqlite3` where only it has the fix."""
    if is_fixed(version_of(sqlite3)) or find_spec("pysqlite3") is None:
        return
    replacement = import_module("pysqlite3")
    if is_fixed(version_of(replacement)):
        take(replacement, ("", ".dbapi2"))


def take(replacement: ModuleType, parts: Iterable[str]) -> None:
    for part in parts:
        module = import_module(replacement.__name__ + part)
        sys.modules["sqlite3" + part] = module


def version_of(module: ModuleType) -> Version:
    major, minor, patch = module.sqlite_version.split(".")[:3]
    return int(major), int(minor), int(patch)


def current() -> ModuleType:
    """The library Django gets when it asks for `sqlite3`."""
    return sys.modules["sqlite3"]


def is_wal_safe() -> bool:
    return is_fixed(version_of(current()))


def describe() -> str:
    """One sentence for people: which library, and what follows."""
    library = f"SQLite {current().sqlite_version} ({current().__name__})"
    if is_wal_safe():
        return f"{library}, write-ahead log on"
    return f"{library}, rollback journal: this version's write-ahead log is unsafe"
