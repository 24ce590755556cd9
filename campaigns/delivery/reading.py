"""Reads one campaign for a change, and records what the read cost and showed."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError

from campaigns import clock
from campaigns.delivery import attempts, rates, snapshots
from campaigns.delivery.lanes import Claim
from campaigns.delivery.links import Link
from campaigns.documents import Document
from campaigns.gateway.contract import GatewayError, Reading, Unavailable
from campaigns.models import AttemptKind, Change, Outcome

log = structlog.get_logger(__name__)


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

    Raises what the client raises, after writing the attempt down; `Unavailable` too
    where the answer cannot be kept, whatever a platform may have thought of.
    """
    try:
        reading = link.client.read(change.campaign.remote_id)
    except GatewayError as error:
        rates.learn(link.connection, error)
        attempts.looked(claim, change, kind, error.exchange, Outcome.NOT_READ)
        raise
    heard = clock.now()
    rates.learn(link.connection, None)
    attempt = attempts.looked(claim, change, kind, reading.exchange, Outcome.READ)
    try:
        document = _keep(link, change, reading)
    except Unavailable:
        attempts.unkept(attempt)
        raise
    return Look(document, reading.exchange.started_at, heard)


def _keep(link: Link, change: Change, reading: Reading) -> Document:
    asked = reading.exchange.started_at
    try:
        return snapshots.keep(
            change.campaign, reading.row, link.form, whole=True, asked=asked
        )
    except (InterfaceError, OperationalError):
        raise  # the database is busy or away: that is no fault of this campaign
    except Exception as error:
        log.exception("campaign not kept", campaign=change.campaign_id)
        raise Unavailable(snapshots.UNKEPT, exchange=reading.exchange) from error
