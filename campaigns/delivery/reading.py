"""Reads one campaign for a change, and records what the read cost and showed."""

from dataclasses import dataclass
from datetime import datetime

from campaigns import clock
from campaigns.delivery import attempts, rates, snapshots
from campaigns.delivery.attempts import Outcome
from campaigns.delivery.lanes import Claim
from campaigns.delivery.links import Link
from campaigns.documents import Document
from campaigns.gateway.contract import GatewayError
from campaigns.models import AttemptKind, Change


@dataclass(frozen=True, slots=True)
class Look:
    """What was known by one read.

    `asked` is when its request began, `heard` when the answer was here: writing it
    down may take longer.
    """

    document: Document
    asked: datetime
    heard: datetime


def read(link: Link, claim: Claim, change: Change, kind: AttemptKind) -> Look:
    """The campaign as the platform reports it now.

    Raises what the client raises, after writing the attempt down.
    """
    campaign = change.campaign
    try:
        reading = link.client.read(campaign.remote_id)
    except GatewayError as error:
        rates.learn(link.connection, error)
        attempts.looked(claim, change, kind, error.exchange, Outcome.NOT_READ)
        raise
    asked, heard = reading.exchange.started_at, clock.now()
    rates.learn(link.connection, None)
    attempts.looked(claim, change, kind, reading.exchange, Outcome.READ)
    document = snapshots.keep(campaign, reading.row, link.form, whole=True, asked=asked)
    return Look(document, asked, heard)
