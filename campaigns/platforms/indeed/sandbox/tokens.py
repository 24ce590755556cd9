"""Indeed's token endpoint: client credentials, RFC 6749 errors, bearer checks."""

import base64
import binascii
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote_plus

from campaigns.documents import Document
from campaigns.gateway.standin import Answer, Request, World, json_answer
from campaigns.platforms.indeed.sandbox import envelopes

DEMO_EMPLOYER = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
OTHER_EMPLOYER = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
_EMPLOYERS = {DEMO_EMPLOYER, OTHER_EMPLOYER}
_CLIENTS = {"demo-client": "demo-secret"}
_FORM = "application/x-www-form-urlencoded"
_AREAS = ("campaign", "campaign_report", "account", "subaccount")
_SCOPES = {
    "employer_access",
    *(f"employer.advertising.{area}" for area in _AREAS),
    *(f"employer.advertising.{area}.read" for area in _AREAS),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows. Without an employer it stands for nobody."""

    scopes: frozenset[str]
    employer: str
    issued: float
    is_legacy: bool


class _Bad(Exception):
    def __init__(self, error: str, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.error, self.words, self.status = error, words, status


class Tokens:
    """The tokens given out. They do not survive a restart, as any cache."""

    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}

    def issue(self, request: Request, world: World, *, is_legacy: bool) -> Answer:
        """Answer a token request."""
        try:
            form = _form(request)
            _client(request, form)
            grant = Grant(_scopes(form), _employer(form), world.now(), is_legacy)
        except _Bad as bad:
            said = {"error": bad.error, "error_description": bad.words}
            return json_answer(bad.status, said, headers=_headers(bad.status))
        value = f"sandbox.{secrets.token_urlsafe(30)}"
        self._grants[value] = grant
        told: Document = {"access_token": value, "token_type": "Bearer"}
        told["expires_in"] = int(world.options["token_seconds"])
        told["scope"] = " ".join(sorted(grant.scopes))
        return json_answer(200, told, headers=_headers(200))

    def check(self, request: Request, world: World, scope: str) -> Grant | Answer:
        """The grant of the request's token, or the refusal."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        grant = self._grants.get(value)
        if scheme != "Bearer" or grant is None or _expired(grant, world):
            return envelopes.refused(world, 401)
        if grant.is_legacy:
            return envelopes.refused(world, 403, "LEGACY_ACCESS_TOKEN_NOT_ALLOWED")
        if not grant.employer:
            return envelopes.refused(world, 403, "NOT_EMPLOYER_ACCESS_TOKEN")
        if not {scope, scope.removesuffix(".read")} & grant.scopes:
            words = f"The token lacks this scope: [{scope}]"
            return envelopes.refused(world, 403, "INSUFFICIENT_SCOPE", words)
        return grant


def _expired(grant: Grant, world: World) -> bool:
    lived = world.now() - grant.issued
    return bool(lived >= world.options["token_seconds"])


def _form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST" or kind != _FORM:
        raise _Bad("invalid_request", "The endpoint takes a form by POST.")
    pairs = parse_qs(request.text, keep_blank_values=True)
    if any(len(values) > 1 for values in pairs.values()):
        raise _Bad("invalid_request", "A parameter is given more than once.")
    form = {name: values[0] for name, values in pairs.items()}
    if "grant_type" not in form:
        raise _Bad("invalid_request", "grant_type is missing.")
    if form["grant_type"] != "client_credentials":
        raise _Bad("unsupported_grant_type", "Only client_credentials is known here.")
    return form


def _client(request: Request, form: dict[str, str]) -> None:
    given = form.get("client_id", ""), form.get("client_secret", "")
    header = request.headers.get("authorization", "")
    if header and any(given):
        raise _Bad("invalid_request", "The client is named twice.")
    client, secret = _basic(header) if header else given
    if not secret or _CLIENTS.get(client) != secret:
        raise _Bad("invalid_client", "The client is not known.", 401)


def _basic(header: str) -> tuple[str, str]:
    scheme, _, value = header.partition(" ")
    try:
        pair = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        pair = ""
    client, _, secret = pair.partition(":") if scheme == "Basic" else ("", "", "")
    return unquote_plus(client), unquote_plus(secret)


def _scopes(form: dict[str, str]) -> frozenset[str]:
    asked = frozenset(form.get("scope", "").split())
    if not asked or asked - _SCOPES:
        raise _Bad("invalid_scope", "The scope is missing or not known.")
    return asked


def _employer(form: dict[str, str]) -> str:
    employer = form.get("employer", "")
    if employer and employer not in _EMPLOYERS:
        raise _Bad("invalid_request", "The client may not act for this employer.")
    return employer


def _headers(status: int) -> dict[str, str]:
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return headers | ({"WWW-Authenticate": "Basic"} if status == 401 else {})
