"""Objects with a switch and a number: sent whole, the number required when on."""

from typing import Final

from campaigns import documents
from campaigns.diff import EMPTY, Note
from campaigns.documents import MISSING, Document
from campaigns.forms import Errors, Notes, Sheet
from campaigns.platforms.microworkers import assumptions

LIMIT_ON: Final = "maximumJobLimit.enabled"
LIMIT: Final = "maximumJobLimit.limitPerDay"
SKIP_ON: Final = "autoSkipTask.enabled"
SKIP: Final = "autoSkipTask.timeLimit"
PAIRS: Final = ((LIMIT_ON, LIMIT), (SKIP_ON, SKIP))
ON: Final = "true"
OFF: Final = "false"

NOT_READ = (
    "This is sent as a whole, and its current state is not known yet. Read the "
    "campaign first."
)
FOREIGN = (
    "Microworkers reports this in a form that is new to Campaign Desk, which "
    "therefore leaves it alone."
)
NOT_USED = "Kept, and not used while this is switched off."


def locks(document: Document) -> dict[str, str]:
    """An object that was not read cannot be sent whole."""
    reasons = {
        root: _lock(document, root) for root in ("maximumJobLimit", "autoSkipTask")
    }
    return {
        path: reasons[root]
        for pair in PAIRS
        for path in pair
        if reasons[root := path.partition(".")[0]]
    }


def conflicts(sheet: Sheet) -> Errors:
    """On needs a number; a number needs to know whether it is on."""
    errors: Errors = {}
    for switch, number in PAIRS:
        if not sheet.touched(switch, number):
            continue
        if sheet.then(switch) not in (ON, OFF):
            errors[switch] = ["Choose on or off as well: it is not known here."]
        elif sheet.then(switch) == ON and not sheet.holds(number):
            errors[number] = ["Give a number: it is required while this is on."]
    return errors


def remarks(sheet: Sheet) -> Notes:
    """A number that is not used; a number that is sent along."""
    notes: Notes = {}
    for switch, number in PAIRS:
        if number in sheet.wanted and sheet.then(switch) == OFF:
            notes[number] = [Note("caution", NOT_USED)]
        if switch in sheet.wanted and number not in sheet.wanted:
            notes[switch] = _along(sheet, number)
    return notes


def body(sheet: Sheet, body: Document) -> Document:
    """Send each object whole: its switch always, its number as the settings say."""
    keep = assumptions.limit_is_kept_when_disabled()
    for switch, number in PAIRS:
        root, _, key = number.partition(".")
        if root not in body:
            continue
        is_on = bool(sheet.value(switch))
        body = documents.put(body, switch, is_on)
        if not (is_on or keep or number in sheet.wanted):
            body[root].pop(key, None)
    return body


def _lock(document: Document, root: str) -> str:
    value = document.get(root, MISSING)
    if value is MISSING:
        return NOT_READ
    return "" if value is None or isinstance(value, dict) else FOREIGN


def _along(sheet: Sheet, number: str) -> list[Note]:
    text = sheet.seen(number)
    if text in (None, EMPTY):
        return []
    field = sheet.fields[number]
    words = f"{field.label}, {field.display(text, sheet.document)}, is sent along."
    return [Note("info", words)]
