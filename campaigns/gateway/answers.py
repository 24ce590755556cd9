"""A request to be made and what came back, before anybody judged it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from campaigns.gateway.contract import Exchange

ANSWER_LIMIT: Final = 1024 * 1024


class Unread(Enum):
    """The type of UNREAD: the answer had no body, or none that is JSON."""

    UNREAD = "unread"


UNREAD: Final = Unread.UNREAD


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `changes` marks one that may alter a campaign.

    `earlier` is how many were made in its stead before, and refused.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: str = field(default="", repr=False)
    content_type: str = "application/json"
    changes: bool = False
    answer_limit: int = ANSWER_LIMIT
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status at least, its body as JSON or UNREAD.

    `trouble` completes "answered with …" when there was a body that could not be
    used; it is empty for a body that was not there.
    """

    exchange: Exchange
    status: int
    headers: Mapping[str, str]
    document: Any
    trouble: str = ""
