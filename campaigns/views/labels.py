"""Labels on the page of a campaign."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from campaigns import labels
from campaigns.models import Label
from campaigns.views.campaign import find, person
from campaigns.views.errors import refuse


@require_POST
def label_put(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a label on a campaign."""
    campaign = find(request, pk)
    try:
        labels.put(campaign, request.POST.get("name", ""), person(request))
    except ValidationError as error:
        return refuse(request, error, reverse("campaign_detail", args=[pk]))
    return redirect("campaign_detail", pk=pk)


@require_POST
def label_take_off(request: HttpRequest, pk: int, label: int) -> HttpResponse:
    """Take a label off a campaign."""
    campaign = find(request, pk)
    labels.take_off(campaign, get_object_or_404(Label, pk=label), person(request))
    return redirect("campaign_detail", pk=pk)
