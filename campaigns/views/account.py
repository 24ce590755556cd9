"""One's own account: the name others see, and the zone in which times are told."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from campaigns import digests, people
from campaigns.models import Person, Rhythm
from campaigns.views.campaign import person
from campaigns.views.errors import land
from campaigns.views.people import ProfileForm

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class OwnForm(ProfileForm):
    """The profile, and the mails one wants."""

    rhythm = forms.ChoiceField(
        label="E-mail what needs me",
        choices=Rhythm.choices,
        required=False,
        help_text="Only while something waits.",
    )
    hour = forms.TypedChoiceField(
        label="Once a day, at",
        choices=HOURS,
        coerce=int,
        empty_value=None,
        required=False,
        help_text="In your time zone.",
    )

    def remember(self, person: Person) -> None:
        """Keep the wish for mails, where the form came with one."""
        now, entered = digests.wish(person), self.cleaned_data
        hour = entered["hour"] if entered["hour"] is not None else now.hour
        rhythm = Rhythm(entered["rhythm"] or now.rhythm)
        if (rhythm, hour) != (now.rhythm, now.hour):
            digests.choose(person, rhythm, hour)


@require_http_methods(["GET", "POST"])
def profile_edit(request: HttpRequest) -> HttpResponse:
    """Change one's own name, time zone and mails; roles and address are an admin's."""
    me = person(request)
    digest = digests.wish(me)
    now = {
        "full_name": me.full_name,
        "timezone": me.timezone,
        "rhythm": digest.rhythm,
        "hour": digest.hour,
    }
    form = OwnForm(request.POST if request.method == "POST" else None, initial=now)
    if form.is_valid():
        name, zone = form.cleaned_data["full_name"], form.cleaned_data["timezone"]
        try:
            people.change(me, people.Details(me.email, name, me.roles, zone), me)
        except ValidationError as error:
            land(form, error)
        else:
            form.remember(me)
            messages.info(request, "Your profile was changed.")
            return redirect("profile_edit")
    status = 422 if form.errors else 200
    return render(request, "campaigns/profile.html", {"form": form}, status=status)
