"""What every field of every platform can do: read, compare, show, send.

Values travel as canonical text (see diff.py); only the wire sees JSON.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from campaigns import documents
from campaigns.diff import EMPTY, Note
from campaigns.documents import Document
from campaigns.typed import INVISIBLE

UNKNOWN_WORD: Final = "Unknown"
UNREADABLE: Final = "This could not be read. Reload the page and type it again."


class Reported(StrEnum):
    """Whether the platform's own answer holds the field."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NEVER = "never"


class PathBoundField(forms.BoundField):
    """Keyed by a dotted path; its id has dashes, so that CSS and labels find it."""

    @property
    def auto_id(self) -> str:
        return super().auto_id.replace(".", "-")

    def value(self) -> Any:
        """What was typed; for an input that was not posted, what it showed."""
        return self.initial if self.data is None else super().value()


class PlatformField(forms.Field):
    """One editable setting of a campaign.

    `path` is the dotted path in the PATCH body. `one_way` says why a first value can
    never be taken back, `empty` names the known absence of a value, `never_empty` is
    what a person is told who clears the input, `dependants` are the paths edited with
    this one, `must_know` the words to be ticked before a wanted value is sent.
    """

    bound_field_class = PathBoundField
    never_empty = "This can be replaced, never emptied."

    def __init__(
        self,
        *,
        label: str,
        help_text: str,
        group: str,
        path: str = "",
        unit: str = "",
        reported: Reported = Reported.ALWAYS,
        one_way: str = "",
        caution: str = "",
        empty: str = "empty",
        never_empty: str = "",
        dependants: Sequence[str] = (),
        must_know: Mapping[str, str] | None = None,
        widget: forms.Widget | type[forms.Widget] | None = None,
    ) -> None:
        super().__init__(
            required=False, label=label, help_text=help_text, widget=widget
        )
        self.path, self.group, self.unit = path, group, unit
        self.reported, self.one_way, self.caution = reported, one_way, caution
        self.empty, self.dependants = empty, tuple(dependants)
        self.must_know = must_know or {}
        self.never_empty = never_empty or self.never_empty
        self.current: str | None = None

    # --- JSON -------------------------------------------------------------------

    def read(self, document: Document) -> str | None:
        """Canonical text of what the document says; None when it does not say."""
        value = documents.get(document, self.path)
        return None if value is documents.MISSING else self.canonical(value)

    def canonical(self, value: Any) -> str:
        """Equal values become equal text; what the field does not understand stays."""
        return documents.canonical(self.shape(value))

    def parse(self, text: str) -> Any:
        """Turn canonical text back into a value. Raises Unreadable."""
        return self.shape(documents.loads(text))

    def shape(self, value: Any) -> Any:
        """Bring a foreign value into this field's own form, without ever failing."""
        return value

    def json(self, value: Any) -> Any:
        """The value as it goes into the body."""
        return value

    def is_readable(self, document: Document) -> bool:
        """Can a read of this campaign ever show the value?"""
        always = self.reported is Reported.ALWAYS
        return always or self.read(document) is not None

    # --- words ------------------------------------------------------------------

    def display(self, text: str | None, document: Document | None = None) -> str:
        """Human words with the unit; the document may add facts such as a currency."""
        if text is None:
            return UNKNOWN_WORD
        value = self.parse(text)
        return self.empty if value is None else self.words(value, document or {})

    def words(self, value: Any, document: Document) -> str:
        """Words for a value that is not empty."""
        return verbatim(value)

    def final(self, seen: str | None, wanted: str, document: Document) -> str:
        """Why this step can never be taken back, or nothing."""
        return self.one_way if seen == EMPTY else ""

    def refusal(self, text: str) -> str:
        """Why this value could not be sent, or nothing: a way back needs that."""
        try:
            self.check(self.parse(text))
        except ValidationError as error:
            return " ".join(error.messages)
        return ""

    def advice(self, wanted: str, document: Document) -> list[Note]:
        """What to know about this value before it is sent."""
        return [Note("caution", self.caution)] if self.caution else []

    def to_know(self, seen: str | None, wanted: str, document: Document) -> str:
        """What must be known, and said to be, before this is sent; or nothing."""
        return self.must_know.get(wanted, "")

    def typed(self, wanted: str) -> str:
        """The word to be typed, instead of a tick, before this is sent."""
        return ""

    # --- the browser ------------------------------------------------------------

    def fit(self, document: Document) -> None:
        """Make the input ready for this campaign: its value, its choices."""
        self.current = self.read(document)

    def show(self, text: str | None) -> Any:
        """What the input holds for a value."""
        value = None if text is None else self.parse(text)
        return "" if value is None else verbatim(value)

    def is_left(self, raw: Any) -> bool:
        """Was the input posted as it was shown, or not at all?"""
        return raw is None or raw == self.show(self.current)

    def clean(self, value: Any) -> str | None:
        """Canonical text of what the person wants; None to leave it as it is."""
        if self.is_left(value):
            return None
        wanted = self.to_python(value)
        text = self.canonical(wanted)
        if text == self.current:
            return None
        self.check(wanted)
        return text

    def settle(self, text: str, document: Document, lock: str | None) -> str | None:
        """The same text made canonical, or None when the document already says so.

        Raises ValidationError for a locked field and for what check() refuses.
        """
        try:
            value = self.parse(text)
        except (TypeError, documents.Unreadable) as error:
            raise ValidationError(UNREADABLE) from error
        wanted = self.canonical(value)
        if wanted == self.read(document):
            return None
        if lock:
            raise ValidationError(lock)
        if documents.clean(value) != value:
            raise ValidationError(INVISIBLE)
        self.check(value)
        return wanted

    def check(self, value: Any) -> None:
        """Raise ValidationError when the platform's documented rules forbid it."""
        if value is None:
            raise ValidationError(self.never_empty)


def written(raw: Any) -> str:
    """The text a browser sent; refuses other types, U+0000 and lone surrogates."""
    if not isinstance(raw, str):
        raise ValidationError(UNREADABLE)
    if not documents.is_clean(raw):
        raise ValidationError(INVISIBLE)
    return raw


def verbatim(value: Any) -> str:
    """A foreign value as it is: text plain, anything else as JSON."""
    return value if isinstance(value, str) and value else documents.canonical(value)


def number(value: Any) -> Any:
    """A decimal without a fraction as int, so that 7 and 7.0 are the same number."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value
