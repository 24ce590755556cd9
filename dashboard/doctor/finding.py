"""One thing that was looked at, in words for a person."""

from collections.abc import Container
from dataclasses import dataclass, replace
from enum import StrEnum

HIDDEN = "It concerns a connection that is not shown to you."


class Level(StrEnum):
    """How it stands. Only WRONG asks somebody to act now."""

    WELL = "well"
    NOTE = "note"
    WRONG = "wrong"


_SHOWN = {
    Level.WELL: ("Well", "confirmed", "check-badge"),
    Level.NOTE: ("To know", "held", "information-circle"),
    Level.WRONG: ("To mend", "rejected", "exclamation-triangle"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was found, and what to do about it.

    `connection` is the key of the one that the words name, if they name one.
    """

    subject: str
    level: Level
    words: str
    advice: str = ""
    connection: int | None = None

    def for_who_sees(self, connections: Container[int]) -> "Finding":
        """The same, without words about a connection that is not among these."""
        if self.connection is None or self.connection in connections:
            return self
        return replace(self, words=HIDDEN, advice="")

    @property
    def word(self) -> str:
        """How it stands, in a word."""
        return _SHOWN[self.level][0]

    @property
    def state(self) -> str:
        """The state whose colour it has on screens."""
        return _SHOWN[self.level][1]

    @property
    def sign(self) -> str:
        """The icon beside the word."""
        return _SHOWN[self.level][2]


def well(subject: str, words: str) -> Finding:
    return Finding(subject, Level.WELL, words)


def note(
    subject: str, words: str, advice: str = "", connection: int | None = None
) -> Finding:
    return Finding(subject, Level.NOTE, words, advice, connection)


def wrong(
    subject: str, words: str, advice: str = "", connection: int | None = None
) -> Finding:
    return Finding(subject, Level.WRONG, words, advice, connection)
