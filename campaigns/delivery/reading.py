"""Reads one campaign for a change, and records what the read cost and showed."""

from datetime import datetime

from campaigns import clock, documents
from campaigns.delivery import attempts, rates, snapshots
from campaigns.delivery.attempts import Outcome
from campaigns.delivery.lanes import Claim
from campaigns.delivery.links import Link
from campaigns.documents import Document
from campaigns.gateway.contract import GatewayError
from campaigns.lifecycle import State
from campaigns.models import AttemptKind, Campaign, Change, FieldChange


def read(link: Link, claim: Claim, change: Change, kind: AttemptKind) -> Document:
    """The campaign's document as the platform reports it now.

    Raises what the client raises, after writing the attempt down.
    """
    return answered(link, claim, change, kind)[0]


def answered(
    link: Link, claim: Claim, change: Change, kind: AttemptKind
) -> tuple[Document, datetime]:
    """The same, and the moment of the answer: writing it down may take longer."""
    campaign = change.campaign
    try:
        reading = link.client.read(campaign.remote_id)
    except GatewayError as error:
        rates.learn(link.connection, error)
        attempts.looked(claim, change, kind, error.exchange, Outcome.NOT_READ)
        raise
    at = clock.now()
    rates.learn(link.connection, None)
    attempts.looked(claim, change, kind, reading.exchange, Outcome.READ)
    return snapshots.keep(campaign, reading.row, link.form, whole=True), at


def fresh_enough(link: Link, campaign: Campaign, fields: list[str]) -> bool:
    """Whether the stored snapshot may stand in for a read (thrifty connections)."""
    if link.is_careful:
        return False
    roots = {documents.root(field) for field in fields}
    from_list = roots <= link.platform.capabilities.list_keys
    moments = [campaign.read_at, campaign.listed_at if from_list else None]
    newest = max(filter(None, moments), default=None)
    if newest is None or _sent_since(campaign, fields, newest):
        return False
    age = (clock.now() - newest).total_seconds()
    return age <= link.connection.snapshot_seconds


def _sent_since(campaign: Campaign, fields: list[str], moment: datetime) -> bool:
    """Whether one of these fields was sent later, and may be what we sent by now.

    A change that ended without a read, its campaign not found, left nothing newer.
    """
    sent = FieldChange.objects.filter(
        change__campaign=campaign,
        change__attempts__kind=AttemptKind.PATCH,
        change__attempts__started_at__gte=moment,
        field__in=fields,
        readable=True,
    )
    return sent.exclude(state=State.REJECTED).exists()
