"""The people of this installation: for admins. A new password is shown once."""

import zoneinfo
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from campaigns import people, second_factors
from campaigns.models import Person
from campaigns.rights import WORDS, Role
from campaigns.views.campaign import person
from campaigns.views.errors import land

ZONES = sorted(
    name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC"
)
"""Leaves out old nicknames such as "Cuba" and "W-SU"."""


class ProfileForm(forms.Form):
    """What people may change about themselves."""

    full_name = forms.CharField(
        label="Name", max_length=150, widget=forms.TextInput({"autocomplete": "off"})
    )
    timezone = forms.ChoiceField(
        label="Time zone",
        choices=[(name, name.replace("_", " ")) for name in ZONES],
        help_text="All times on all pages are told in this zone.",
    )


class PersonForm(ProfileForm):
    """What an admin says about a person."""

    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
        help_text="They sign in with it.",
    )
    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=[(role.value, f"{role.capitalize()}: {WORDS[role]}") for role in Role],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role."},
    )
    field_order = ("full_name", "email", "roles", "timezone")

    def details(self) -> people.Details:
        """What was entered, as the verbs take it."""
        entered = self.cleaned_data
        roles = [Role(role) for role in entered["roles"]]
        return people.Details(
            entered["email"], entered["full_name"], roles, entered["timezone"]
        )


@require_safe
def person_list(request: HttpRequest) -> HttpResponse:
    """Everybody who can sign in, then who no longer can."""
    everybody = Person.objects.order_by("-is_active", "full_name", "pk")
    has_demo = any(each.is_demo and each.is_active for each in everybody)
    context = {
        "people": everybody,
        "active": sum(each.is_active for each in everybody),
        "roles": WORDS.items(),
        "add_url": reverse("person_add"),
        "replace_demo_url": reverse("person_replace_demo") if has_demo else "",
    }
    return render(request, "campaigns/person_list.html", context)


@require_http_methods(["GET", "POST"])
def person_add(request: HttpRequest) -> HttpResponse:
    """Add somebody; the answer shows their password, once."""
    zone = {"timezone": person(request).timezone}
    form = PersonForm(request.POST if request.method == "POST" else None, initial=zone)
    if form.is_valid():
        try:
            added, password = people.add(form.details(), person(request))
        except ValidationError as error:
            land(form, error)
        else:
            return _page(request, _filled(added), added, password)
    return _page(request, form, None)


@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a person's name, address, roles or zone."""
    subject = get_object_or_404(Person, pk=pk)
    if request.method != "POST":
        return _page(request, _filled(subject), subject)
    form = PersonForm(request.POST)
    if form.is_valid():
        try:
            people.change(subject, form.details(), person(request))
        except ValidationError as error:
            land(form, error)
        else:
            messages.info(request, f"{subject} was changed.")
            return redirect("person_list")
    return _page(request, form, subject)


@require_POST
def person_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """End a person's access at once. What they began stays."""
    subject = get_object_or_404(Person, pk=pk)
    try:
        people.deactivate(subject, person(request))
    except ValidationError as error:
        return _refused(request, subject, error)
    messages.info(request, f"{subject} is deactivated and signed out everywhere.")
    return redirect("person_list")


@require_POST
def person_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a person in again, with a new password that the answer shows once."""
    return _with_password(request, pk, people.reactivate)


@require_POST
def person_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a new password, which the answer shows once."""
    return _with_password(request, pk, people.set_password)


@require_POST
def person_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a lost second factor off, so that the password alone lets them in."""
    subject = get_object_or_404(Person, pk=pk)
    try:
        second_factors.remove(subject)
    except ValidationError as error:
        return _refused(request, subject, error)
    messages.info(request, f"{subject} signs in with the password alone now.")
    return redirect("person_edit", pk=subject.pk)


@require_POST
def person_replace_demo(request: HttpRequest) -> HttpResponse:
    """Deactivate the demo people, once an admin of one's own is there."""
    try:
        gone = people.replace_demo(person(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.info(request, f"{gone} demo people can no longer sign in.")
    return redirect("person_list")


def _with_password(
    request: HttpRequest, pk: int, verb: Callable[[Person, Person | None], str]
) -> HttpResponse:
    subject = get_object_or_404(Person, pk=pk)
    try:
        password = verb(subject, person(request))
    except ValidationError as error:
        return _refused(request, subject, error)
    return _page(request, _filled(subject), subject, password)


def _refused(
    request: HttpRequest, subject: Person, error: ValidationError
) -> HttpResponse:
    messages.error(request, " ".join(error.messages))
    return redirect("person_edit", pk=subject.pk)


def _filled(subject: Person) -> PersonForm:
    return PersonForm(
        initial={
            "full_name": subject.full_name,
            "email": subject.email,
            "roles": [role.value for role in subject.roles],
            "timezone": subject.timezone,
        }
    )


def _page(
    request: HttpRequest, form: PersonForm, subject: Person | None, password: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "subject": subject,
        "password": password,
        "has_second_factor": subject is not None and second_factors.has_one(subject),
    }
    status = 422 if form.errors else 200
    return render(request, "campaigns/person_form.html", context, status=status)
