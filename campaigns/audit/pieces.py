"""The history in pieces, read ahead where a server can read while we verify."""

from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from django.db import connection

from campaigns.audit import stored


class Piece(NamedTuple):
    """All that is stored from one position to before another.

    `rows` are as `stored.sealed` gives them; without columns the indexes are empty.
    """

    start: int
    end: int
    rows: list[stored.Row]
    indexes: stored.Indexes
    checkpoints: list[stored.Row]
    nodes: dict[tuple[int, int], str]


def pieces(start: int, end: int, *, columns: bool) -> Generator[Piece]:
    """The pieces between two positions, in order; memory holds two at once."""
    size = stored.PIECE
    places = [(at, min(at + size, end)) for at in range(start, end, size)]
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        yield from _read_ahead(places, columns)
    else:  # SQLite reads in this process; others do not see what is not committed
        for place in places:
            yield _read(*place, columns)


def _read_ahead(places: list[tuple[int, int]], columns: bool) -> Generator[Piece]:
    with ThreadPoolExecutor(1, "reads ahead") as reader:
        coming: Future[Piece] | None = None
        try:
            for place in places:
                ready, coming = coming, reader.submit(_read, *place, columns)
                if ready:
                    yield ready.result()
            if coming:
                yield coming.result()
        finally:
            reader.submit(_let_go).result()


def _read(start: int, end: int, columns: bool) -> Piece:
    rows = stored.sealed(start, end, columns=columns)
    indexes = stored.indexes(rows) if columns else stored.Indexes([], [])
    checkpoints, nodes = stored.checkpoints(start, end), stored.nodes(start, end)
    return Piece(start, end, rows, indexes, checkpoints, nodes)


def _let_go() -> None:
    connection.close()  # each thread has one of its own
