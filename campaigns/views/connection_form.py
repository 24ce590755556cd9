"""The form of a connection: what every one has, and what its platform asks for."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from django import forms

from campaigns.connections import Details
from campaigns.gateway.contract import Platform, Secret
from campaigns.models import Person, ReadPolicy
from campaigns.views import keys

AS_IT_IS = "Leave empty to keep what is stored."
FIELDS = dataclasses.fields(Details)


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # takes none when it runs
    """People by their keys; what cannot be a key is no choice, and no error of ours."""

    def clean(self, value: Any) -> Any:
        if any(keys.read(str(one)) is None for one in value or ()):
            raise forms.ValidationError("Choose among the people listed here.")
        return super().clean(value)


class ConnectionForm(forms.Form):
    """Bound or filled with `details`; credentials are never filled in."""

    name = forms.CharField(
        label="Name", max_length=120, help_text="As people here call it."
    )
    employer = forms.CharField(
        label="Employer id",
        max_length=120,
        required=False,
        help_text="One connection serves one employer.",
    )
    base_url = forms.CharField(label="Address", max_length=300)
    token_url = forms.CharField(
        label="Token address",
        max_length=300,
        required=False,
        help_text="Where tokens are asked for.",
    )
    is_sandbox = forms.BooleanField(
        label="A sandbox on this machine",
        required=False,
        help_text="Stands in for the platform on 127.0.0.1; nothing costs money.",
    )
    read_policy = forms.ChoiceField(
        label="Read policy",
        choices=ReadPolicy.choices,
        help_text="A platform may charge for reads.",
    )
    snapshot_seconds = forms.IntegerField(
        label="Trusts a read for, in seconds",
        help_text="For Thrifty: a younger read needs no other before a send.",
    )
    settle_seconds = forms.IntegerField(
        label="Settles in, in seconds",
        help_text="So long a read may still show the old value after a send.",
    )
    sync_every_seconds = forms.IntegerField(
        label="Reads the list every, in seconds",
        help_text="900 is a quarter of an hour.",
    )
    calls_per_minute = forms.IntegerField(
        label="Calls a minute at most",
        help_text="Fewer when the platform asks for a slower pace.",
    )
    open_to_all = forms.BooleanField(
        label="Everyone here may see and edit its campaigns", required=False
    )
    people = PeopleField(
        label="Otherwise only",
        queryset=Person.objects.filter(is_active=True).order_by("full_name"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(
        self, platform: Platform, details: Details, data: Any = None, *, is_new: bool
    ) -> None:
        shown = {field.name: getattr(details, field.name) for field in FIELDS}
        super().__init__(data, initial=shown)
        self.platform, self.is_new = platform, is_new
        self.fields[
            "base_url"
        ].help_text = f"{platform.name} is at {platform.base_url}."
        for name, is_asked in (
            ("employer", platform.needs_employer),
            ("token_url", bool(platform.token_url)),
        ):
            if is_asked:
                self.fields[name].required = True
            else:
                del self.fields[name]
        for secret in platform.secrets:
            self.fields[f"secret_{secret.name}"] = _secret_field(secret, is_new)
        first = ["name", "employer", *(name for name, _ in self._secrets())]
        self.order_fields(first)

    def details(self) -> Details:
        """What was entered, as the verbs take it."""
        names = {field.name for field in FIELDS}
        entered = {n: v for n, v in self.cleaned_data.items() if n in names}
        return Details(**entered | {"people": tuple(entered["people"])})

    def secrets(self) -> dict[str, str]:
        """The credentials entered, by the platform's names; blanks included."""
        return {name: self.cleaned_data[field] for field, name in self._secrets()}

    def _secrets(self) -> Iterator[tuple[str, str]]:
        for secret in self.platform.secrets:
            yield f"secret_{secret.name}", secret.name


def _secret_field(secret: Secret, is_new: bool) -> forms.CharField:
    attributes = {"autocomplete": "off", "spellcheck": "false"}
    widget = forms.PasswordInput if secret.secret else forms.TextInput
    if secret.secret:
        attributes["autocomplete"] = "new-password"
    return forms.CharField(
        label=secret.label,
        help_text=secret.help if is_new else f"{secret.help} {AS_IT_IS}",
        required=secret.required and is_new,
        max_length=4000,
        widget=widget(attributes),
    )
