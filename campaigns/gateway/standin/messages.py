"""What travels between a stand-in's web server and its rules: plain values."""

from dataclasses import dataclass, field
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from campaigns import documents
from campaigns.documents import Document

JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as it arrived. `headers` are keyed in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def campaign(self) -> str | None:
        """The campaign a path speaks of: what follows `…campaigns/`."""
        head, found, tail = self.path.partition("campaigns/")
        return unquote(tail.split("/")[0]) or None if found else None


@dataclass(frozen=True, slots=True)
class Write:
    """What a request would change: these root keys of this campaign."""

    campaign: str
    changes: Document


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer and the write that belongs to it."""

    status: int
    body: str = ""
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)
    write: Write | None = None


def exact(value: Any) -> Any:
    """The value with decimals in the place of floats, as JSON read exactly has."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [exact(item) for item in value]
    return value


def json_answer(status: int, value: Any, **more: Any) -> Answer:
    """An answer whose body is JSON; decimals keep their digits."""
    return Answer(status, documents.wire(value), **more)


def html_answer(status: int) -> Answer:
    """The kind of page a proxy in front of an API shows."""
    title = f"{status} {HTTPStatus(status).phrase}"
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body>"
    return Answer(status, page + "</html>", "text/html; charset=utf-8")
