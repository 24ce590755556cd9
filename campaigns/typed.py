"""Free text that people type: kept whole or refused in words, never cut or mended."""

from typing import Final

from django.core.exceptions import ValidationError

from campaigns import documents

INVISIBLE: Final = "Remove the invisible characters and type it again."


def text(given: str, limit: int, says: str) -> str:
    """The text without the blanks around it.

    Raises `ValidationError`: with `says` for none and for more than `limit`
    characters, with words of its own for what databases refuse.
    """
    given = given.strip()
    if not documents.is_clean(given):
        raise ValidationError(INVISIBLE)
    if not 0 < len(given) <= limit:
        raise ValidationError(says)
    return given
