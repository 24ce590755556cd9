"""The answer to somebody who asks too often, told to the history once a minute."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboard.accounts import history


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429, in words; the project's `handler429`, which the sign-in package calls."""
    history.throttled(get_adapter(request).get_client_ip(request))
    return render(request, "429.html", status=429)
