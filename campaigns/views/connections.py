"""The connections: who sees which, connecting, testing, holding, archiving."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from campaigns import connections, registry, tasks
from campaigns.delivery import connecting
from campaigns.gateway.contract import Check, Platform
from campaigns.models import Connection
from campaigns.models.connection import Connections
from campaigns.registry import UnknownPlatform
from campaigns.rights import Right
from campaigns.views.campaign import person
from campaigns.views.connection_facts import acts, facts, price
from campaigns.views.connection_form import ConnectionForm
from campaigns.views.errors import land

GONE = "This platform is no longer installed."


@dataclass(frozen=True, slots=True)
class Line:
    """One connection of the list."""

    connection: Connection
    platform_name: str
    platform_short: str
    campaign_count: int


def find(request: HttpRequest, pk: int) -> Connection:
    """The connection, if this person may see it; else 404."""
    mine = Connection.objects.visible_to(person(request)).select_related("held_by")
    return get_object_or_404(mine.with_wide_hold(), pk=pk)


def platform_of(connection: Connection) -> Platform | None:
    """The platform of a connection; None when its package is gone."""
    try:
        return registry.get(connection.platform)
    except UnknownPlatform:
        return None


@require_safe
def connection_list(request: HttpRequest) -> HttpResponse:
    """Every connection this person may see; archived ones for admins."""
    me = person(request)
    mine = Connection.objects.visible_to(me)
    may_connect = me.may(Right.CONNECT)
    context = {
        "lines": _lines(mine.in_use().with_wide_hold()),
        "archived": mine.exclude(archived_at=None) if may_connect else [],
        "add_url": reverse("connection_choose") if may_connect else "",
        "may_hold": me.may(Right.HOLD),
    }
    return render(request, "campaigns/connection_list.html", context)


@require_safe
def connection_choose(request: HttpRequest) -> HttpResponse:
    """Choose the platform to connect."""
    choices = [
        {
            "name": platform.name,
            "text": f"{platform.base_url}. {platform.capabilities.cost_words}",
            "url": reverse("connection_add", args=[platform.key]),
        }
        for platform in registry.all()
    ]
    return render(request, "campaigns/connection_form.html", {"platforms": choices})


@require_http_methods(["GET", "POST"])
def connection_add(request: HttpRequest, key: str) -> HttpResponse:
    """Connect a platform: its real addresses are filled in, credentials asked for."""
    try:
        platform = registry.get(key)
    except UnknownPlatform as error:
        raise Http404 from error
    posted = request.POST if request.method == "POST" else None
    form = ConnectionForm(platform, connecting.suggested(platform), posted, is_new=True)
    if form.is_valid():
        try:
            added = connecting.connect(
                platform, form.details(), form.secrets(), person(request)
            )
        except ValidationError as error:
            land(form, error)
        else:
            tasks.hint_sync(added.pk)
            messages.info(
                request, f"{added} is connected; its campaigns are being read."
            )
            return redirect("connection_detail", pk=added.pk)
    return _form(request, form, platform, None)


@require_http_methods(["GET", "POST"])
def connection_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a connection; a credential left empty stays as it is."""
    connection = find(request, pk)
    platform = platform_of(connection)
    if platform is None or connection.archived_at:
        raise Http404(GONE)
    posted = request.POST if request.method == "POST" else None
    form = ConnectionForm(
        platform, connections.details_of(connection), posted, is_new=False
    )
    if form.is_valid():
        try:
            connecting.amend(
                connection, form.details(), form.secrets(), person(request)
            )
        except ValidationError as error:
            land(form, error)
        else:
            messages.info(request, f"{connection} was changed.")
            return redirect("connection_detail", pk=pk)
    return _form(request, form, platform, connection)


@require_safe
def connection_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One connection: its state, its settings, what can be done with it."""
    return _detail(request, find(request, pk))


@require_POST
def connection_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Try the credentials now: a person's own act, with bounded waiting."""
    connection = find(request, pk)
    if platform_of(connection) is None or connection.archived_at:
        raise Http404(GONE)
    check = connecting.test(connection, person(request))
    if request.headers.get("HX-Request"):
        return render(request, "campaigns/_connection_check.html", {"check": check})
    return _detail(request, connection, check)


@require_POST
def connection_sync(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a worker to read the list of campaigns soon."""
    connection = find(request, pk)
    connections.sync_soon(connection)
    tasks.hint_sync(connection.pk)
    messages.info(request, f"A worker reads the campaigns of {connection} now.")
    return redirect("connection_detail", pk=pk)


@require_POST
def connection_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Let nothing leave any more, and say why."""
    connection = find(request, pk)
    try:
        connections.hold(connection, person(request), request.POST.get("reason", ""))
    except ValidationError as error:
        words = " ".join(error.messages)
        return _detail(request, connection, status=422, reason_error=words)
    return redirect("connection_detail", pk=pk)


@require_POST
def connection_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let changes leave again; each is compared anew."""
    connection = find(request, pk)
    try:
        moved = connections.release(connection, person(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        tasks.hint_deliver(connection.pk)
        words = "1 change waits" if moved == 1 else f"{moved:,} changes wait"
        messages.info(request, f"Released. {words} to be compared and sent.")
    return redirect("connection_detail", pk=pk)


@require_POST
def connection_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a connection away for good, unless something is still open on it."""
    connection = find(request, pk)
    try:
        connections.archive(connection, person(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("connection_detail", pk=pk)
    messages.info(request, f"{connection} is archived. Its history stays.")
    return redirect("connection_list")


def _lines(mine: Connections) -> list[Line]:
    shown = Q(campaigns__is_deleted=False)
    counted = mine.annotate(shown=Count("campaigns", filter=shown))
    counts = dict(counted.values_list("pk", "shown"))
    lines = []
    for connection in mine.select_related("held_by"):
        platform = platform_of(connection)
        name = platform.name if platform else connection.platform
        short = platform.short if platform else "?"
        lines.append(Line(connection, name, short, counts[connection.pk]))
    return lines


def _form(
    request: HttpRequest,
    form: ConnectionForm,
    platform: Platform,
    connection: Connection | None,
) -> HttpResponse:
    context = {"form": form, "platform": platform, "connection": connection}
    status = 422 if form.errors else 200
    return render(request, "campaigns/connection_form.html", context, status=status)


def _detail(
    request: HttpRequest,
    connection: Connection,
    check: Check | None = None,
    status: int = 200,
    reason_error: str = "",
) -> HttpResponse:
    platform = platform_of(connection)
    context = {
        "connection": connection,
        "platform_name": platform.name if platform else connection.platform,
        "platform_short": platform.short if platform else "?",
        "facts": facts(connection, platform),
        "price": price(connection, platform),
        "check": check,
        "reason_error": reason_error,
        **acts(connection, person(request)),
    }
    return render(request, "campaigns/connection_detail.html", context, status=status)
