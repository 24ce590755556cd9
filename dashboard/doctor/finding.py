"""One thing that was looked at, in words for a person."""

from dataclasses import dataclass
from enum import StrEnum


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
    """What was looked at, what was found, and what to do about it."""

    subject: str
    level: Level
    words: str
    advice: str = ""

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


def note(subject: str, words: str, advice: str = "") -> Finding:
    return Finding(subject, Level.NOTE, words, advice)


def wrong(subject: str, words: str, advice: str = "") -> Finding:
    return Finding(subject, Level.WRONG, words, advice)
