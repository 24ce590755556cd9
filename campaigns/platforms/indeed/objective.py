"""An objective can be added, never removed, never given another type."""

from typing import Any, Final

from campaigns import documents
from campaigns.diff import Note
from campaigns.documents import MISSING, Document
from campaigns.forms import Errors, Notes, Sheet
from campaigns.platforms.indeed import assumptions
from campaigns.platforms.indeed.fields import COSTED, COUNTED, TARGETED, currency

TYPE: Final = "objective.objectiveType"
TARGET: Final = "objective.target"

NOT_READ = "It is not known yet whether this campaign has an objective. Read it first."
FIXED_TYPE = "Indeed lets no one change the type of an existing objective or remove it."
FOREIGN_TYPE = (
    "This type of objective is new to Campaign Desk, which therefore leaves it alone."
)
NO_TARGET = "This type of objective has no target."
SUBSCRIPTION = (
    "Needs an active Indeed Hiring Platform subscription, and a customer who is ready "
    "to hold hiring events. Neither can be checked from here."
)
SOFT = (
    "A soft target: once it is reached Indeed spends much less on these jobs; it does "
    "not stop."
)


def kind(document: Document) -> Any:
    """The type of the objective: None when there is none, MISSING when not known."""
    return documents.get(document, TYPE)


def locks(document: Document) -> dict[str, str]:
    """Lock what this campaign's objective does not allow, with the reason."""
    now = kind(document)
    if now is None:
        return {}
    if now is MISSING:
        return {TYPE: NOT_READ, TARGET: NOT_READ}
    if now in ("BALANCE", "MAXIMUM"):
        return {TYPE: FIXED_TYPE, TARGET: NO_TARGET}
    is_known = isinstance(now, str) and now in TARGETED
    return {TYPE: FIXED_TYPE} if is_known else {TYPE: FIXED_TYPE, TARGET: FOREIGN_TYPE}


def conflicts(sheet: Sheet) -> Errors:
    """Each type asks for its own kind of target."""
    if not sheet.touched(TYPE, TARGET):
        return {}
    message = _about_target(sheet.value(TYPE), sheet.value(TARGET))
    return {TARGET: [message]} if message else {}


def remarks(sheet: Sheet) -> Notes:
    """What a type or a target brings with it."""
    now = sheet.value(TYPE)
    notes: Notes = {}
    if TYPE in sheet.wanted and now == "SCHEDULED_INTERVIEWS":
        notes[TYPE] = [Note("caution", SUBSCRIPTION)]
    if TARGET in sheet.wanted:
        notes[TARGET] = _target_notes(sheet, now)
    return notes


def body(whole: Document) -> Document:
    """Both keys, always, and nothing else of what Indeed reported."""
    return {key: whole[key] for key in ("objectiveType", "target") if key in whole}


def _about_target(now: Any, target: Any) -> str:
    if now is None:
        return "Choose the type of the objective as well."
    if now not in TARGETED:
        return "" if target is None else f"{NO_TARGET} Leave it empty."
    if target is None:
        return f"Give the target: {COUNTED.get(now, 'the cost per application')}."
    if now in COUNTED and not isinstance(target, int):
        return f"Give a whole number of {COUNTED[now]}."
    return ""


def _target_notes(sheet: Sheet, now: Any) -> list[Note]:
    if now == "TARGET_APPLICATIONS":
        return [Note("info", SOFT)]
    if now != COSTED:
        return []
    code = currency(sheet.document)
    notes = [Note("info", f"In the currency of the account{code and f', {code}'}.")]
    most = assumptions.cost_decimals(code)
    if len(sheet.wanted[TARGET].partition(".")[2]) > most:
        text = f"More than {most} decimals are unusual here; Indeed may refuse them."
        notes.append(Note("caution", text))
    return notes
