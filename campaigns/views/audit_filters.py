"""What an address may ask of the audit log."""

from typing import Any

from django import forms
from django.http import QueryDict

from campaigns import queries, registry
from campaigns.audit import Event
from campaigns.models import Channel, Person
from campaigns.queries import EntryFilter
from campaigns.views import filters
from campaigns.views.filters import STATES, Filters

EVENTS = [(event.value, event.value.capitalize()) for event in Event]
OF_PEOPLE = [
    ("full_name", "Name"),
    ("email", "E-mail"),
    ("roles", "Roles"),
    ("timezone", "Time zone"),
]


def _fields() -> list[tuple[str, Any]]:
    """Every field that an entry may speak of, by platform."""
    of_platforms = [
        (
            platform.name,
            [(path, field.label) for path, field in platform.form.declared().items()],
        )
        for platform in registry.all()
    ]
    return [("", "All"), *of_platforms, ("People", OF_PEOPLE)]


class AuditFilters(Filters):
    """Filters of the audit log."""

    q = filters.text("Find", "Find campaigns, values, reasons, people")
    person = forms.TypedChoiceField(label="Person", coerce=int, empty_value=None)
    platform = filters.platforms()
    field = forms.CharField(label="Field", max_length=120)
    value = forms.CharField(
        label="Value",
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "all of it: 14 days"}),
    )
    state = forms.ChoiceField(label="State", choices=[("", "All"), *STATES])
    event = forms.ChoiceField(label="Event", choices=[("", "All"), *EVENTS])
    channel = forms.ChoiceField(
        label="Channel", choices=[("", "All"), *Channel.choices]
    )
    since = filters.day("From")
    until = filters.day("To")
    jump = filters.day("Jump to")
    campaign = filters.campaign()

    field_order = ("q", "person", "connection", "platform")

    def __init__(self, data: QueryDict, asker: Person) -> None:
        super().__init__(data, asker)
        people = [("", "Everyone"), *queries.find_people()]
        self.fields["person"] = forms.TypedChoiceField(
            choices=people, coerce=int, empty_value=None, required=False
        )
        self.fields["field"].widget = forms.Select(choices=_fields())

    def asked(self) -> EntryFilter:
        """What the address asks for."""
        chosen = self.cleaned_data
        return EntryFilter(
            text=chosen["q"].strip(),
            person=chosen["person"],
            campaign=self.key("campaign"),
            connection=self.key("connection"),
            platform=chosen["platform"],
            field=chosen["field"],
            value=chosen["value"].strip(),
            state=chosen["state"],
            event=chosen["event"],
            channel=chosen["channel"],
            since=filters.begin(chosen["since"]),
            until=filters.end(chosen["until"]),
        )
