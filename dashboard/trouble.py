"""The answer to a request that the database did not let finish, and to our own errors.

A database that is away, locked for long, full or read-only is no error of a page: 503
says so, and how what was typed is not lost. Must never ask the database itself.
"""

import sys
from typing import Any

from django import db
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.views import defaults

AWAY = ("OperationalError", "InterfaceError", "InternalError")
"""What the two databases raise then; a read-only PostgreSQL calls it internal."""
LATER = "10"
"""Seconds after which machines may ask again."""


def server_error(request: HttpRequest) -> HttpResponse:
    """503 when the database stood in the way, else 500; the project's `handler500`."""
    if not _is_away(sys.exception()):
        return defaults.server_error(request)
    words = {"is_sent": request.method not in ("GET", "HEAD")}
    page = get_template("503.html").render(words)
    return HttpResponse(page, status=503, headers={"Retry-After": LATER})


def _is_away(error: BaseException | None) -> bool:
    """Whether this, or what it came of, is a database that stood in the way.

    Of Django, or of the driver: closing a cursor on the server raises the latter.
    """
    used: Any = connection  # its driver is in no stub
    raised = tuple(getattr(kind, name) for kind in (db, used.Database) for name in AWAY)
    while error is not None and not isinstance(error, raised):
        error = error.__cause__ or error.__context__
    return error is not None
