"""Indeed's stand-in: which path, who asks, then the rules."""

import re
from typing import Any

from campaigns import documents
from campaigns.documents import Document
from campaigns.gateway.standin import Answer, Demo, Request, World, Write, html_answer
from campaigns.platforms.indeed.sandbox import demo, envelopes, reads, rules
from campaigns.platforms.indeed.sandbox.tokens import Grant, Tokens

_CAMPAIGN = re.compile(r"/ads/v1/campaigns/[^/]+")
_SECRETS = re.compile(r'(client_secret=|"access_token":\s*"sandbox\.)[^&"\s]+')
_WRITES = "employer.advertising.campaign"
_READS = f"{_WRITES}.read"
_ACCOUNT = "employer.advertising.account.read"


class StandIn:
    """Rules of the Sponsored Jobs API for two employers and their campaigns."""

    key = "indeed"
    base_path = "/ads"
    token_path = "/oauth/v2/tokens"
    secret_header = "authorization"

    def __init__(self) -> None:
        self.options: dict[str, Any] = {
            "report_jobs": False,
            "refuse_bare_query": False,
            "hiring_platform": True,
            "token_seconds": 3600,
            "page_limit": 0,
        }
        self.demo: Demo = demo.story()
        self._tokens = Tokens()

    def seed(self) -> dict[str, Document]:
        return demo.campaigns()

    def answer(self, request: Request, world: World) -> Answer:
        agent = request.headers.get("user-agent", "")
        if agent.lower().startswith("python-requests"):
            return html_answer(403)
        if request.path in (self.token_path, "/oauth/tokens"):
            is_legacy = request.path != self.token_path
            return self._tokens.issue(request, world, is_legacy=is_legacy)
        return self._api(request, world)

    def refusal(self, world: World, status: int, kind: str, words: str) -> Answer:
        return envelopes.refused(world, status, kind, words)

    def masked(self, text: str) -> str:
        return _SECRETS.sub(r"\1***", text)

    def _api(self, request: Request, world: World) -> Answer:
        scope = _scope(request)
        if scope is None:
            return html_answer(403)
        grant = self._tokens.check(request, world, scope)
        if isinstance(grant, Answer):
            return grant
        if request.campaign:
            return _campaign(request, world, grant)
        if request.path == "/ads/v1/campaigns":
            return reads.listing(request, world, grant.employer)
        if request.path == "/ads/v1/account":
            return reads.account(world, grant.employer)
        return reads.quota(request, world)


def _scope(request: Request) -> str | None:
    """The scope a known route asks for; None is a wrong path."""
    if _CAMPAIGN.fullmatch(request.path):
        return {"GET": _READS, "PATCH": _WRITES}.get(request.method)
    scopes = {
        "/ads/v1/campaigns": _READS,
        "/ads/v1/account": _ACCOUNT,
        "/ads/v1/apiquotausage": _ACCOUNT,
    }
    return scopes.get(request.path) if request.method == "GET" else None


def _campaign(request: Request, world: World, grant: Grant) -> Answer:
    campaign = request.campaign or ""
    document = world.shown(campaign)
    if document is None or document["employer"] != grant.employer:
        return envelopes.refused(world, 404)
    if request.method == "GET":
        return reads.one(world, campaign)
    return _patch(request, world, campaign)


def _patch(request: Request, world: World, campaign: str) -> Answer:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        body = documents.loads(request.body) if request.body else None
    except documents.Unreadable:
        return envelopes.refused(world, 500)
    if kind != "application/json":
        return envelopes.refused(world, 500)
    try:
        changes = rules.changes(body, _situation(world, campaign))
    except rules.Invalid as invalid:
        return envelopes.invalid(world, invalid.problems)
    return envelopes.updated(world, campaign, Write(campaign, changes))


def _situation(world: World, campaign: str) -> rules.Situation:
    everything = world.everything()
    own = everything[campaign]
    taken = {
        other["name"]
        for key, other in everything.items()
        if key != campaign and other["employer"] == own["employer"]
    }
    return rules.Situation(
        campaign=own,
        names_taken=frozenset(taken),
        refuses_bare_query=world.options["refuse_bare_query"],
        has_hiring_platform=world.options["hiring_platform"],
    )
