"""Rating by itself: two flags and the pass mark they use. None is ever reported."""

from typing import Final

from campaigns.diff import Note
from campaigns.forms import Errors, Notes, Sheet

OK: Final = "autoRateOkTask"
NOK: Final = "autoRateNokTask"
MARK: Final = "successRate"
FLAGS: Final = (OK, NOK)

NEEDS_MARK = (
    "Give the pass mark as well: it decides who is paid, and Microworkers does not "
    "report the present one."
)
BOTH = "With both ratings on, every position is rated without a person."


def conflicts(sheet: Sheet) -> Errors:
    """Turning a flag on without knowing the pass mark is a blind bet on pay."""
    turned_on = [path for path in FLAGS if sheet.wanted.get(path) == "true"]
    return {MARK: [NEEDS_MARK]} if turned_on and not sheet.holds(MARK) else {}


def remarks(sheet: Sheet) -> Notes:
    """When the pass mark counts, and when nobody rates any more."""
    states = [sheet.then(path) for path in FLAGS]
    notes: Notes = {}
    if MARK in sheet.wanted and "true" not in states:
        notes[MARK] = [_unused(states)]
    if states == ["true", "true"]:
        for path in sheet.touched(*FLAGS)[:1]:
            notes[path] = [Note("caution", BOTH)]
    return notes


def _unused(states: list[str | None]) -> Note:
    if states == ["false", "false"]:
        return Note("caution", "Not used: both ratings are off.")
    text = "Used only while one of the two ratings is on, which is not known here."
    return Note("info", text)
