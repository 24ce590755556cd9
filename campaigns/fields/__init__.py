"""Form fields that also speak a platform's JSON. Declared once, used for everything."""

from campaigns.fields.base import (
    UNKNOWN_WORD,
    PlatformField,
    Reported,
    verbatim,
    written,
)
from campaigns.fields.choices import Choice, Flag
from campaigns.fields.numbers import Exact, Whole
from campaigns.fields.text import LongText, Text

__all__ = [
    "UNKNOWN_WORD",
    "Choice",
    "Exact",
    "Flag",
    "LongText",
    "PlatformField",
    "Reported",
    "Text",
    "Whole",
    "verbatim",
    "written",
]
