"""Turns a sheet into the field edits and notes that a person reviews."""

from collections.abc import Mapping
from dataclasses import replace

from campaigns.diff import FieldEdit, Note, Origin
from campaigns.documents import Document
from campaigns.forms.sheet import Sheet

BLIND = (
    "The platform does not report this: it is sent blind and ends as Unconfirmable, "
    "not Confirmed."
)
NO_WAY_BACK = "The value before is unknown here, so there is nothing to put back."


def listed(
    touched: Sheet, full: Sheet, implied: Mapping[str, str]
) -> tuple[FieldEdit, ...]:
    """Touched fields in the order of declaration, then added ones, then implied."""
    added = {p: t for p, t in full.wanted.items() if p not in touched.wanted}
    return (
        *_edits(touched, touched.wanted, Origin.TOUCHED),
        *_edits(touched, added, Origin.ADDED),
        *_edits(touched, implied, Origin.IMPLIED),
    )


def noted(touched: Sheet, remarks: Mapping[str, list[Note]]) -> dict[str, list[Note]]:
    """Each touched field's notes: side effects first, the way back last."""
    notes = {path: list(said) for path, said in remarks.items()}
    for path, wanted in touched.wanted.items():
        field = touched.fields[path]
        said = notes.setdefault(path, [])
        said += field.advice(wanted, touched.document)
        if not field.is_readable(touched.document):
            said.append(Note("blind", BLIND))
        said.append(_way_back(touched, path, wanted))
    return notes


def _edits(sheet: Sheet, values: Mapping[str, str], origin: Origin) -> list[FieldEdit]:
    """`values` in the order of declaration, each with the words for its new state."""
    after = replace(sheet, wanted={**sheet.wanted, **values}).after()
    in_order = [path for path in sheet.fields if path in values]
    return [_edit(sheet, path, values[path], origin, after) for path in in_order]


def _edit(
    sheet: Sheet, path: str, wanted: str, origin: Origin, after: Document
) -> FieldEdit:
    field, seen = sheet.fields[path], sheet.seen(path)
    return FieldEdit(
        field=path,
        label=str(field.label),
        seen=seen,
        wanted=wanted,
        seen_text=field.display(seen, sheet.document),
        wanted_text=field.display(wanted, after),
        readable=field.is_readable(sheet.document),
        one_way=bool(field.final(seen, wanted, sheet.document)),
        origin=origin,
    )


def _way_back(sheet: Sheet, path: str, wanted: str) -> Note:
    field, seen = sheet.fields[path], sheet.seen(path)
    final = field.final(seen, wanted, sheet.document)
    if final:
        return Note("one-way", final)
    if seen is None:
        return Note("info", NO_WAY_BACK)
    words, refusal = field.display(seen, sheet.document), field.refusal(seen)
    if refusal:
        return Note("info", f"Cannot be put back to “{words}” by itself. {refusal}")
    return Note("undo", f"Can go back to {words}.")
