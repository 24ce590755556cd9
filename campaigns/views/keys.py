"""Keys of rows as addresses and forms bring them: text until proven a key."""

LARGEST = 2**63 - 1


def read(text: str) -> int | None:
    """The key that a text stands for; None when no row can have it."""
    is_key = text.isdecimal() and len(text) < 20 and int(text) <= LARGEST
    return int(text) if is_key else None
