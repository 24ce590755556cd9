"""One's own account: the name others see, and the zone in which times are told."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from campaigns import people
from campaigns.views.campaign import person
from campaigns.views.errors import land
from campaigns.views.people import ProfileForm


@require_http_methods(["GET", "POST"])
def profile_edit(request: HttpRequest) -> HttpResponse:
    """Change one's own name and time zone; roles and address are an admin's."""
    me = person(request)
    now = {"full_name": me.full_name, "timezone": me.timezone}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=now)
    if form.is_valid():
        name, zone = form.cleaned_data["full_name"], form.cleaned_data["timezone"]
        try:
            people.change(me, people.Details(me.email, name, me.roles, zone), me)
        except ValidationError as error:
            land(form, error)
        else:
            messages.info(request, "Your profile was changed.")
            return redirect("profile_edit")
    status = 422 if form.errors else 200
    return render(request, "campaigns/profile.html", {"form": form}, status=status)
