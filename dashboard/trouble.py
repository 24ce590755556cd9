"""The answer to a request that the database did not let finish, and to our own errors.

A database that is away, locked for long, full or read-only is no error of a page: 503
says so, and how what was typed is not lost. Must never ask the database itself.
"""

import sys

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.views import defaults

AWAY = (OperationalError, InterfaceError, InternalError)
"""What the two databases raise then; a read-only PostgreSQL calls it internal."""
LATER = "10"
"""Seconds after which machines may ask again."""


def server_error(request: HttpRequest) -> HttpResponse:
    """503 when the database stood in the way, else 500; the project's `handler500`."""
    if not isinstance(sys.exception(), AWAY):
        return defaults.server_error(request)
    words = {"is_sent": request.method not in ("GET", "HEAD")}
    page = get_template("503.html").render(words)
    return HttpResponse(page, status=503, headers={"Retry-After": LATER})
