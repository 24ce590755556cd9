"""Microworkers' stand-in: which path, whose key, then the rules."""

import re
from typing import Any

from campaigns import documents
from campaigns.documents import Document
from campaigns.gateway.standin import Answer, Demo, Request, World, Write
from campaigns.platforms.microworkers.sandbox import demo, problems, reads, rules

_LIST = "/api/v2/hire-group-campaigns"
_CAMPAIGN = re.compile(rf"{_LIST}/[^/]+")
_KEYS = {"demo-key": demo.DEMO_OWNER, "other-key": demo.OTHER_OWNER}
_LOCKED_KEY = "locked-key"


class StandIn:
    """Rules of the hire-group campaigns of two employers."""

    key = "microworkers"
    base_path = "/api/v2"
    token_path = ""
    secret_header = "microworkersapikey"

    def __init__(self) -> None:
        self.options: dict[str, Any] = {"last_page": "null"}
        self.demo: Demo = demo.story()

    def seed(self) -> dict[str, Document]:
        return demo.campaigns()

    def answer(self, request: Request, world: World) -> Answer:
        is_one = _CAMPAIGN.fullmatch(request.path)
        if not is_one and request.path != _LIST:
            return problems.refused(404)
        if request.method not in (("GET", "PATCH") if is_one else ("GET",)):
            return problems.framework(405, "Method Not Allowed")
        key = request.headers.get(self.secret_header, "")
        if key == _LOCKED_KEY:
            return problems.refused(403)
        if key not in _KEYS:
            return problems.refused(401)
        if is_one:
            return _campaign(request, world, _KEYS[key])
        return reads.listing(request, world, _KEYS[key])

    def refusal(self, world: World, status: int, kind: str, words: str) -> Answer:
        return problems.refused(status, kind, words)

    def masked(self, text: str) -> str:
        return text


def _campaign(request: Request, world: World, owner: str) -> Answer:
    campaign = request.campaign or ""
    document = world.shown(campaign)
    if document is None or document["kind"] != "hire-group":
        return problems.refused(404)
    if document["owner"] != owner:
        return problems.refused(403)
    if request.method == "GET":
        return reads.one(document, campaign)
    return _patch(request, world, campaign)


def _patch(request: Request, world: World, campaign: str) -> Answer:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        return problems.framework(415, "Unsupported Media Type")
    try:
        body = documents.loads(request.body)
    except documents.Unreadable:
        return problems.framework(400, "Bad Request")
    try:
        found = rules.violations(body, world.stored(campaign))
    except rules.Unsupported as unsupported:
        return problems.refused(400, unsupported.title, unsupported.detail)
    if found:
        return problems.invalid(found)
    return Answer(204, write=Write(campaign, body))
