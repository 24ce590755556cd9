"""Holding a platform, or everything: who, since when, why, and the release."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from campaigns import holds, registry, tasks
from campaigns.models import Connection, Hold
from campaigns.views.campaign import person


@dataclass(frozen=True, slots=True)
class Scope:
    """What can be held at once, and the hold on it if there is one."""

    key: str
    name: str
    connections: int
    hold: Hold | None
    error: str = ""


@require_safe
def hold_list(request: HttpRequest) -> HttpResponse:
    """Everything and each platform: held or going, with what a hold would stop."""
    return render(request, "campaigns/hold_list.html", {"scopes": _scopes()})


@require_POST
def hold_add(request: HttpRequest, scope: str) -> HttpResponse:
    """Let nothing leave for this scope, and say why."""
    _known(scope)
    try:
        holds.hold(scope, person(request), request.POST.get("reason", ""))
    except ValidationError as error:
        scopes = _scopes(scope, " ".join(error.messages))
        context = {"scopes": scopes}
        return render(request, "campaigns/hold_list.html", context, status=422)
    return redirect("hold_list")


@require_POST
def hold_release(request: HttpRequest, scope: str) -> HttpResponse:
    """Let changes leave again; each is compared anew."""
    _known(scope)
    try:
        moved = holds.release(scope, person(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("hold_list")
    for pk in Connection.objects.in_use().values_list("pk", flat=True):
        tasks.hint_deliver(pk)
    words = "1 change waits" if moved == 1 else f"{moved:,} changes wait"
    messages.info(request, f"Released. {words} to be compared and sent.")
    return redirect("hold_list")


def _known(scope: str) -> None:
    if scope not in {each.key for each in _scopes()}:
        raise Http404("There is nothing of this name to hold.")


def _scopes(wrong: str = "", error: str = "") -> list[Scope]:
    now = {hold.scope: hold for hold in holds.current()}
    using = Connection.objects.in_use()
    keys = [(platform.key, platform.name) for platform in registry.all()]
    return [
        Scope(
            key,
            name,
            (using.filter(platform=key) if key != Hold.EVERYTHING else using).count(),
            now.get(key),
            error if key == wrong else "",
        )
        for key, name in [(Hold.EVERYTHING, "Everything"), *keys]
    ]
