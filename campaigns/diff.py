"""What an edit is: values as canonical text, with the words a person saw. Pure.

A value is canonical JSON text, or None when the platform does not report it. The
text "null" means known to be empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

EMPTY: Final = "null"


class Origin(StrEnum):
    """Why a field is part of an edit."""

    TOUCHED = "touched"
    ADDED = "added"
    IMPLIED = "implied"


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """One field of an edit, frozen as the person saw it.

    `readable` is false when the platform does not report the field. An IMPLIED edit
    is what the platform does by itself: it is never part of the body.
    """

    field: str
    label: str
    seen: str | None
    wanted: str
    seen_text: str
    wanted_text: str
    readable: bool
    one_way: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence beside a field: effect, undo, one-way, caution, blind or info."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be sent, and everything to say about it first.

    The path "" in `errors` and `notes` means the whole form. With any error the body
    is empty.
    """

    edits: tuple[FieldEdit, ...] = ()
    body: dict[str, Any] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    notes: Mapping[str, list[Note]] = field(default_factory=dict)
