"""Microworkers' rules for changing a hire-group campaign, from its documents.

They know nothing of our forms, so that the two can disagree.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from campaigns.documents import Document
from campaigns.platforms.microworkers.sandbox.problems import Violation

NOTIFICATION_TYPES = frozenset(
    {
        *("CampaignApproved", "CampaignBlocked", "CampaignCanceled"),
        *("CampaignCreated", "CampaignFinished", "CampaignPaused"),
        *("CampaignPausedByAdmin", "CampaignPausedBySystem", "CampaignRejected"),
        *("CampaignRestartApproved", "CampaignRestartRejected"),
        *("CampaignRestartRequested", "CampaignRunning", "CampaignSubmitted"),
        *("SlotCreated", "SlotLocked", "SlotLockExpired", "SlotLockReleased"),
        *("SlotNotSatisfied", "SlotReadyForRating", "SlotRemoved", "SlotRevised"),
        *("SlotReviseRequested", "SlotSatisfied", "SlotSubmitted"),
        "TaskGroupCreated",
    }
)
GROUPS = frozenset({"5e6b1a09c3d4", "6f7c2b1ad4e5", "7a8d3c2be5f6"})
EMPLOYER_RATED = 1
_AUTO_RATE = {
    "autoRateNokTask": "AutoRateTasksAsNotSatisfiedNotSupported",
    "autoRateOkTask": "AutoRateTasksAsSatisfiedNotSupported",
}
_SCHEDULES = ("standardSchedule", "advancedSchedule")

Judged = Iterator[Violation]


class Unsupported(Exception):
    """A rule of business, not of form, forbids it: `title` is its code."""

    def __init__(self, title: str, detail: str) -> None:
        super().__init__(detail)
        self.title, self.detail = title, detail


def violations(body: Any, campaign: Document) -> list[Violation]:
    """Everything wrong with a body. Raises Unsupported when its form is right."""
    if not isinstance(body, dict):
        return [Violation("InvalidType", "An object is required.", "")]
    found: list[Violation] = []
    for key, value in body.items():
        check = _CHECKS.get(key)
        if check is None:
            found.append(
                _wrong("UnknownProperty", "Should not be here.", f"/{_escaped(key)}")
            )
        else:
            found += check(value, f"/{key}", campaign)
    if not found:
        _business(body, campaign)
    return found


def _business(body: Document, campaign: Document) -> None:
    is_over = campaign["status"] in ("FINISHED", "BLOCKED")
    if is_over and body.get("groupId", campaign["groupId"]) != campaign["groupId"]:
        words = "The hire group of a campaign that is over cannot be replaced."
        raise Unsupported("CampaignIsNotRunning", words)


def _flag(value: Any, at: str, _: Document) -> Judged:
    if type(value) is not bool:
        yield _wrong("InvalidType", "A boolean is required.", at)


def _auto_rate(value: Any, at: str, campaign: Document) -> Judged:
    yield from _flag(value, at, campaign)
    template = campaign.get("internalTemplate") or {}
    if value is True and template.get("ratingMethodId") != EMPLOYER_RATED:
        words = "Only where the employer alone rates."
        yield _wrong(_AUTO_RATE[at.removeprefix("/")], words, at)


def _whole(least: int, most: int | None = None) -> Callable[..., Judged]:
    def check(value: Any, at: str, _: Document) -> Judged:
        if type(value) is not int:
            yield _wrong("InvalidType", "An integer is required.", at)
        elif value < least or (most is not None and value > most):
            words = f"From {least} to {most}." if most else f"From {least} on."
            yield _wrong("OutOfRange", words, at)

    return check


def _group(value: Any, at: str, _: Document) -> Judged:
    if not isinstance(value, str):
        yield _wrong("InvalidType", "A string is required.", at)
    elif not value:
        yield _wrong("IsBlank", "Should not be blank.", at)
    elif value not in GROUPS:
        yield _wrong("HireGroupUnknown", "There is no such hire group.", at)


def _limited(limit: str, *extra: str) -> Callable[..., Judged]:
    """An object with `enabled` and the limit that `enabled` makes a duty."""

    def check(value: Any, at: str, campaign: Document) -> Judged:
        if not isinstance(value, dict):
            yield _wrong("InvalidType", "An object is required.", at)
            return
        yield from _strangers(value, at, ("enabled", limit, *extra))
        if "enabled" not in value:
            yield _wrong("IsBlank", "Should not be blank.", f"{at}/enabled")
        else:
            yield from _flag(value["enabled"], f"{at}/enabled", campaign)
        if limit in value:
            yield from _whole(1)(value[limit], f"{at}/{limit}", campaign)
        elif value.get("enabled") is True:
            yield _wrong("IsBlank", "Required while enabled.", f"{at}/{limit}")

    return check


def _notifications(value: Any, at: str, campaign: Document) -> Judged:
    if not isinstance(value, list):
        yield _wrong("InvalidType", "An array is required.", at)
        return
    for index, entry in enumerate(value):
        yield from _notification(entry, f"{at}/{index}", campaign)


def _notification(entry: Any, at: str, campaign: Document) -> Judged:
    if not isinstance(entry, dict):
        yield _wrong("InvalidType", "An object is required.", at)
        return
    yield from _strangers(entry, at, ("url", "type", "notificationTypes"))
    if not _is_queue(entry.get("url")):
        yield _wrong("InvalidUrl", "The URL of an SQS queue.", f"{at}/url")
    if entry.get("type") != "sqs":
        yield _wrong("InvalidChoice", "Only sqs.", f"{at}/type")
    yield from _types(entry.get("notificationTypes"), at, campaign)


def _types(value: Any, at: str, campaign: Document) -> Judged:
    """A name the campaign already has is taken back: the list may have grown."""
    at = f"{at}/notificationTypes"
    if not isinstance(value, list):
        yield _wrong("InvalidType", "An array is required.", at)
        return
    present = campaign.get("notificationSettings") or []
    known = NOTIFICATION_TYPES.union(*(one["notificationTypes"] for one in present))
    for index, name in enumerate(value):
        if not isinstance(name, str) or name not in known:
            yield _wrong("InvalidChoice", "Not a notification.", f"{at}/{index}")


def _strangers(value: Document, at: str, known: tuple[str, ...]) -> Judged:
    for key in value:
        if key not in known:
            yield _wrong(
                "UnknownProperty", "Should not be here.", f"{at}/{_escaped(key)}"
            )


def _is_queue(url: Any) -> bool:
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme == "https" and "sqs" in host and ".amazonaws.com" in host


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _wrong(title: str, detail: str, pointer: str) -> Violation:
    return Violation(title, detail, pointer)


_CHECKS: dict[str, Callable[[Any, str, Document], Judged]] = {
    "autoRateNokTask": _auto_rate,
    "autoRateOkTask": _auto_rate,
    "autoRefillPositions": _flag,
    "qtRequired": _flag,
    "successRate": _whole(0, 100),
    "groupId": _group,
    "maximumJobLimit": _limited("limitPerDay", *_SCHEDULES),
    "autoSkipTask": _limited("timeLimit"),
    "ttr": _whole(1, 30),
    "notificationSettings": _notifications,
    "timeToWaitAfterSlotExpiration": _whole(0),
    "visibilityDelay": _whole(0, 3600),
}
