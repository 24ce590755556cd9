"""Pieces of the history: the same whoever reads them, and nothing is left open."""

import threading

import pytest
from django.db import connection, transaction

from campaigns.audit import stored
from campaigns.audit.pieces import pieces

pytestmark = pytest.mark.django_db(transaction=True)


def read(start=0, end=11):
    return list(pieces(start, end, columns=True))


def readers():
    """Threads that still read, and connections beside the one of this test."""
    names = [thread.name for thread in threading.enumerate()]
    reading = [name for name in names if name.startswith("reads ahead")]
    pool = getattr(connection, "pool", None)
    out = (
        pool.get_stats()["pool_size"] - pool.get_stats()["pool_available"]
        if pool
        else 1
    )
    return reading + ["connection"] * (out - 1)


@pytest.mark.parametrize("size", [1, 5, 11, 100])
def test_pieces_read_ahead_are_those_read_in_place(aged, monkeypatch, size):
    monkeypatch.setattr(stored, "PIECE", size)
    ahead = read()
    with transaction.atomic():
        assert read() == ahead

    assert [row[0] for piece in ahead for row in piece.rows] == list(range(11))
    assert [(piece.start, piece.end) for piece in ahead] == [
        (at, min(at + size, 11)) for at in range(0, 11, size)
    ]
    assert sum(len(piece.indexes.fields) for piece in ahead) == 9
    assert readers() == []


def test_there_may_be_nothing_to_read(aged):
    assert read(11) == []


def test_whoever_stops_early_leaves_no_reader(aged, monkeypatch):
    monkeypatch.setattr(stored, "PIECE", 2)
    reading = pieces(0, 11, columns=False)
    next(reading)
    reading.close()

    assert readers() == []


def test_what_the_database_refuses_reaches_the_caller(aged, monkeypatch):
    def refuse(*place, **words):
        raise RuntimeError("no")

    monkeypatch.setattr(stored, "sealed", refuse)

    with pytest.raises(RuntimeError, match="no"):
        read()
    assert readers() == []
