"""Indeed's refusals in words, each at the field it concerns.

Keyed on type and status, never on the wording (docs/platforms.md 2.7).
"""

import re
from typing import Final

from campaigns.gateway import failures
from campaigns.gateway.answers import UNREAD, Answer
from campaigns.gateway.contract import (
    Fields,
    GatewayError,
    Hold,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from campaigns.platforms.indeed import assumptions, reading
from campaigns.platforms.indeed.forms import IndeedForm

WHO: Final = "Indeed"
QUOTA: Final = assumptions.quota_statuses()

FORBIDDEN: Final = {
    "INSUFFICIENT_SCOPE": (
        "The access that Indeed granted does not include campaigns. An admin must ask "
        "for the scope employer.advertising.campaign and connect again."
    ),
    "NOT_EMPLOYER_ACCESS_TOKEN": (
        "The token stands for no employer. An admin must enter the employer id of "
        "this connection."
    ),
    "LEGACY_ACCESS_TOKEN_NOT_ALLOWED": (
        "The token comes from an address that Indeed has retired. An admin must "
        "correct the token address of this connection."
    ),
}
PAGE_REFUSED: Final = (
    "Indeed refused with a web page instead of data. An admin must check that the "
    "base address ends with /ads and that the employer id is right."
)
UNKNOWN_FORBIDDEN: Final = (
    "Indeed refuses access (HTTP 403). An admin must look into the account: the quota "
    "of calls may be used up, or a permission may be missing."
)
SIGNED_OUT: Final = (
    "Indeed does not accept a token that it has just issued. An admin must check the "
    "credentials and the addresses of this connection."
)
OBJECTIVE_FIXED: Final = "The type of an objective cannot be changed."
ADVICE: Final = {
    500: "If this repeats, Indeed cannot process these values: check them."
}

_INTERNAL_NAME: Final = re.compile(r"\bOBJECTIVE_[A-Z]+")
_OBJECTIVE_TYPE: Final = "objective.objectiveType"


def sort(answer: Answer, employer: str, *, changes: bool) -> GatewayError | None:
    """Return what is wrong with an answer; None when Indeed did as asked."""
    said = _said(answer)
    if _is_quota(answer):
        return failures.slowed(answer, WHO, said)
    common = failures.by_status(
        answer,
        who=WHO,
        changes=changes,
        said=said,
        advice=ADVICE.get(answer.status, ""),
    )
    if common is not None:
        return common
    if answer.status < 300:
        return None if _is_plain(answer) else doubted(answer, changes=changes)
    if answer.status == 401:
        return _held(answer, SIGNED_OUT, Hold.CONNECTION)
    if answer.status == 403:
        return _forbidden(answer)
    return _missing(answer, employer) if answer.status == 404 else _rejected(answer)


def _is_quota(answer: Answer) -> bool:
    """Tell whether a refusal may mean that too much was called (NF-I10)."""
    kinds = {kind for kind, _ in reading.errors(answer)}
    is_token = not kinds.isdisjoint(FORBIDDEN)
    return answer.status in QUOTA and not is_token


def doubted(answer: Answer, *, changes: bool) -> GatewayError:
    """Return the error for a 2xx that contradicts itself or the request."""
    said = _said(answer)
    words = f"Indeed answered HTTP {answer.status}, but not as when all is well."
    if changes:
        words = f"{words} {failures.MAYBE}"
        return OutcomeUnknown(words, exchange=answer.exchange, said=said)
    return Unavailable(words, exchange=answer.exchange, said=said)


def _is_plain(answer: Answer) -> bool:
    """Tell whether a 2xx says nothing against itself (pitfall 26)."""
    status, _ = reading.echo(answer)
    is_good = status is None or (isinstance(status, int) and status < 300)
    is_object = isinstance(answer.document, dict)
    return is_object and is_good and not reading.errors(answer)


def _forbidden(answer: Answer) -> Unavailable:
    if answer.document is UNREAD:
        return _held(answer, PAGE_REFUSED, Hold.CONNECTION)
    for kind, _ in reading.errors(answer):
        if kind in FORBIDDEN:
            return _held(answer, FORBIDDEN[kind], Hold.CONNECTION)
    return _held(answer, UNKNOWN_FORBIDDEN, Hold.CHANGE)


def _held(answer: Answer, words: str, hold: Hold) -> Unavailable:
    return Unavailable(words, exchange=answer.exchange, said=_said(answer), hold=hold)


def _missing(answer: Answer, employer: str) -> Rejected:
    return Rejected(
        "Indeed knows no such campaign: it is gone, or it belongs to another employer "
        f"than {employer}, for whom this connection speaks.",
        exchange=answer.exchange,
        fields={"": [_said(answer)]} if _said(answer) else None,
        code=_code(answer),
        status=404,
    )


def _rejected(answer: Answer) -> Rejected:
    fields: Fields = {}
    words: Fields = {}
    for kind, description in reading.errors(answer):
        path = _field(description)
        fields.setdefault(path, []).append(description or kind)
        if _INTERNAL_NAME.search(description):
            words.setdefault(path, []).append(OBJECTIVE_FIXED)
    return Rejected(
        f"Indeed refused the change (HTTP {answer.status}). Nothing was applied: "
        "correct what it names and send again.",
        exchange=answer.exchange,
        fields=fields,
        words=words,
        code=_code(answer),
        status=answer.status,
    )


def _field(description: str) -> str:
    """Find the field that a description speaks of; "" when it names none.

    The text only usually contains the name (pitfall 32). What it begins with counts
    first, then names that are no English words (jobsTitle before name or status).
    """
    if _INTERNAL_NAME.search(description) and _OBJECTIVE_TYPE in IndeedForm.declared():
        return _OBJECTIVE_TYPE
    hits = []
    for name, path in _names().items():
        match = re.search(
            rf"(?<!\w){re.escape(name)}(?!\w)", description, re.IGNORECASE
        )
        if match:
            start = match.start()
            hits.append((start > 1, name.islower(), start, -len(name), path))
    return min(hits)[-1] if hits else ""


def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for path in IndeedForm.declared():
        for name in (path, *path.split(".")):
            names.setdefault(name, path)
    return names


def _said(answer: Answer) -> str:
    return " ".join(text or kind for kind, text in reading.errors(answer))


def _code(answer: Answer) -> str:
    found = reading.errors(answer)
    return found[0][0] if found else ""
