"""The envelopes of Indeed's answers, shaped as its documents show them."""

from collections.abc import Sequence
from typing import Any

from campaigns.documents import Document
from campaigns.gateway.standin import Answer, World, Write, json_answer

_UP = {"rel": "up", "href": "/v1/campaigns"}
_KINDS = {
    400: "INVALID_REQUEST",
    401: "INVALID_TOKEN",
    403: "INSUFFICIENT_SCOPE",
    404: "RESOURCE_NOT_FOUND",
    500: "INTERNAL_SERVER_ERROR",
}
_WORDS = {
    "INVALID_REQUEST": "One of the parameters cannot be accepted.",
    "INVALID_TOKEN": "This access token is not valid.",
    "INSUFFICIENT_SCOPE": "The scope of this token does not cover the request.",
    "NOT_EMPLOYER_ACCESS_TOKEN": "The token stands for no employer.",
    "LEGACY_ACCESS_TOKEN_NOT_ALLOWED": "Tokens of the old endpoints are not taken.",
    "RESOURCE_NOT_FOUND": "There is no such resource.",
    "INTERNAL_SERVER_ERROR": "The request could not be processed.",
}


def updated(world: World, campaign: str, write: Write) -> Answer:
    """200 for a PATCH: nothing but the id comes back."""
    here = f"/v1/campaigns/{campaign}"
    links = [
        _UP,
        {"rel": "Campaign Info", "href": here},
        {"rel": "Traffic Statistics", "href": f"{here}/stats"},
    ]
    meta = _meta(world, 200, links=links)
    return json_answer(
        200, {"meta": meta, "data": {"campaignId": campaign}}, write=write
    )


def one(world: World, data: Document) -> Answer:
    """200 for a single resource."""
    return json_answer(200, {"meta": _meta(world, 200, links=[_UP]), "data": data})


def page(world: World, rows: Sequence[Document], per_page: int, next: str) -> Answer:
    """200 for a page of campaigns; `next` is the href of the page after it or ''."""
    links = [{"rel": "next", "href": next}] if next else []
    meta = _meta(world, 200, links=links, per_page=per_page)
    return json_answer(200, {"meta": meta, "data": {"Campaigns": list(rows)}})


def invalid(world: World, problems: Sequence[str]) -> Answer:
    """400: one INVALID_REQUEST a problem, and no `data` key at all."""
    errors = [_error("INVALID_REQUEST", words) for words in problems]
    return json_answer(400, {"meta": _meta(world, 400, errors=errors, links=[_UP])})


def refused(world: World, status: int, kind: str = "", words: str = "") -> Answer:
    """Any other refusal: `data` null, links null, but one object on 404."""
    kind = kind or _KINDS.get(status, "UNEXPECTED")
    if status == 400:
        return invalid(world, [words or _WORDS["INVALID_REQUEST"]])
    error = _error(kind, words or _WORDS.get(kind, "Something else went wrong."))
    links = _UP if status == 404 else None
    meta = _meta(world, status, errors=[error], links=links)
    return json_answer(status, {"meta": meta, "data": None})


def _error(kind: str, words: str) -> Document:
    return {"type": kind, "description": words}


def _meta(
    world: World,
    status: int,
    *,
    errors: list[Document] | None = None,
    links: Any = None,
    per_page: int | None = None,
) -> Document:
    return {
        "status": status,
        "errors": errors,
        "rootLocation": f"{world.origin}/ads",
        "perPage": per_page,
        "links": links,
    }
