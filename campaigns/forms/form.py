"""The form every platform's form is made from. Validates and plans, never sends."""

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.forms import DeclarativeFieldsMetaclass

from campaigns import documents
from campaigns.diff import Note, Plan
from campaigns.documents import Document
from campaigns.fields import PlatformField
from campaigns.forms import edits
from campaigns.forms.sheet import Sheet

Errors = dict[str, list[str]]
Notes = dict[str, list[Note]]


class UnknownField(LookupError):
    """Somebody asked for a field that this platform does not have."""


class KeyedByPath(DeclarativeFieldsMetaclass):
    """Keys the declared fields by their path in the PATCH body."""

    def __new__(cls, *args: Any) -> "KeyedByPath":
        form: Any = super().__new__(cls, *args)
        for name, field in form.base_fields.items():
            field.path = field.path or name
        by_path = {field.path: field for field in form.base_fields.values()}
        form.base_fields = form.declared_fields = by_path
        return form  # type: ignore[no-any-return] # the class just made


class CampaignForm(forms.Form, metaclass=KeyedByPath):
    """Declare fields, override the rules.

    `document` is in PATCH shape: a key that is present was reported, null means
    reported as empty. An unbound form shows the document, or the person's unsent
    edits over it. Raises UnknownField when `only` names one.
    """

    unique: ClassVar[str] = ""
    """The path of the name that no two campaigns of a connection may share."""

    def __init__(
        self,
        document: Document,
        data: Mapping[str, Any] | None = None,
        *,
        only: Collection[str] | None = None,
        initial_edits: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, use_required_attribute=False)
        self.document = document
        self.fields = {path: self.fields[path] for path in self._shown(only)}
        locks, unsent = self.locks(document), initial_edits or {}
        for path, field in self.platform_fields().items():
            field.fit(document)
            field.disabled = path in locks
            text = field.current if field.disabled else unsent.get(path, field.current)
            field.initial = field.show(text)

    def platform_fields(self) -> dict[str, PlatformField]:
        """The fields of this form, by path."""
        return {p: f for p, f in self.fields.items() if isinstance(f, PlatformField)}

    def wanted(self) -> dict[str, str]:
        """After is_valid(): what the person wants, where it differs from what is."""
        return {
            path: self.cleaned_data[path]
            for path, field in self.platform_fields().items()
            if self.cleaned_data.get(path) not in (None, field.current)
        }

    @classmethod
    def declared(cls) -> dict[str, PlatformField]:
        """Every field by its path, in the order of declaration."""
        fields: dict[str, PlatformField] = getattr(cls, "base_fields")  # noqa: B009
        return fields

    @classmethod
    def groups(cls) -> list[tuple[str, list[PlatformField]]]:
        """The fields under their human headings."""
        by_group = groupby(cls.declared().values(), key=lambda field: field.group)
        return [(group, list(fields)) for group, fields in by_group]

    @classmethod
    def plan(cls, document: Document, wanted: Mapping[str, str]) -> Plan:
        """What sending `wanted` would mean: edits, body, errors, notes.

        Never raises for bad input: it says in `errors` what is wrong with it.
        """
        asked, errors = cls._asked(document, wanted)
        touched = Sheet(document, cls.declared(), asked)
        full = touched.also(cls.companions(touched))
        for path, messages in cls.conflicts(full).items():
            errors.setdefault(path, messages)
        implied = cls.implied(full)
        return Plan(
            edits=edits.listed(touched, full, implied),
            body={} if errors else cls.body(full),
            errors=errors,
            notes=edits.noted(touched, cls.remarks(full)),
        )

    @classmethod
    def laid_over(
        cls, document: Document, values: Iterable[tuple[str, str]]
    ) -> Document:
        """The document with canonical texts laid over it, each at its path."""
        for path, text in values:
            field = cls.declared().get(path)
            if field is not None:
                value = field.parse(text)
                value = None if value is None else field.json(value)
                document = documents.put(document, path, value)
        return document

    # --- what a platform overrides ----------------------------------------------

    @classmethod
    def locks(cls, document: Document) -> dict[str, str]:
        """Fields this campaign cannot change, each with the reason in words."""
        return {}

    @classmethod
    def extras(cls, document: Document) -> list[tuple[str, str]]:
        """Facts to show that are not editable here: (label, words)."""
        return []

    @classmethod
    def absent(cls) -> list[tuple[str, str]]:
        """What people look for and is not offered: (what, why and where instead)."""
        return []

    @classmethod
    def companions(cls, sheet: Sheet) -> dict[str, str]:
        """Values that must be sent along with the touched ones."""
        return {}

    @classmethod
    def implied(cls, sheet: Sheet) -> dict[str, str]:
        """Values the platform will set by itself."""
        return {}

    @classmethod
    def conflicts(cls, sheet: Sheet) -> Errors:
        """Rules between fields that the whole set breaks."""
        return {}

    @classmethod
    def remarks(cls, sheet: Sheet) -> Notes:
        """What to say about the whole set beyond each field's own advice."""
        return {}

    @classmethod
    def body(cls, sheet: Sheet) -> Document:
        """The PATCH body: edits alone; an object they are part of is sent whole.

        Keys of such an object that nobody here knows are carried along; nulls are
        left out.
        """
        body: Document = {}
        for path, text in sheet.wanted.items():
            root, _, nested = path.partition(".")
            if nested and root not in body:
                body[root] = _whole(sheet.document.get(root))
            field = sheet.fields[path]
            body = documents.put(body, path, field.json(field.parse(text)))
        return body

    # --- inside -----------------------------------------------------------------

    @classmethod
    def _shown(cls, only: Collection[str] | None) -> list[str]:
        declared = cls.declared()
        if only is None:
            return list(declared)
        for path in set(only) - declared.keys():
            raise UnknownField(f"There is no field {path!r}.")
        shown = set(only).union(*(declared[path].dependants for path in only))
        return [path for path in declared if path in shown]

    @classmethod
    def _asked(
        cls, document: Document, wanted: Mapping[str, str]
    ) -> tuple[dict[str, str], Errors]:
        asked: dict[str, str] = {}
        errors: Errors = {path: [UNDECLARED] for path in wanted.keys() - cls.declared()}
        locks = cls.locks(document)
        for path, field in cls.declared().items():
            if path not in wanted:
                continue
            try:
                text = field.settle(wanted[path], document, locks.get(path))
            except ValidationError as error:
                errors[path] = error.messages
            else:
                asked |= {} if text is None else {path: text}
        return asked, errors


UNDECLARED = "Campaign Desk does not know this field."


def _whole(value: Any) -> Document:
    members = value.items() if isinstance(value, dict) else ()
    return {key: member for key, member in members if member is not None}
