"""Microworkers' refusals in words, each at the field it concerns.

Source: docs/platforms.md 4.6, NF-M15. A body may be `null`, HTML, or lack any member.
"""

from typing import Any, Final

from campaigns.gateway import failures
from campaigns.gateway.answers import Answer
from campaigns.gateway.contract import (
    Fields,
    GatewayError,
    Hold,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from campaigns.platforms.microworkers.codes import WORDS
from campaigns.platforms.microworkers.forms import MicroworkersForm

WHO: Final = "Microworkers"

KEY_REFUSED: Final = (
    "Microworkers does not accept the API key of this connection. An admin must enter "
    "the current key from the account page."
)
DENIED: Final = (
    "Microworkers denies access. An admin must find out which it is: the API key may "
    "not do this, the campaign belongs to another account, or calls from this network "
    "address are not allowed."
)
MISSING: Final = (
    "Microworkers knows no such hire-group campaign: it is gone, it is a basic "
    "campaign, or the base address of this connection is wrong."
)


def sort(answer: Answer, *, changes: bool) -> GatewayError | None:
    """Return what is wrong with an answer; None when Microworkers did as asked."""
    said = _said(answer)
    common = failures.by_status(answer, who=WHO, changes=changes, said=said)
    if common is not None:
        return common
    if answer.status < 300:
        return _contradiction(answer, said) if changes else None
    if answer.status == 401:
        return _held(answer, KEY_REFUSED, Hold.CONNECTION)
    if answer.status == 403:
        return _held(answer, DENIED, Hold.CHANGE)
    return _missing(answer) if answer.status == 404 else _rejected(answer)


def _contradiction(answer: Answer, said: str) -> GatewayError | None:
    if not _violations(answer):
        return None
    return OutcomeUnknown(
        f"Microworkers answered HTTP {answer.status} together with objections. "
        f"{failures.MAYBE}",
        exchange=answer.exchange,
        said=said,
    )


def _held(answer: Answer, words: str, hold: Hold) -> Unavailable:
    return Unavailable(words, exchange=answer.exchange, said=_said(answer), hold=hold)


def _missing(answer: Answer) -> Rejected:
    said = _said(answer)
    return Rejected(
        MISSING,
        exchange=answer.exchange,
        fields={"": [said]} if said else None,
        code=_text(answer.document, "title"),
        status=404,
    )


def _rejected(answer: Answer) -> Rejected:
    fields: Fields = {}
    words: Fields = {}
    for problem in _violations(answer) or [answer.document]:
        path, code = _path(_text(problem, "pointer")), _text(problem, "title")
        ours = WORDS.get(code, "")
        theirs = _text(problem, "detail") or code or ours
        if theirs:
            fields.setdefault(path, []).append(theirs)
        if ours:
            words.setdefault(path, []).append(ours)
    return Rejected(
        f"Microworkers refused the change (HTTP {answer.status}). Nothing was applied: "
        "correct what it names and send again.",
        exchange=answer.exchange,
        fields=fields,
        words=words,
        code=_code(answer),
        status=answer.status,
    )


def _path(pointer: str) -> str:
    """Find the field that a JSON pointer names; "" when it names none of ours.

    A pointer below a field means that field; one to a whole object means the
    object's first field.
    """
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")]
    steps = [step for step in steps if step]
    declared = MicroworkersForm.declared()
    for length in range(len(steps), 0, -1):
        path = ".".join(steps[:length])
        if path in declared:
            return path
    inside = [path for path in declared if path.startswith(".".join([*steps, ""]))]
    return inside[0] if steps and inside else ""


def _violations(answer: Answer) -> list[Any]:
    document = answer.document
    found = document.get("violations") if isinstance(document, dict) else None
    return found if isinstance(found, list) else []


def _code(answer: Answer) -> str:
    """Return the most telling code: a violation's own before the general one."""
    codes = [_text(problem, "title") for problem in _violations(answer)]
    return next(filter(None, codes), "") or _text(answer.document, "title")


def _said(answer: Answer) -> str:
    problems = [answer.document, *_violations(answer)]
    texts = [_text(one, "detail") or _text(one, "title") for one in problems]
    return " ".join(dict.fromkeys(filter(None, texts)))


def _text(document: Any, key: str) -> str:
    value = document.get(key) if isinstance(document, dict) else None
    return value if isinstance(value, str) else ""
