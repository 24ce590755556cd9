"""Every named address of the site, and the check that the matrix knows each."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver

from dashboard.matrix import CLOSED, ROUTES


def patterns(
    found: list[URLPattern | URLResolver] | None = None, namespace: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Walk the URL conf: each pattern with its full name, "" when it has none."""
    for one in get_resolver().url_patterns if found is None else found:
        if isinstance(one, URLPattern):
            yield f"{namespace}{one.name}" if one.name else "", one
        else:
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from patterns(one.url_patterns, inner)


def check_routes(**_: Any) -> list[CheckMessage]:
    """Name each route that the matrix of rights does not mention."""
    return [
        Error(
            f"The route {name or pattern.pattern!s} is not in dashboard/matrix.py.",
            hint="Say there which right it asks for; until then it is refused.",
            id="dashboard.E010",
        )
        for name, pattern in patterns()
        if name not in ROUTES and name not in CLOSED
    ]
