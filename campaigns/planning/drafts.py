"""Unsent edits: what a person has typed and not sent, one field at a time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from campaigns import documents, registry
from campaigns.diff import Plan
from campaigns.documents import Document
from campaigns.fields import PlatformField
from campaigns.fields.base import Reported
from campaigns.forms import CampaignForm
from campaigns.gateway.contract import Platform
from campaigns.lifecycle import State
from campaigns.models import Campaign, Change, Draft, FieldChange, Person
from campaigns.rights import Right

COMING = (State.WAITING, State.HELD, State.SENDING, State.ACCEPTED)
NOTHING_CAME = "No value for this field arrived. Reload the page and type it again."
NOT_READ = "Not read from the platform yet. Read this campaign first."


class Stale(Exception):
    """The field is no longer what the page showed when the person edited it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One campaign as one person has it before them.

    `live` is what was last read; `document` has what is on its way laid over.
    """

    campaign: Campaign
    platform: Platform
    live: Document
    document: Document
    drafts: Mapping[str, Draft]
    person: Person

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
    """The campaign with what is on its way laid over, and the person's drafts."""
    platform = registry.get(campaign.connection.platform)
    form = platform.form
    mine = Draft.objects.filter(person=person, campaign=campaign)
    drafts = {draft.field: draft for draft in mine if draft.field in form.declared()}
    live: Document = documents.loads(campaign.document)
    document = _overlaid(campaign, form, live)
    return Desk(campaign, platform, live, document, drafts, person)


def _overlaid(
    campaign: Campaign, form: type[CampaignForm], document: Document
) -> Document:
    coming = FieldChange.objects.filter(
        change__campaign=campaign, state__in=COMING
    ).order_by("change__sequence", "pk")
    for row in coming:
        field = form.declared().get(row.field)
        if field is not None and row.readable:
            value = field.parse(row.wanted)
            value = None if value is None else field.json(value)
            document = documents.put(document, row.field, value)
    return document


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
def _keep(desk: Desk, person: Person, path: str, wanted: str | None) -> None:
    if wanted is None:
        discard(person, desk.campaign, [path])
        return
    Draft.objects.update_or_create(
        person=person,
        campaign=desk.campaign,
        field=path,
        defaults={"seen": desk.seen(path), "wanted": wanted, "origin_change": None},
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


def put_back(person: Person, change: Change, fields: Collection[str]) -> list[str]:
    """Draft the values from before for some fields of a change, to be reviewed.

    What a field implied comes back with it. Returns a sentence for each field that
    cannot go back.
    """
    desk = open_desk(person, change.campaign)
    rows = list(change.fields.all())
    chosen = [row for row in rows if row.field in fields]
    if any(row.origin == "touched" for row in chosen):
        chosen += [row for row in rows if row.origin == "implied" and row not in chosen]
    refused = []
    for row in chosen:
        reason = _no_way_back(desk, row)
        if reason and row.origin != "implied":
            refused.append(f"{row.label} cannot go back: {reason}")
        elif not reason:
            _draft_back(desk, person, change, row)
    return refused


def _no_way_back(desk: Desk, row: FieldChange) -> str:
    if row.field in desk.locks():
        return desk.locks()[row.field]
    if row.seen is None:
        return "the value before is unknown."
    if row.seen == "null":
        return "it was empty before, and the platform cannot empty it."
    if row.seen == desk.seen(row.field):
        return "it already is what it was."
    return ""


def _draft_back(desk: Desk, person: Person, change: Change, row: FieldChange) -> None:
    Draft.objects.update_or_create(
        person=person,
        campaign=desk.campaign,
        field=row.field,
        defaults={
            "seen": desk.seen(row.field),
            "wanted": row.seen or "",
            "origin_change": change,
        },
    )
