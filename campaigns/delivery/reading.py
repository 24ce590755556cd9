"""Reads one campaign for a change, and records what the read cost and showed."""

from datetime import datetime

from campaigns import clock
from campaigns.delivery import attempts, rates, snapshots
from campaigns.delivery.attempts import Outcome
from campaigns.delivery.lanes import Claim
from campaigns.delivery.links import Link
from campaigns.documents import Document
from campaigns.gateway.contract import GatewayError
from campaigns.models import AttemptKind, Change


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
    asked = reading.exchange.started_at
    return snapshots.keep(campaign, reading.row, link.form, whole=True, asked=asked), at
