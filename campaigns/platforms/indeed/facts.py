"""What to tell about an Indeed campaign that cannot be edited here."""

from collections.abc import Iterator
from typing import Any

from campaigns.documents import Document
from campaigns.fields import verbatim
from campaigns.platforms.indeed import assumptions, objective

BONUS = (
    "This campaign runs on bonus credit: Indeed lets only the search and the jobs to "
    "include be changed."
)
QUICK = (
    "This campaign has the objective QUICK: Indeed lets no other tool change such "
    "campaigns."
)
DELETED = "This campaign is deleted on Indeed, and that is treated as final."
LABELS = (
    ("Type", "Type"),
    ("CurrencyCode", "Account currency"),
    ("FundingSource", "Funding source"),
    ("SponsorshipPlan", "Sponsorship plan"),
    ("SpendingChannels", "Spending channels"),
)
ABSENT = (
    ("Budget and dates", "Indeed keeps them apart from this update. Edit them there."),
    ("Job source", "It is chosen when a campaign is created and stays."),
    ("Currency and bids", "They belong to the account and to Indeed."),
    (
        "Emptying a text",
        "Indeed reads empty as keep: a tracking token or a single criterion can be "
        "replaced, never emptied.",
    ),
    ("Removing an objective", "Indeed allows adding one only. Create a new campaign."),
)


def whole_lock(document: Document) -> str:
    """Why nothing of this campaign can be edited, or nothing."""
    is_deleted = document.get("status") == "DELETED"
    if is_deleted and not assumptions.undelete_is_allowed():
        return DELETED
    is_quick = objective.kind(document) == "QUICK"
    return QUICK if is_quick and assumptions.quick_is_readonly() else ""


def is_bonus(document: Document) -> bool:
    """Does this campaign run on bonus credit?"""
    told = [document.get(key) for key in ("FundingSource", "SponsorshipPlan")]
    words = " ".join(verbatim(value).upper() for value in told if value is not None)
    return any(marker in words for marker in assumptions.bonus_funding_values())


def extras(document: Document) -> Iterator[tuple[str, str]]:
    """Why it does not spend first, then the plain facts."""
    for reason in _listed(document.get("NonSpendingReasons")):
        yield "Does not spend", _reason(reason)
    for key, label in LABELS:
        value = document.get(key)
        if value not in (None, "", []):
            yield label, ", ".join(map(verbatim, _listed(value)))


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _reason(reason: Any) -> str:
    if not isinstance(reason, dict):
        return verbatim(reason)
    told = reason.get("description") or reason.get("type")
    return verbatim(reason if told is None else told)
