"""Lets a request pass when the person has the right its route asks for.

Also what every page has in common: kept by no cache, told in the person's own zone.
"""

import codecs
import zoneinfo
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from campaigns.models import Person
from campaigns.rights import Right
from dashboard.matrix import CLOSED, ROUTES

WORDS: dict[Right, str] = {
    Right.VIEW: "Your account has no role yet. Ask an admin to give you one.",
    Right.EDIT: "Editing campaigns is for marketers and managers.",
    Right.AUDIT: "This page is for managers and admins.",
    Right.HOLD: "Holding and releasing connections is for managers.",
    Right.CONNECT: "Connecting platforms is for admins.",
    Right.PEOPLE: "Managing people is for admins.",
}
UNKNOWN_ROUTE = "Nobody may open this address: it is not in the matrix of rights."


class GateMiddleware:
    """Stands before every view; `dashboard.matrix` says what each asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _check_encoding(request)
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, ["HX-Request"])
        timezone.deactivate()
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Return None to let the request pass; refuse by exception."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in CLOSED:
            raise Http404
        right = ROUTES.get(name)
        if right is None:
            raise PermissionDenied(UNKNOWN_ROUTE)
        return self._admit(request, right)

    def _admit(self, request: HttpRequest, right: Right) -> HttpResponse | None:
        person = request.user
        if isinstance(person, Person):
            timezone.activate(_zone(person))
            if not person.may(right):
                raise PermissionDenied(WORDS[right])
            return None
        return None if right == Right.PUBLIC else to_sign_in(request)


def _check_encoding(request: HttpRequest) -> None:
    """Refuse what names another encoding than ours: some codecs make no text at all."""
    if request.encoding and codecs.lookup(request.encoding).name != "utf-8":
        raise BadRequest("Everything here is read as UTF-8.")


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a signed-out visitor to the sign-in page, and back here afterwards.

    A part of a page cannot hold the sign-in form: there the whole page moves.
    """
    htmx = getattr(request, "htmx", None)
    if isinstance(htmx, HtmxDetails) and htmx:
        return HttpResponseClientRedirect(redirect_to_login(_page_of(htmx)).url)
    back = request.get_full_path() if request.method == "GET" else _came_from(request)
    return redirect_to_login(back)


def _page_of(htmx: HtmxDetails) -> str:
    """The page that a part was asked for from; the first one where none can be."""
    try:
        return htmx.current_url_abs_path or "/"
    except ValueError:
        return "/"


def _came_from(request: HttpRequest) -> str:
    """The page of ours that a form was sent from: what was sent has no address."""
    ours, said = request.build_absolute_uri("/"), request.headers.get("Referer", "")
    path = said.removeprefix(ours).partition("#")[0].lstrip("/")
    return f"/{path}" if said.startswith(ours) else resolve_url("/")


def _zone(person: Person) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(person.timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")
