"""How many calls to its platform the send of a change takes. Calls nobody.

The one rule for both sides: what a person is told before Send, and what delivery reads
and books. Lists are read by the clock, whatever is sent, and are not counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from campaigns import clock, documents
from campaigns.diff import FieldEdit
from campaigns.lifecycle import State
from campaigns.models import AttemptKind, Campaign, FieldChange, ReadPolicy

LONGEST_PAUSE = 30.0

Field = FieldEdit | FieldChange
_TOLD = (
    "change__campaign",
    "field",
    "state",
    "change__accepted_at",
    "change__attempts__started_at",
    "change__attempts__deadline",
)
Unshown = Mapping[tuple[int, str], datetime]
"""Until when an answer, by the moment it was asked for, may lack what was sent of an
object, by campaign and root: an object is sent whole, and what a part of it lacks would
be sent back."""


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
    sent = _unshown([(send.campaign, at) for send, at in known if at])
    return [
        _calls(send, stands_in=at is not None and not _may_lack(send, at, sent))
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
    """When these fields were last read: by the list too, where that reports them.

    What a clock that was ahead has dated proves nothing.
    """
    from_list = {documents.root(path) for path in paths} <= list_keys
    moments = [campaign.read_at, campaign.listed_at if from_list else None]
    past = [at for at in moments if at is not None and at <= clock.now()]
    return max(past, default=None)


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


def _may_lack(send: Send, asked: datetime, unshown: Unshown) -> bool:
    """Whether what was asked for then may lack what we sent of one of these objects."""
    roots = {documents.root(field.field) for field in send.fields}
    places = [(send.campaign.pk, root) for root in roots]
    return any(place in unshown and unshown[place] >= asked for place in places)


def _unshown(known: Sequence[tuple[Campaign, datetime]]) -> Unshown:
    """What was sent of fields that the platform reports, on these campaigns.

    Only what may be missing at the moments beside the campaigns.
    """
    if not known:
        return {}
    settles = {campaign.pk: _settle(campaign) for campaign, _ in known}
    oldest = min(at - settles[campaign.pk] for campaign, at in known)
    lately = Q(change__attempts__started_at__gte=oldest)
    lately |= Q(change__attempts__deadline__gte=oldest)
    lately |= Q(change__accepted_at__gte=oldest)
    rows = FieldChange.objects.filter(
        lately,
        change__campaign__in=settles,
        change__attempts__kind=AttemptKind.PATCH,
        readable=True,
    ).exclude(state=State.REJECTED)
    found: dict[tuple[int, str], datetime] = {}
    for campaign, field, *told in rows.order_by().values_list(*_TOLD):
        until, place = _until(*told, settle=settles[campaign]), documents.root(field)
        found[campaign, place] = max(until, found.get((campaign, place), until))
    return found


def _settle(campaign: Campaign) -> timedelta:
    return timedelta(seconds=campaign.connection.settle_seconds)


def _until(
    state: str,
    accepted_at: datetime | None,
    started_at: datetime,
    deadline: datetime | None,
    *,
    settle: timedelta,
) -> datetime:
    """Until when an answer that was asked for may lack what this sent.

    Once a read confirmed it: until the platform said yes. Else it has to settle
    first; but what ended without effect left nothing.
    """
    if accepted_at is not None:
        is_seen = state == State.CONFIRMED
        return max(started_at, accepted_at if is_seen else accepted_at + settle)
    return (deadline or started_at) + settle if state == State.UNKNOWN else started_at
