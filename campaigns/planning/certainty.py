"""How well a value is known, in the words of every page and sheet. Pure."""

from enum import StrEnum


class Certainty(StrEnum):
    """How well a value is known: a word for it, and a text that goes on from there."""

    word: str
    text: str

    SEEN = "seen", "Seen", "shown by a read"
    SENT = "sent", "Sent", "accepted then, not yet seen"
    MAYBE = "maybe", "On its way", "nobody knew whether it had arrived"
    BETWEEN = (
        "between",
        "Between two reads",
        "one value at the read before, another at the read after",
    )
    BLIND = "blind", "Never reported", "what was sent last"
    UNKNOWN = "unknown", "Not known", "no read had shown it"

    def __new__(cls, value: str, word: str, text: str) -> "Certainty":
        """A member that is equal to its value."""
        one = str.__new__(cls, value)
        one._value_ = value
        one.word, one.text = word, text
        return one
