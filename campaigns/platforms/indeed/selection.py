"""Which jobs a campaign sponsors: all of them, or those that match the criteria."""

from typing import Final

from campaigns.diff import EMPTY, Note
from campaigns.forms import Errors, Notes, Sheet

INCLUDE: Final = "jobsToInclude"
RADIUS: Final = "jobsLocationRadius"
LOCATION: Final = "jobsLocation"
SELECTING: Final = ("jobsQuery", "jobsTitle", "jobsCompany", LOCATION)
CRITERIA: Final = (*SELECTING, RADIUS)
ALL: Final = '"ALL"'
QUERY: Final = '"QUERY"'

CLEARED_ANYWAY = (
    "Choosing all jobs clears this. Take this edit back, or keep only matching jobs."
)
NEEDS_CRITERION = (
    "Only matching jobs needs a search, a job title, a company or a location: "
    "without one, every job would be sponsored."
)
RADIUS_ALONE = (
    "A radius selects nothing by itself. Give a search, a job title, a company or a "
    "location as well."
)


def companions(sheet: Sheet) -> dict[str, str]:
    """A criterion on a campaign that is not surely QUERY would be ignored alone."""
    switches = sheet.touched(*CRITERIA) and not sheet.touched(INCLUDE)
    if switches and sheet.seen(INCLUDE) != QUERY:
        return {INCLUDE: QUERY}
    return {}


def implied(sheet: Sheet) -> dict[str, str]:
    """ALL clears all five criteria, unknown ones too."""
    if sheet.wanted.get(INCLUDE) != ALL:
        return {}
    untouched = [path for path in CRITERIA if path not in sheet.wanted]
    return {path: EMPTY for path in untouched if sheet.seen(path) != EMPTY}


def conflicts(sheet: Sheet) -> Errors:
    """ALL takes no criteria; QUERY needs one, and the radius is none."""
    if sheet.wanted.get(INCLUDE) == ALL:
        return {path: [CLEARED_ANYWAY] for path in sheet.touched(*CRITERIA)}
    if not sheet.touched(INCLUDE, *CRITERIA) or not _selects_nothing(sheet):
        return {}
    touched = sheet.touched(*CRITERIA)
    if RADIUS in touched:
        return {RADIUS: [RADIUS_ALONE]}
    return {path: [NEEDS_CRITERION] for path in touched or [INCLUDE]}


def remarks(sheet: Sheet) -> Notes:
    """What happens beside the touched fields."""
    notes = {path: _criterion_notes(sheet, path) for path in sheet.touched(*SELECTING)}
    if RADIUS in sheet.wanted:
        notes[RADIUS] = _radius_notes(sheet)
    if sheet.wanted.get(INCLUDE) == ALL:
        notes[INCLUDE] = _clearing_notes(sheet)
    return notes


def _selects_nothing(sheet: Sheet) -> bool:
    if sheet.then(INCLUDE) != QUERY or any(map(sheet.holds, SELECTING)):
        return False
    unknown = any(sheet.then(path) is None for path in SELECTING)
    return bool(sheet.touched(INCLUDE)) or not unknown


def _switch_notes(sheet: Sheet) -> list[Note]:
    if sheet.wanted.get(INCLUDE) != QUERY:
        return []
    together = "Leaves together with “only jobs that match”: alone it might be ignored."
    part = "If the campaign sponsors all jobs today, it sponsors only a part then."
    return [Note("effect", together), Note("caution", part)]


def _criterion_notes(sheet: Sheet, path: str) -> list[Note]:
    text = "A job must match every criterion: adding one narrows the selection."
    narrows = [Note("info", text)] if sheet.seen(path) in (None, EMPTY) else []
    return [*_switch_notes(sheet), *narrows]


def _radius_notes(sheet: Sheet) -> list[Note]:
    unit = "Miles for jobs in the US and the UK, kilometres for jobs elsewhere."
    notes = [*_switch_notes(sheet), Note("info", unit)]
    if sheet.then(LOCATION) == EMPTY:
        notes.append(Note("caution", "Without a location the radius has no effect."))
    return notes


def _clearing_notes(sheet: Sheet) -> list[Note]:
    text = (
        "Also clears search, job title, company, location and radius: Indeed does "
        "this by itself. The old values stay in the audit log."
    )
    notes = [
        Note("effect", text),
        Note("caution", "Every open job of the job source is sponsored then."),
    ]
    if any(sheet.seen(path) is None for path in CRITERIA):
        blind = "The values it clears are not known here, so they cannot be put back."
        notes.append(Note("caution", blind))
    return notes
