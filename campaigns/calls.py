"""How many calls to its platform the send of a change takes. Calls nobody.

The one rule for both sides: what a person is told before Send, and what delivery reads
and books. Lists are read by the clock, whatever is sent, and are not counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from campaigns import clock, documents
from campaigns.diff import FieldEdit
from campaigns.lifecycle import State
from campaigns.models import AttemptKind, Campaign, FieldChange, ReadPolicy

LONGEST_PAUSE = 30.0

Field = FieldEdit | FieldChange
LastSent = Mapping[tuple[int, str], datetime]
"""When a field, by campaign and path, was last sent."""


@dataclass(frozen=True, slots=True)
class Send:
    """What one change sends, and the keys that the list of its platform reports."""

    campaign: Campaign
    fields: Sequence[Field]
    list_keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Calls:
    """The reads before a send, the send, and the reads after it.

    `most` is what they come to while nothing fails: the snapshot has grown too old
    until then, or the platform shows the old value until its settle time is over.
    """

    before: int = 0
    after: int = 0
    most: int = 1

    @property
    def to_send(self) -> int:
        """Calls until the send is out, made in one go."""
        return self.before + 1

    @property
    def usual(self) -> int:
        """Calls it takes as a rule."""
        return self.to_send + self.after


def forecast(sends: Sequence[Send]) -> list[Calls]:
    """What each of these takes if it is sent now, by one query however many."""
    known = [(send, _trusted_from(send)) for send in sends]
    sent = _last_sent([(send.campaign.pk, at) for send, at in known if at])
    return [
        _calls(send, stands_in=at is not None and not _is_sent_since(send, at, sent))
        for send, at in known
    ]


def _calls(send: Send, *, stands_in: bool) -> Calls:
    """`stands_in` says whether the stored snapshot may stand in for a first read."""
    connection = send.campaign.connection
    if connection.read_policy == ReadPolicy.BLIND:
        return Calls()
    if connection.read_policy == ReadPolicy.CAREFUL:
        if not any(field.readable for field in send.fields):
            return Calls(before=1, most=2)
        return Calls(1, 1, 2 + _looks(timedelta(seconds=connection.settle_seconds)))
    after = 0 if is_listed(send.fields, send.list_keys) else 1
    return Calls(0 if stands_in else 1, after, 2 + after)


def is_listed(fields: Iterable[Field], list_keys: frozenset[str]) -> bool:
    """Whether the list shows everything about these fields that a read would."""
    roots = {documents.root(field.field) for field in fields if field.readable}
    return roots <= list_keys


def known_at(
    campaign: Campaign, paths: Iterable[str], list_keys: frozenset[str]
) -> datetime | None:
    """When these fields were last read: by the list too, where that reports them."""
    from_list = {documents.root(path) for path in paths} <= list_keys
    moments = [campaign.read_at, campaign.listed_at if from_list else None]
    return max(filter(None, moments), default=None)


def pause(since: timedelta) -> timedelta:
    """How long to wait before the next read of what is not seen so long after it."""
    looks = max(0, int(since / timedelta(seconds=1)).bit_length() - 1)
    return timedelta(seconds=min(LONGEST_PAUSE, 2.0**looks))


def _looks(settle: timedelta) -> int:
    """How often a value is read back that shows only once the settle time is over."""
    looks, since = 1, timedelta(0)
    while since < settle:
        since += pause(since)
        looks += 1
    return looks


def _trusted_from(send: Send) -> datetime | None:
    """Since when a thrifty connection knows these fields; None if that is too long."""
    connection = send.campaign.connection
    if connection.read_policy != ReadPolicy.THRIFTY:
        return None
    paths = [field.field for field in send.fields]
    newest = known_at(send.campaign, paths, send.list_keys)
    longest = timedelta(seconds=connection.snapshot_seconds)
    return newest if newest and abs(clock.now() - newest) <= longest else None


def _is_sent_since(send: Send, moment: datetime, sent: LastSent) -> bool:
    """Whether one of these fields was sent later, and may be what we sent by now.

    A change that ended without a read, its campaign not found, left nothing newer.
    """
    places = ((send.campaign.pk, field.field) for field in send.fields)
    return any(place in sent and sent[place] >= moment for place in places)


def _last_sent(known: Sequence[tuple[int, datetime]]) -> LastSent:
    """The last sends of fields that the platform reports, on these campaigns.

    Only those that could be later than the moments beside the campaigns.
    """
    if not known:
        return {}
    rows = FieldChange.objects.filter(
        change__campaign__in={campaign for campaign, _ in known},
        change__attempts__kind=AttemptKind.PATCH,
        change__attempts__started_at__gte=min(at for _, at in known),
        readable=True,
    ).exclude(state=State.REJECTED)
    last = rows.order_by().values_list("change__campaign", "field")
    return {
        (campaign, field): at
        for campaign, field, at in last.annotate(Max("change__attempts__started_at"))
    }
