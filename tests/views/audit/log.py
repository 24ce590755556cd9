"""The audit log as a manager asks for it, and entries to find in it."""

from datetime import UTC, datetime

from django.db import transaction

from campaigns import audit
from campaigns.audit import Event, Told
from tests.factories import CampaignFactory


def append(event=Event.OUTSIDE, stream="system", at=None, **words):
    with transaction.atomic():
        return audit.append(event, stream, at=at or datetime.now(UTC), **words)


def outside(**words):
    campaign = words.pop("campaign", None) or CampaignFactory()
    told = [Told("ttr", "Time to rate", "7", "3", "7 days", "3 days")]
    stream = f"campaign:{campaign.pk}"
    return append(stream=stream, campaign=campaign, fields=told, **words)


def see(client, **asked):
    response = client.get("/audit/", asked)
    assert response.status_code == 200
    return response


def listed(client, **asked):
    return [line.entry.pk for line in see(client, **asked).context["lines"]]


def text(client, **asked):
    return see(client, **asked).content.decode()
