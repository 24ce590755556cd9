"""What Indeed's pages do not say, assumed here, each changeable by the environment.

The variables are read when they are needed, except where a default says otherwise.
"""

import os

from django.core.exceptions import ImproperlyConfigured

from campaigns.gateway.environment import count, flag

SCOPES = (
    "employer_access employer.advertising.campaign employer.advertising.account.read"
)
WITHOUT_CENTS = frozenset({"CLP", "JPY", "KRW", "VND"})


def bonus_funding_values() -> tuple[str, ...]:
    """INDEED_BONUS_FUNDING_VALUES (default BONUS): words, separated by commas.

    A campaign whose funding source or plan contains one of them, in any case of
    letters, runs on bonus credit.
    """
    words = os.environ.get("INDEED_BONUS_FUNDING_VALUES", "BONUS").split(",")
    return tuple(word.strip().upper() for word in words if word.strip())


def quick_is_readonly() -> bool:
    """INDEED_QUICK_READONLY (default yes): nothing of a QUICK campaign is edited."""
    return flag("INDEED_QUICK_READONLY", True)


def undelete_is_allowed() -> bool:
    """INDEED_ALLOW_UNDELETE (default no): a deleted campaign can be edited again."""
    return flag("INDEED_ALLOW_UNDELETE", False)


def empty_text_clears() -> bool:
    """INDEED_ALLOW_EMPTY_STRING_CLEAR (default no): try "" to clear a text field."""
    return flag("INDEED_ALLOW_EMPTY_STRING_CLEAR", False)


def has_hiring_platform() -> bool:
    """INDEED_HIRING_PLATFORM (default yes): offer the interviews objective.

    Read once, when the form is declared.
    """
    return flag("INDEED_HIRING_PLATFORM", True)


def cost_decimals(currency: str) -> int:
    """INDEED_COST_MAX_DECIMALS (default 2): more get a warning; JPY and others: 0."""
    most = count("INDEED_COST_MAX_DECIMALS", 2)
    return 0 if currency in WITHOUT_CENTS else most


def text_limit() -> int:
    """INDEED_TEXT_SANITY_MAX (default 4000): longest search, title, company, location.

    Read once, when the form is declared.
    """
    return count("INDEED_TEXT_SANITY_MAX", 4000)


def scopes() -> str:
    """INDEED_SCOPES: what a token is asked for, unless a connection says otherwise."""
    return os.environ.get("INDEED_SCOPES", "").strip() or SCOPES


def user_agent() -> str:
    """INDEED_USER_AGENT (default CampaignDesk/<version>): how we name ourselves."""
    return os.environ.get("INDEED_USER_AGENT", "").strip()


def quota_statuses() -> frozenset[int]:
    """INDEED_QUOTA_STATUS_CODES (default 429): refusals that mean to call less.

    A 403 that names a fault of the token is none, whatever is listed. Read once, at
    the start.
    """
    text = os.environ.get("INDEED_QUOTA_STATUS_CODES", "").strip() or "429"
    codes = [code.strip() for code in text.split(",")]
    if not all(
        len(code) == 3 and code.isdecimal() and code[0] == "4" for code in codes
    ):
        raise ImproperlyConfigured("INDEED_QUOTA_STATUS_CODES must be like 429,403.")
    return frozenset(map(int, codes))
