"""Fields with a few values: choices and flags. Foreign values are never coerced."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from campaigns.diff import Note
from campaigns.documents import Document
from campaigns.fields.base import PlatformField, number, verbatim, written


class Choice(PlatformField):
    """One of a few values; values nobody declared are shown as they are.

    `withheld` has words for values that exist and are not offered.
    """

    widget = forms.Select

    def __init__(
        self,
        *,
        choices: Sequence[tuple[str | int, str]],
        withheld: Sequence[tuple[str | int, str]] = (),
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.offered = dict(choices)
        self.known = dict([*choices, *withheld])

    def shape(self, value: Any) -> Any:
        plain = number(value)
        return next((known for known in self.known if str(known) == str(plain)), value)

    def words(self, value: Any, document: Document) -> str:
        word = self.known.get(value) if _is_plain(value) else None
        return verbatim(value) if word is None else f"{word} {self.unit}".strip()

    def fit(self, document: Document) -> None:
        super().fit(document)
        shown = self.show(self.current)
        offered = [(str(value), word) for value, word in self.offered.items()]
        if shown not in dict(offered):
            word = self.display(self.current) if shown else "Leave as it is"
            offered.insert(0, (shown, word))
        self.widget.choices = offered

    def is_left(self, raw: Any) -> bool:
        return raw == "" or super().is_left(raw)

    def to_python(self, value: Any) -> Any:
        return self.shape(written(value))

    def check(self, value: Any) -> None:
        super().check(value)
        if not _is_plain(value) or value not in self.offered:
            raise ValidationError("Choose one of the values offered.")


class Flag(PlatformField):
    """On or off, or left alone: an absent checkbox never means off.

    `null_is_off`: a null in the document (or around it) means switched off.
    """

    widget = forms.Select
    raw_values: Final = {"on": True, "off": False}

    def __init__(
        self,
        *,
        on: str = "On",
        off: str = "Off",
        null_is_off: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.on, self.off, self.null_is_off = on, off, null_is_off

    def shape(self, value: Any) -> Any:
        return False if value is None and self.null_is_off else value

    def words(self, value: Any, document: Document) -> str:
        if not isinstance(value, bool):
            return verbatim(value)
        return self.on if value else self.off

    def advice(self, wanted: str, document: Document) -> list[Note]:
        return super().advice(wanted, document) if wanted == "true" else []

    def fit(self, document: Document) -> None:
        super().fit(document)
        leave = [] if self.show(self.current) else [("", "Leave as it is")]
        offered = [*leave, ("on", self.on), ("off", self.off)]
        self.widget.choices = offered

    def show(self, text: str | None) -> str:
        return {"true": "on", "false": "off"}.get(text or "", "")

    def is_left(self, raw: Any) -> bool:
        return raw == "" or super().is_left(raw)

    def to_python(self, value: Any) -> Any:
        if written(value) not in self.raw_values:
            raise ValidationError("Choose leave as it is, on or off.")
        return self.raw_values[value]

    def check(self, value: Any) -> None:
        super().check(value)
        if not isinstance(value, bool):
            raise ValidationError("Choose on or off.")


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
