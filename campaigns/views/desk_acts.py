"""What reviewers and authors do at the desk: mark, flag, ask, answer."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from campaigns import queries, reviews
from campaigns.models import Question, Verdict
from campaigns.queries import Pile
from campaigns.views import desk, desk_cards, keys
from campaigns.views.asking import Asking
from campaigns.views.errors import refuse


@require_POST
def desk_mark(request: Asking, pk: int) -> HttpResponse:
    """Mark one set reviewed, or flag it."""
    verdict = request.POST.get("verdict", "")
    if verdict not in Verdict.values:
        raise Http404("There is no such verdict.")
    seen = _number(request.POST.get("seen", ""))
    reviews.mark(_set(request, pk), request.user, Verdict(verdict), seen=seen)
    return _answered(request, pk)


@require_POST
def desk_mark_shown(request: Asking) -> HttpResponse:
    """Mark those reviewed that the page showed: "12.340" is a set and its entry.

    What got a verdict or a question meanwhile stays as it is.
    """
    pairs = [pair.partition(".") for pair in request.POST.getlist("shown")]
    shown = [
        (_set(request, _number(pk)), _number(seen))
        for pk, _, seen in pairs[: desk.SHOWN]
    ]
    left = [(found, seen) for found, seen in shown if found.pile == Pile.OPEN]
    for found, seen in left:
        reviews.mark(found, request.user, Verdict.REVIEWED, seen=seen)
    count = len(left)
    messages.info(request, f"{count} change set{'s' * (count != 1)} marked reviewed.")
    return redirect(_back(request))


@require_POST
def desk_ask(request: Asking, pk: int) -> HttpResponse:
    """Ask the author of a set."""
    try:
        reviews.ask(_set(request, pk), request.user, request.POST.get("text", ""))
    except ValidationError as error:
        if not request.htmx:
            return refuse(request, error, _back(request))
        return _answered(request, pk, " ".join(error.messages))
    return _answered(request, pk)


@require_POST
def question_answer(request: Asking, pk: int) -> HttpResponse:
    """Answer a question on one's own set, or one that was passed on."""
    question = get_object_or_404(Question, pk=pk)
    try:
        reviews.answer(question, request.user, request.POST.get("text", ""))
    except reviews.NotForYou as error:
        raise Http404("There is no such question for you.") from error
    except ValidationError as error:
        return refuse(request, error, _back(request))
    return redirect(_back(request))


def _answered(request: Asking, pk: int, error: str = "") -> HttpResponse:
    """The card as it is now, with the coverage; or the way back to the desk."""
    if not request.htmx:
        return redirect(_back(request))
    shown = QueryDict(request.POST.get("back", "").partition("?")[2])
    span, pile = desk.asked(shown)
    context = {
        "card": desk_cards.one(request.user, pk),
        "error": error,
        "back": request.POST.get("back", ""),
        "is_partial": True,
        **desk.coverage(request.user, span, pile),
    }
    status = 422 if error else 200
    return render(request, "campaigns/_desk_answer.html", context, status=status)


def _set(request: Asking, pk: int) -> Any:
    """A change set with the `pile` it lies in."""
    return get_object_or_404(queries.find_sets(request.user), pk=pk)


def _number(text: str) -> int:
    key = keys.read(text)
    if key is None:
        raise Http404("This is not what the desk asks for.")
    return key


def _back(request: Asking) -> str:
    back = request.POST.get("back", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(
        back, allowed_hosts=None
    ):
        return back
    return reverse("desk_list")
