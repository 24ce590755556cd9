"""What may decide an accepted change: asked for after the platform's answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from campaigns import calls, clock, limits
from campaigns.delivery import lists, rates, reading, snapshots
from campaigns.delivery.lanes import Claim
from campaigns.delivery.links import Link
from campaigns.delivery.reading import Look
from campaigns.lifecycle import State
from campaigns.models import AttemptKind, Campaign, Change, FieldChange


def readable(link: Link, change: Change) -> list[FieldChange]:
    """The fields of a change that a read can show."""
    if link.is_blind:
        return []
    return [
        row
        for row in change.fields.all()
        if row.readable and row.state != State.ALREADY_SO
    ]


def settles_at(link: Link, change: Change) -> datetime:
    """From when on a request shows what an accepted change has left."""
    return _accepted_at(change) + link.settle


def find(
    link: Link, claim: Claim, change: Change, rows: Sequence[FieldChange]
) -> Look | None:
    """What was asked for after the answer; None as long as there is nothing.

    What a list should show and does not is read for this change alone. Raises what
    the client raises.
    """
    settled = settles_at(link, change)
    if _is_listed(link, rows):
        look = _stored(link, change, rows)
        is_final = look is not None and look.asked >= settled
        if is_final or not _is_overdue(link, change):
            return look
    elif not link.is_careful and clock.now() < settled:
        return None
    return read(link, claim, change)


def read(link: Link, claim: Claim, change: Change) -> Look:
    """A read for one change, booked. Raises what the client raises."""
    rates.book(change, 1)
    return reading.read(link, claim, change, AttemptKind.VERIFY)


def want(link: Link, change: Change, rows: Sequence[FieldChange]) -> None:
    """Once it may settle it: a list where none is due, sooner where an edit waits, or
    where none has come for long."""
    since = clock.now() - settles_at(link, change)
    if not _is_listed(link, rows) or since < timedelta(0):
        return
    paths = [row.field for row in rows]
    is_late = since >= limits.span("EXPIRY") / 2
    lists.want(link.connection, soon=is_late or lists.is_waited_for(change, paths))


def _accepted_at(change: Change) -> datetime:
    return change.accepted_at or change.moved_at


def _stored(link: Link, change: Change, rows: Sequence[FieldChange]) -> Look | None:
    """What is stored, where that was asked for after the answer."""
    campaign = Campaign.objects.get(pk=change.campaign_id)
    paths = [row.field for row in rows]
    asked = calls.known_at(campaign, paths, link.list_keys)
    if asked is None or not _accepted_at(change) < asked <= clock.now():
        return None
    return Look(snapshots.known(campaign), asked, asked)


def _is_overdue(link: Link, change: Change) -> bool:
    """Whether waiting for a list any longer could last for ever."""
    settled, longest = settles_at(link, change), limits.span("EXPIRY") * 3 / 4
    campaign = Campaign.objects.get(pk=change.campaign_id)
    is_left_out = campaign.missing_since or campaign.read_error == snapshots.UNKEPT
    return clock.now() >= (settled if is_left_out else settled + longest)


def _is_listed(link: Link, rows: Sequence[FieldChange]) -> bool:
    """Whether the next list decides, and no read is made for one change alone."""
    return not link.is_careful and calls.is_listed(rows, link.list_keys)
