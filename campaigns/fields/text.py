"""Fields of free text."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from campaigns.fields.base import PlatformField, written


class Text(PlatformField):
    """One line of text, trimmed; its length is counted in characters."""

    def __init__(self, *, limit: int, **options: Any) -> None:
        super().__init__(**options)
        self.limit = limit
        self.widget.attrs["maxlength"] = str(limit)

    def shape(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return self.lines(value).strip() or None

    def lines(self, text: str) -> str:
        return text.replace("\r", "").replace("\n", "")

    def is_left(self, raw: Any) -> bool:
        shown = self.show(self.current)
        return raw is None or (
            isinstance(raw, str) and (self.shape(raw) or "") == shown
        )

    def to_python(self, value: Any) -> Any:
        return self.shape(written(value))

    def check(self, value: Any) -> None:
        super().check(value)
        if not isinstance(value, str):
            raise ValidationError("Give text.")
        written(value)
        if len(value) > self.limit:
            raise ValidationError(
                f"Use at most {self.limit} characters; this has {len(value)}."
            )


class LongText(Text):
    """Several lines of text; every line end counts the same."""

    widget = forms.Textarea

    def lines(self, text: str) -> str:
        return text.replace("\r\n", "\n").replace("\r", "\n")
