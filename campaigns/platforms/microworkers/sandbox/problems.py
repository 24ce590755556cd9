"""The refusals of Microworkers: problem documents, each with the shape recorded."""

from dataclasses import dataclass

from campaigns.documents import Document
from campaigns.gateway.standin import Answer, json_answer

_ABOUT = "https://ttv.microworkers.com/apidocs2/handle-errors"
_FRAMEWORK = "https://tools.ietf.org/html/rfc2616#section-10"
_TITLES = {
    400: "ValidationFailed",
    401: "Unauthorized",
    403: "AccessDenied",
    404: "DoesNotExist",
}
_WORDS = {
    403: "Access to this resource is denied.",
    404: "The resource does not exist.",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong with a body; `pointer` is a JSON pointer into it."""

    title: str
    detail: str
    pointer: str


def invalid(violations: list[Violation]) -> Answer:
    """400 with every violation at once."""
    shown = [
        {"title": one.title, "detail": one.detail, "pointer": one.pointer}
        for one in violations
    ]
    return _problem(400, detail="Validation Failed", violations=shown)


def refused(status: int, title: str = "", detail: str = "") -> Answer:
    """Any other refusal; 401 never has a detail, 500 is the literal null."""
    if status >= 500:
        return json_answer(status, None)
    more: Document = {"title": title} if title else {}
    words = detail or _WORDS.get(status, "")
    if words and status != 401:
        more["detail"] = words
    return _problem(status, **more)


def framework(status: int, detail: str) -> Answer:
    """What the framework says before the platform's own code has a say."""
    said = {"type": _FRAMEWORK, "title": "An error occurred"}
    return json_answer(status, {**said, "status": status, "detail": detail})


def _problem(status: int, **more: object) -> Answer:
    title = _TITLES.get(status, "Unexpected")
    said = {"type": _ABOUT, "title": title, "status": status, **more}
    return json_answer(status, said)
