"""The filters of the lists: what an address may ask for, and how it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model
from django.http import QueryDict
from django.utils import timezone

from campaigns import registry
from campaigns.lifecycle import State
from campaigns.models import Campaign, Connection, Person
from campaigns.queries.campaigns import NEEDS_YOU, OPEN_WORK
from campaigns.views import keys

DAYS = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31)))
STATES = [(state.value, state.word) for state in State if state != State.DRAFT]
WORK = [
    ("", "All"),
    (OPEN_WORK, "Any open"),
    (NEEDS_YOU, "Needs you"),
    *STATES,
]


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is set: its words, and the address without it."""

    label: str
    words: str
    url: str


class Filters(forms.Form):
    """Filters of one list. Every field may be absent; a wrong value is an error."""

    connection = forms.ModelChoiceField(Connection.objects.none(), empty_label="All")

    def __init__(self, data: QueryDict, asker: Person) -> None:
        super().__init__(data)
        self.asker, self.typed = asker, data
        seen = Connection.objects.visible_to(asker).order_by("name")
        self.fields["connection"] = forms.ModelChoiceField(seen, empty_label="All")
        if "campaign" in self.fields:
            of_seen = Campaign.objects.filter(connection__in=seen.order_by())
            self.fields["campaign"] = forms.ModelChoiceField(
                of_seen, widget=forms.HiddenInput
            )
        for field in self.fields.values():
            field.required = False
        self.order_fields(self.field_order)

    def query(self, without: str = "") -> str:
        """The address of what is shown, "?…", without one filter and without pages."""
        kept = QueryDict(mutable=True)
        for name in self.fields:
            values = [value for value in self.typed.getlist(name) if value]
            if name != without and values:
                kept.setlist(name, values[-1:])
        return f"?{kept.urlencode()}"

    def chips(self) -> list[Chip]:
        """The filters that are set, in the order of the form."""
        if not self.is_valid():
            return []
        return [
            Chip(str(self[name].label), words, self.query(without=name))
            for name in self.fields
            if name != "sort" and (words := self._words(name))
        ]

    def _words(self, name: str) -> str:
        value = self.cleaned_data[name]
        if value in (None, "", False):
            return ""
        if isinstance(value, date):
            return f"{value.day} {value:%b %Y}"
        if value is True or isinstance(value, Model):
            return "yes" if value is True else str(value)
        choices = getattr(self.fields[name].widget, "choices", ())
        return _chosen(choices, str(value))

    def key(self, name: str) -> int | None:
        """The primary key of the row that a filter chose."""
        chosen = self.cleaned_data[name]
        return chosen.pk if chosen else None


def platforms() -> forms.ChoiceField:
    """A choice among the platforms."""
    known = [(platform.key, platform.name) for platform in registry.all()]
    return forms.ChoiceField(label="Platform", choices=[("", "All"), *known])


def campaign() -> "forms.ModelChoiceField[Campaign]":
    """The campaign that links lead to; kept by the form, not shown in it."""
    return forms.ModelChoiceField(Campaign.objects.none(), widget=forms.HiddenInput)


def number(label: str) -> forms.IntegerField:
    """The number of a row that links lead to; kept by the form, not shown in it."""
    return forms.IntegerField(
        label=label, min_value=1, max_value=keys.LARGEST, widget=forms.HiddenInput
    )


def day(label: str) -> forms.DateField:
    """A day in the person's zone."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, validators=DAYS)


def text(label: str, hint: str) -> forms.CharField:
    """Words to look for."""
    widget = forms.TextInput(attrs={"type": "search", "placeholder": hint})
    return forms.CharField(label=label, max_length=300, widget=widget)


def begin(chosen: date | None) -> datetime | None:
    """Midnight in the person's zone at the begin of a day."""
    return None if chosen is None else midnight(chosen)


def midnight(day: date) -> datetime:
    """When a day begins in the person's zone: the first, where midnight comes twice."""
    return timezone.make_aware(datetime.combine(day, time.min))


def end(chosen: date | None) -> datetime | None:
    """Midnight in the person's zone at the end of a day."""
    return begin(chosen + timedelta(days=1)) if chosen else None


def _chosen(choices: Iterable[Any], value: str) -> str:
    for key, words in choices:
        if isinstance(words, list | tuple):
            found = _chosen(words, value)
            if found != value:
                return found
        elif str(key) == value:
            return str(words)
    return value
