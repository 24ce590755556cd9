"""Notices: who is told of which entries, what arrived, what was given up."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from campaigns import notices, queries
from campaigns.audit import Event
from campaigns.gateway import webhook
from campaigns.gateway.contract import Unavailable
from campaigns.lifecycle import State
from campaigns.models import Connection, Person, Road, Subscription
from campaigns.rights import Right
from campaigns.views.asking import Asking
from campaigns.views.errors import land

SHOWN = 30
UNMAILED = ("console", "dummy")
"""E-mail backends that bring no letter to anybody."""
NO_MAIL = (
    "No mail server is set up here: e-mails are written into the log of the worker and "
    "reach nobody. An admin sets EMAIL_BACKEND and EMAIL_HOST."
)
EVENTS = [(event.value, event.value.capitalize()) for event in Event]
STATES = [(state.value, state.word) for state in State if state != State.DRAFT]


class NoticeForm(forms.Form):
    """What is to be told, and where to."""

    name = forms.CharField(label="Name", max_length=80)
    road = forms.ChoiceField(label="Told by")
    url = forms.CharField(
        label="Address",
        max_length=500,
        required=False,
        help_text="For a webhook: https://… Each call is signed with a secret.",
    )
    events = forms.MultipleChoiceField(
        label="Events",
        choices=EVENTS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked means every event.",
    )
    states = forms.MultipleChoiceField(
        label="States",
        choices=STATES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked means every state, and entries without one.",
    )
    connection = forms.ModelChoiceField(
        Connection.objects.none(), required=False, empty_label="Every connection"
    )

    def __init__(self, asker: Person, *arguments: Any, **words: Any) -> None:
        super().__init__(*arguments, **words)
        may_call = asker.may(Right.HOLD) or asker.may(Right.CONNECT)
        roads = Road.choices if may_call else [(Road.EMAIL.value, Road.EMAIL.label)]
        seen = Connection.objects.visible_to(asker).order_by("name")
        self.fields["road"] = forms.ChoiceField(
            label="Told by", choices=roads, help_text=_no_mail()
        )
        self.fields["connection"] = forms.ModelChoiceField(
            seen, required=False, empty_label="Every connection"
        )

    def clean(self) -> dict[str, Any]:
        """A webhook needs an address that may be called."""
        said = super().clean() or self.cleaned_data
        if said.get("road") == Road.EMAIL:
            said["url"] = ""
        if said.get("road") == Road.WEBHOOK:
            allowed = settings.CAMPAIGN_DESK_ALLOW_LOOPBACK
            try:
                said["url"] = webhook.checked(said["url"], loopback_allowed=allowed)
            except Unavailable as error:
                self.add_error("url", error.message)
        return said

    def wanted(self) -> notices.Wanted:
        """What was filled in, for the verbs."""
        said = self.cleaned_data
        return notices.Wanted(
            name=said["name"],
            road=Road(said["road"]),
            url=said["url"],
            events=tuple(said["events"]),
            states=tuple(said["states"]),
            connection=said["connection"],
        )


@require_safe
def notice_list(request: Asking) -> HttpResponse:
    """Show who is told of what, and what did not arrive."""
    rows = queries.find_notices(request.user)
    return render(request, "campaigns/notice_list.html", {"notices": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def notice_add(request: Asking) -> HttpResponse:
    """Fill in what is to be told; begin to tell it."""
    form = NoticeForm(request.user, _posted(request))
    if form.is_valid():
        try:
            made = notices.add(request.user, form.wanted())
        except ValidationError as error:
            land(form, error)
        else:
            return redirect("notice_detail", pk=made.pk)
    return _form(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def notice_edit(request: Asking, pk: int) -> HttpResponse:
    """Tell other entries, or another address."""
    notice = _find(request, pk)
    first = {
        "name": notice.name,
        "road": notice.road,
        "url": notice.url,
        "events": notice.events,
        "states": notice.states,
        "connection": notice.connection_id,
    }
    form = NoticeForm(request.user, _posted(request), initial=first)
    form.fields["road"].disabled = True
    if form.is_valid():
        notices.change(notice, request.user, form.wanted())
        return redirect("notice_detail", pk=pk)
    return _form(request, form, notice)


@require_safe
def notice_detail(request: Asking, pk: int) -> HttpResponse:
    """Show one notice and what became of its entries."""
    return _detail(request, _find(request, pk))


@require_POST
def notice_secret(request: Asking, pk: int) -> HttpResponse:
    """Show the secret of a webhook to who made it."""
    notice = _find(request, pk)
    try:
        secret = notices.secret_of(notice, request.user)
    except notices.NotYours as error:
        messages.error(request, str(error))
        return redirect("notice_detail", pk=pk)
    return _detail(request, notice, secret)


@require_POST
def notice_stop(request: Asking, pk: int) -> HttpResponse:
    """Tell nothing more."""
    notices.stop(_find(request, pk), request.user)
    return redirect("notice_detail", pk=pk)


@require_POST
def notice_start(request: Asking, pk: int) -> HttpResponse:
    """Tell again what happens from now on."""
    try:
        notices.start(_find(request, pk), request.user)
    except notices.NotYours as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("notice_detail", pk=pk)


@require_POST
def notice_again(request: Asking, pk: int) -> HttpResponse:
    """Try what was given up once more."""
    count = notices.tell_again(_find(request, pk), request.user)
    words = "1 entry is" if count == 1 else f"{count:,} entries are"
    messages.info(request, f"{words} tried again.")
    return redirect("notice_detail", pk=pk)


def _no_mail() -> str:
    """Why no e-mail reaches anybody; "" where e-mails leave."""
    kind = settings.EMAIL_BACKEND.split(".")[-2]
    return NO_MAIL if kind in UNMAILED else ""


def _posted(request: Asking) -> QueryDict | None:
    """What the form came with, an empty one too; None where it is only looked at."""
    return request.POST if request.method == "POST" else None


def _find(request: Asking, pk: int) -> Subscription:
    return get_object_or_404(queries.find_notices(request.user), pk=pk)


def _form(
    request: Asking, form: NoticeForm, notice: Subscription | None
) -> HttpResponse:
    context = {"form": form, "notice": notice}
    status = 422 if form.errors else 200
    return render(request, "campaigns/notice_form.html", context, status=status)


def _detail(request: Asking, notice: Subscription, secret: str = "") -> HttpResponse:
    context = {
        "notice": notice,
        "deliveries": queries.find_deliveries(notice)[:SHOWN],
        "secret": secret,
        "is_mine": notice.person_id == request.user.pk,
        "no_mail": _no_mail() if notice.road == Road.EMAIL else "",
    }
    return render(request, "campaigns/notice_detail.html", context)
