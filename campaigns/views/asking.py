"""A request as views get it: signed in, from a browser that may speak htmx."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import push_url
from django_htmx.middleware import HtmxDetails

from campaigns.models import Person


class Asking(HttpRequest):
    """What middleware adds: the gate lets nobody in who is not a person."""

    user: Person
    htmx: HtmxDetails


def render_list(
    request: Asking, page: str, rows: str, context: Mapping[str, Any]
) -> HttpResponse:
    """Answer with the page, or with its rows alone when its filters ask.

    Filters that cannot be understood are named and answered with 422; the address
    kept is the one without empty filters.
    """
    status = 422 if context["filters"].errors else 200
    if not request.htmx:
        return render(request, page, context, status=status)
    response = render(request, rows, context, status=status)
    return push_url(response, f"{request.path}{context['filters'].query()}")
