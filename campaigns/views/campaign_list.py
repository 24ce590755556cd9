"""The list of campaigns: found, filtered, sorted, paged. Reads no platform."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_GET

from campaigns import queries, registry
from campaigns.lifecycle import State
from campaigns.models import Campaign, Connection, Label, Person
from campaigns.models.campaign import status_word
from campaigns.queries.campaigns import SORTS
from campaigns.registry import UnknownPlatform
from campaigns.rights import Right
from campaigns.views import filters
from campaigns.views.asking import Asking, render_list
from campaigns.views.connection_facts import price
from campaigns.views.filters import WORK, Filters

PAGE = 50
ORDERS = [(f"{sign}{name}", name) for name in SORTS for sign in ("", "-")]


@dataclass(frozen=True, slots=True)
class Row:
    """One campaign of the list; `work` is what matters most of its open changes."""

    campaign: Campaign
    work: State | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where campaigns come from, and what reading their list may cost ("" if free)."""

    connection: Connection
    price: str


class CampaignFilters(Filters):
    q = filters.text("Name or remote id", "Name or remote id")
    platform = filters.platforms()
    status = forms.ChoiceField()
    label = forms.ModelChoiceField(Label.objects.none())
    state = forms.ChoiceField(label="Changes", choices=WORK)
    deleted = forms.BooleanField(label="Show deleted")
    sort = forms.ChoiceField(choices=ORDERS, widget=forms.HiddenInput)

    field_order = ("q", "connection", "platform", "status", "label", "state")

    def __init__(self, data: QueryDict, asker: Person) -> None:
        super().__init__(data, asker)
        statuses = [(word, status_word(word)) for word in queries.find_statuses(asker)]
        self.fields["status"] = forms.ChoiceField(
            choices=[("", "All"), *statuses], required=False
        )
        self.fields["label"] = forms.ModelChoiceField(
            queries.find_labels(asker), empty_label="All", required=False
        )

    def asked(self) -> queries.CampaignFilter:
        """What the address asks for."""
        chosen = self.cleaned_data
        return queries.CampaignFilter(
            text=chosen["q"].strip(),
            connection=self.key("connection"),
            platform=chosen["platform"],
            status=chosen["status"],
            label=self.key("label"),
            state=chosen["state"],
            with_deleted=chosen["deleted"] or chosen["status"].upper() == "DELETED",
        )


@require_GET
def campaign_list(request: Asking) -> HttpResponse:
    """Show the campaigns this person may see, as they were last read."""
    form = CampaignFilters(request.GET, request.user)
    page = _page(request, form)
    context: dict[str, Any] = {
        "filters": form,
        "page": page,
        "rows": _rows(request.user, list(page.object_list)),
        "sort": form.cleaned_data.get("sort") or "name",
        "sources": [_source(one) for one in queries.find_running(request.user)],
        "may_connect": request.user.may(Right.CONNECT),
    }
    return render_list(
        request,
        "campaigns/campaign_list.html",
        "campaigns/_campaign_rows.html",
        context,
    )


def _source(connection: Connection) -> Source:
    try:
        platform = registry.get(connection.platform)
    except UnknownPlatform:
        return Source(connection, "")
    return Source(connection, price(connection, platform))


def _page(request: Asking, form: CampaignFilters) -> Page[Campaign]:
    found: QuerySet[Campaign] = Campaign.objects.none()
    if form.is_valid():
        sort = form.cleaned_data["sort"] or "name"
        found = queries.find_campaigns(request.user, form.asked(), sort)
    return Paginator(found, PAGE).get_page(request.GET.get("page"))


def _rows(person: Person, campaigns: Sequence[Campaign]) -> list[Row]:
    work = queries.find_work(person, [campaign.pk for campaign in campaigns])
    return [Row(campaign, work.get(campaign.pk)) for campaign in campaigns]
