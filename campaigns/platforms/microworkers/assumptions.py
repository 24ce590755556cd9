"""What Microworkers' pages do not say, assumed here, changeable by the environment.

Bounds are read once, when the form is declared; the rest when it is needed.
"""

import os

from campaigns.gateway.environment import count, flag


def success_rate_bounds() -> tuple[int, int]:
    """MW_SUCCESS_RATE_MIN and _MAX (default 0 and 100): the range of the pass mark."""
    return count("MW_SUCCESS_RATE_MIN", 0), count("MW_SUCCESS_RATE_MAX", 100)


def limit_per_day_least() -> int:
    """MW_LIMIT_PER_DAY_MIN (default 1): the smallest daily limit."""
    return count("MW_LIMIT_PER_DAY_MIN", 1)


def time_limit_least() -> int:
    """MW_TIME_LIMIT_MIN (default 1): the shortest idle time, in seconds."""
    return count("MW_TIME_LIMIT_MIN", 1)


def slot_wait_least() -> int:
    """MW_SLOT_WAIT_MIN (default 0): the shortest wait for expired slots, in minutes."""
    return count("MW_SLOT_WAIT_MIN", 0)


def limit_is_kept_when_disabled() -> bool:
    """MW_SEND_LIMIT_WHEN_DISABLED (default yes): off still sends the last number."""
    return flag("MW_SEND_LIMIT_WHEN_DISABLED", True)


def most_queues() -> int:
    """MW_MAX_QUEUES (default 20): how many queues one campaign may notify."""
    return count("MW_MAX_QUEUES", 20)


def least_event_types() -> int:
    """MW_MIN_EVENT_TYPES (default 1): events that each queue must have."""
    return count("MW_MIN_EVENT_TYPES", 1)


def doubled_queues_are_allowed() -> bool:
    """MW_ALLOW_DUPLICATE_QUEUES (default no): two entries may share an address."""
    return flag("MW_ALLOW_DUPLICATE_QUEUES", False)


def sqs_host_is_required() -> bool:
    """MW_REQUIRE_SQS_HOST (default no): refuse hosts other than Amazon's, not warn."""
    return flag("MW_REQUIRE_SQS_HOST", False)


def page_size() -> int:
    """MW_PAGE_SIZE (default 50): how many campaigns a page of the list may have.

    Read once, at the start.
    """
    return max(1, count("MW_PAGE_SIZE", 50))


def page_token_parameter() -> str:
    """MW_PAGE_TOKEN_PARAM (default nextPageToken): how the next page is asked for."""
    return os.environ.get("MW_PAGE_TOKEN_PARAM", "").strip() or "nextPageToken"
