"""Indeed's rules for changing a campaign, written from its documents.

They know nothing of our forms, so that the two can disagree.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from campaigns.documents import Document

CRITERIA = (
    *("jobsQuery", "jobsTitle", "jobsCompany", "jobsLocation"),
    "jobsLocationRadius",
)
_RADII = (5, 10, 15, 25, 50, 100)
_BONUS_KEYS = ("jobsQuery", "jobsToInclude")
_COUNTS = ("TARGET_APPLICATIONS", "SCHEDULED_INTERVIEWS")
_INSIDE_NAMES = {
    "BALANCE": "OBJECTIVE_BALANCE",
    "MAXIMUM": "OBJECTIVE_BUDGET",
    "QUICK": "OBJECTIVE_FAST",
    "TARGET_APPLICATIONS": "OBJECTIVE_APPLIES",
    "TARGET_COST_PER_APPLICATION": "OBJECTIVE_CPA",
    "SCHEDULED_INTERVIEWS": "OBJECTIVE_INTERVIEWS",
}


@dataclass(frozen=True, slots=True)
class Situation:
    """What a body is judged against."""

    campaign: Document
    names_taken: frozenset[str]
    refuses_bare_query: bool
    has_hiring_platform: bool


class Invalid(Exception):
    """The body cannot be accepted; `problems` has one line a parameter."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def changes(body: Any, situation: Situation) -> Document:
    """What the body makes of the campaign. Raises Invalid, with all problems."""
    if not isinstance(body, dict):
        raise Invalid(["body: a JSON object is required."])
    given = {key: value for key, value in body.items() if value is not None}
    problems = [f"{key}: no such parameter." for key in body if key not in _CHECKS]
    problems += _locked(given, situation)
    for key, check in _CHECKS.items():
        if key in given:
            problems += [f"{key}: {words}" for words in check(given[key], situation)]
    problems += _bare_query(given, situation)
    if problems:
        raise Invalid(problems)
    return _effect(given, situation.campaign)


def _locked(given: Document, situation: Situation) -> list[str]:
    campaign = situation.campaign
    if _type(campaign) == "QUICK":
        words = "objective: campaigns of type QUICK cannot be modified here."
        return [words] if given else []
    if "BONUS" not in str(campaign.get("FundingSource")).upper():
        return []
    words = "a bonus credit campaign changes only jobsQuery and jobsToInclude."
    return [f"{key}: {words}" for key in given if key not in _BONUS_KEYS]


def _name(value: Any, situation: Situation) -> Iterator[str]:
    if not _is_text(value):
        yield "text is required."
    elif not 1 <= len(value) <= 250:
        yield "1 to 250 characters."
    elif value in situation.names_taken:
        yield "another campaign of this employer has this name."


def _token(value: Any, _: Situation) -> Iterator[str]:
    if not _is_text(value):
        yield "text is required."
    elif len(value) > 255:
        yield "at most 255 characters."


def _one_of(*allowed: Any) -> Callable[[Any, Situation], Iterator[str]]:
    def check(value: Any, _: Situation) -> Iterator[str]:
        if type(value) is not type(allowed[0]) or value not in allowed:
            yield f"one of {', '.join(map(str, allowed))}."

    return check


def _text(value: Any, _: Situation) -> Iterator[str]:
    if not _is_text(value):
        yield "text is required."


def _objective(value: Any, situation: Situation) -> Iterator[str]:
    if not isinstance(value, dict):
        yield "an object is required."
        return
    strangers = [key for key in value if key not in ("objectiveType", "target")]
    yield from (f"{key} is not known." for key in strangers)
    wanted, present = value.get("objectiveType"), _type(situation.campaign)
    if not isinstance(wanted, str) or wanted not in _INSIDE_NAMES:
        yield f"objectiveType is one of {', '.join(_INSIDE_NAMES)}."
    elif wanted == "QUICK":
        yield "objectiveType QUICK is not offered by this API."
    elif wanted != (present or wanted):
        yield _retyped(str(present), wanted)
    else:
        yield from _hiring(wanted, situation)
        yield from _target(value.get("target"), wanted, bool(present))


def _retyped(present: str, wanted: str) -> str:
    ours = _INSIDE_NAMES.get(present, f"OBJECTIVE_{present}")
    return (
        f"this ad has type `{ours}`, the request says `{_INSIDE_NAMES[wanted]}`, "
        "and the type of an objective stays."
    )


def _hiring(wanted: str, situation: Situation) -> Iterator[str]:
    if wanted == "SCHEDULED_INTERVIEWS" and not situation.has_hiring_platform:
        yield "SCHEDULED_INTERVIEWS needs a Hiring Platform subscription."


def _target(value: Any, wanted: str, is_present: bool) -> Iterator[str]:
    has_target = wanted in _COUNTS or wanted == "TARGET_COST_PER_APPLICATION"
    if value is None:
        if has_target and not is_present:
            yield f"target is required with {wanted}."
    elif not has_target:
        yield f"target does not go with {wanted}."
    elif wanted in _COUNTS and (type(value) is not int or value < 1):
        yield "target is a whole number from 1 on."
    elif type(value) not in (int, Decimal) or value <= 0:
        yield "target is a number above 0."


def _bare_query(given: Document, situation: Situation) -> list[str]:
    after = {**situation.campaign, **given}
    is_bare = not any(after.get(key) for key in CRITERIA[:4])
    if situation.refuses_bare_query and given.get("jobsToInclude") == "QUERY":
        return ["jobsToInclude: QUERY needs a criterion."] if is_bare else []
    return []


def _effect(given: Document, campaign: Document) -> Document:
    written = dict(given)
    if given.get("jobsToInclude", campaign.get("jobsToInclude")) == "ALL":
        written = {key: given[key] for key in given if key not in CRITERIA}
    if given.get("jobsToInclude") == "ALL":
        written |= dict.fromkeys(CRITERIA)
    if "objective" in given:
        told = {k: v for k, v in given["objective"].items() if v is not None}
        written["objective"] = {**(campaign.get("objective") or {}), **told}
    return written


def _type(campaign: Document) -> str | None:
    objective = campaign.get("objective") or {}
    kind: str | None = objective.get("objectiveType")
    return kind


def _is_text(value: Any) -> bool:
    """Text that can be stored: no U+0000, no half of a surrogate pair."""
    if not isinstance(value, str) or "\0" in value:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


_CHECKS: dict[str, Callable[[Any, Situation], Iterator[str]]] = {
    "name": _name,
    "trackingToken": _token,
    "status": _one_of("ACTIVE", "DELETED", "PAUSED"),
    "jobsToInclude": _one_of("ALL", "QUERY"),
    "jobsQuery": _text,
    "jobsTitle": _text,
    "jobsCompany": _text,
    "jobsLocation": _text,
    "jobsLocationRadius": _one_of(*_RADII),
    "objective": _objective,
}
