"""Unsent edits: what a person has typed and not sent, one field at a time."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from campaigns import calls, documents, registry
from campaigns.diff import Plan
from campaigns.documents import Document
from campaigns.fields import PlatformField
from campaigns.fields.base import Reported
from campaigns.forms import CampaignForm
from campaigns.gateway.contract import Platform
from campaigns.lifecycle import State
from campaigns.models import Campaign, Draft, FieldChange, Lane, Person
from campaigns.rights import Right

COMING = (State.WAITING, State.HELD, State.SENDING, State.ACCEPTED)
NOTHING_CAME = "No value for this field arrived. Reload the page and type it again."
NOT_READ = "Not read from the platform yet. Read this campaign first."


class Stale(Exception):
    """The field is no longer what the page showed when the person edited it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One campaign as one person has it before them.

    `live` is what was last read; `document` has what is on its way laid over, up to
    the number `last_sequence` of its lane (None where it has none yet), and what went
    out since where nothing is ever read.
    """

    campaign: Campaign
    platform: Platform
    live: Document
    document: Document
    drafts: Mapping[str, Draft]
    person: Person
    last_sequence: int | None = None

    @property
    def may_edit(self) -> bool:
        """Whether this person may change anything here."""
        return self.person.may(Right.EDIT)

    @property
    def form(self) -> type[CampaignForm]:
        """The platform's declaration of fields."""
        return self.platform.form

    @property
    def list_keys(self) -> frozenset[str]:
        """The keys of the document that the platform's list reports."""
        return self.platform.capabilities.list_keys

    @property
    def wanted(self) -> dict[str, str]:
        """The unsent edits by path, as canonical text."""
        return {path: draft.wanted for path, draft in self.drafts.items()}

    def plan(self) -> Plan:
        """What sending all unsent edits of this campaign would mean."""
        return self.form.plan(self.document, self.wanted)

    def seen(self, path: str) -> str | None:
        """What the page shows for a field now."""
        return self.form.declared()[path].read(self.document)

    def age(self, field: PlatformField) -> datetime | None:
        """When a field was last read: by the list too, where that reports it."""
        return calls.known_at(self.campaign, [field.path], self.list_keys)

    def locks(self) -> dict[str, str]:
        """Fields that cannot be edited now, each with the reason."""
        unread = {
            path: NOT_READ
            for path, field in self.form.declared().items()
            if _is_unread(field, self.document)
        }
        gone = "The platform no longer lists this campaign."
        missing = dict.fromkeys(self.form.declared(), gone)
        locks = self.form.locks(self.document)
        return unread | locks | (missing if self.campaign.missing_since else {})


def _is_unread(field: PlatformField, document: Document) -> bool:
    return (
        field.reported is Reported.ALWAYS and documents.root(field.path) not in document
    )


def open_desk(person: Person, campaign: Campaign) -> Desk:
    """The campaign with what is on its way laid over, and the person's drafts.

    Raises `UnknownPlatform` where that is no longer installed.
    """
    registry.get(campaign.connection.platform)
    return open_desks(person, [campaign])[campaign.pk]


def open_desks(person: Person, campaigns: Sequence[Campaign]) -> dict[int, Desk]:
    """The desks of many campaigns by their keys, by three queries however many: four
    where one is never read. None for a platform that is no longer installed.

    The numbers of the lanes come first: what is asked for meanwhile has a higher one.
    """
    installed = {platform.key for platform in registry.all()}
    here = [each for each in campaigns if each.connection.platform in installed]
    keys = [campaign.pk for campaign in here]
    lanes = Lane.objects.filter(campaign__in=keys)
    numbers = dict(lanes.values_list("campaign_id", "last_sequence"))
    drafts, coming = defaultdict(list), defaultdict(list)
    for draft in Draft.objects.filter(person=person, campaign__in=keys):
        drafts[draft.campaign_id].append(draft)
    for row in _coming(here):
        coming[row.change.campaign_id].append(row)
    return {
        campaign.pk: _desk(
            person,
            campaign,
            drafts[campaign.pk],
            coming[campaign.pk],
            numbers.get(campaign.pk),
        )
        for campaign in here
    }


def without(desk: Desk, changes: Collection[int]) -> Desk:
    """The same desk as if these changes were not on their way."""
    coming = [r for r in _coming([desk.campaign]) if r.change_id not in changes]
    document = _overlaid(desk.platform, desk.campaign, desk.live, coming)
    return replace(desk, document=document)


def _coming(campaigns: Sequence[Campaign]) -> list[FieldChange]:
    """What is on its way, and what no read may have shown, in the order of lanes."""
    rows = FieldChange.objects.filter(change__campaign__in=campaigns, state__in=COMING)
    found = {row.pk: row for row in rows.select_related("change")}
    found |= {row.pk: row for row in FieldChange.objects.sent_blind(campaigns)}
    return sorted(found.values(), key=lambda row: (row.change.sequence, row.pk))


def _desk(
    person: Person,
    campaign: Campaign,
    drafts: Sequence[Draft],
    coming: Sequence[FieldChange],
    last_sequence: int | None,
) -> Desk:
    platform = registry.get(campaign.connection.platform)
    declared = platform.form.declared()
    mine = {draft.field: draft for draft in drafts if draft.field in declared}
    live: Document = documents.loads(campaign.document)
    document = _overlaid(platform, campaign, live, coming)
    return Desk(campaign, platform, live, document, mine, person, last_sequence)


def _overlaid(
    platform: Platform,
    campaign: Campaign,
    document: Document,
    coming: Sequence[FieldChange],
) -> Document:
    list_keys = platform.capabilities.list_keys
    laid = [
        (row.field, row.wanted)
        for row in coming
        if row.readable
        and (
            row.state in COMING
            or row.is_unread(calls.known_at(campaign, [row.field], list_keys))
        )
    ]
    return platform.form.laid_over(document, laid)


def edit(
    desk: Desk, person: Person, path: str, data: Mapping[str, Any], seen: str | None
) -> list[str]:
    """Keep one edited field as a draft; the messages when it is not acceptable.

    `seen` is the canonical text that the page showed. Raises `Stale` when that is
    no longer so, `UnknownField` for a path that the platform does not have.
    """
    form = desk.form(desk.document, data, only=[path])
    lock = desk.locks().get(path)
    if lock:
        return [lock]
    if form[path].field.widget.value_omitted_from_data(data, {}, path):
        return [NOTHING_CAME]
    if seen != desk.seen(path):
        raise Stale(path)
    if errors := form.errors.get(path):
        return [str(message) for message in errors]
    _keep(desk, person, path, form.wanted().get(path))
    return []


@transaction.atomic
def keep(desk: Desk, wanted: Mapping[str, str]) -> None:
    """Keep values that a plan has found as unsent edits of who sits at the desk."""
    for path, text in wanted.items():
        _keep(desk, desk.person, path, text)


@transaction.atomic
def _keep(desk: Desk, person: Person, path: str, wanted: str | None) -> None:
    if wanted is None:
        discard(person, desk.campaign, [path])
        return
    Draft.objects.update_or_create(
        person=person,
        campaign=desk.campaign,
        field=path,
        defaults={"seen": desk.seen(path), "wanted": wanted},
    )


def discard(
    person: Person,
    campaign: Campaign | None = None,
    fields: Collection[str] | None = None,
) -> int:
    """Forget unsent edits: some fields, a campaign, or everything."""
    mine = Draft.objects.filter(person=person)
    if campaign is not None:
        mine = mine.filter(campaign=campaign)
    if fields is not None:
        mine = mine.filter(field__in=fields)
    return mine.delete()[0]
