"""Walks a list that the other side cuts into pages, and always comes to an end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from campaigns.gateway.contract import Hold, Rejected, Unavailable

PAGE_LIMIT: Final = 1000
ANSWER_LIMIT: Final = 8 * 1024 * 1024
"""A page of 500 campaigns may be larger than any other answer."""


class Trail:
    """The pages visited so far; refuses to visit one twice, or too many."""

    def __init__(self, who: str) -> None:
        self._who = who
        self._visited: set[str] = set()

    def step(self, page: str) -> None:
        """Go to a page. Raises `Unavailable` when the walk would not end."""
        if page in self._visited or len(self._visited) >= PAGE_LIMIT:
            raise Unavailable(
                f"{self._who}'s list of campaigns does not come to an end. It was left "
                "after the pages read so far and is tried again later."
            )
        self._visited.add(page)


@contextmanager
def without_rejection(who: str) -> Iterator[None]:
    """Turn a refusal of the list into a fault of the connection."""
    try:
        yield
    except Rejected as error:
        raise Unavailable(
            f"{who} refused to list campaigns (HTTP {error.status}). "
            "An admin must check the base address of this connection.",
            exchange=error.exchange,
            said=error.said,
            hold=Hold.CONNECTION,
        ) from error
