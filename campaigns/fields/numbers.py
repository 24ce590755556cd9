"""Fields of numbers, exact in every direction."""

import re
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError

from campaigns import documents
from campaigns.documents import Document
from campaigns.fields.base import PlatformField, number, verbatim, written

LARGEST_WHOLE: Final = 2_147_483_647
PLAIN_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,12}", re.ASCII)
PLAIN_DECIMAL: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,8})?", re.ASCII)


class Number(PlatformField):
    """What whole and exact numbers share: plain digits in, a number and a unit out."""

    never_empty = "Give a number: this can be replaced, never emptied."
    plain: re.Pattern[str]
    hint: str
    mode: str

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs |= {"inputmode": self.mode, "autocomplete": "off"}

    def shape(self, value: Any) -> Any:
        text = value.strip() if isinstance(value, str) else ""
        return number(Decimal(text)) if self.plain.fullmatch(text) else number(value)

    def words(self, value: Any, document: Document) -> str:
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            return verbatim(value)
        unit = self.unit.removesuffix("s") if value == 1 else self.unit
        space = "\u00a0" if unit == "%" else " "
        return f"{verbatim(value)}{space}{unit}".strip()

    def is_left(self, raw: Any) -> bool:
        shown = self.show(self.current)
        if isinstance(raw, str) and isinstance(shown, str):
            return _one_line(raw) == _one_line(shown)
        return super().is_left(raw)

    def to_python(self, value: Any) -> Any:
        text = written(value).strip()
        if text and not self.plain.fullmatch(text):
            raise ValidationError(self.hint)
        return self.shape(text) if text else None


class Whole(Number):
    """A whole number between two bounds, both allowed."""

    plain, mode = PLAIN_WHOLE, "numeric"
    hint = "Give a whole number in digits, such as 7."

    def __init__(
        self, *, least: int, most: int = LARGEST_WHOLE, **options: Any
    ) -> None:
        super().__init__(**options)
        self.least, self.most = least, most

    def check(self, value: Any) -> None:
        super().check(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError(self.hint)
        if not self.least <= value <= self.most:
            raise ValidationError(f"Give {self.bounds}.")

    @property
    def bounds(self) -> str:
        if self.most == LARGEST_WHOLE:
            return f"a whole number of {self.least} or more"
        return f"a whole number from {self.least} to {self.most}"


class Exact(Number):
    """A positive decimal, exact from keyboard to wire; never a float."""

    plain, mode = PLAIN_DECIMAL, "decimal"
    hint = (
        "Give a plain number above 0, such as 10.50: a point, no comma, no exponent, "
        "at most 12 digits before the point and 8 after it."
    )

    def check(self, value: Any) -> None:
        super().check(value)
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            raise ValidationError(self.hint)
        if not self.plain.fullmatch(documents.canonical(value)):
            raise ValidationError(self.hint)
        if value <= 0:
            raise ValidationError("Give a number above 0.")


def _one_line(text: str) -> str:
    """What an input of one line keeps of a text."""
    return text.replace("\r", "").replace("\n", "").strip()
