"""The rows of a campaign page: what each field is, was asked to be, and became."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Max, Q
from django.forms import BoundField

from campaigns import clock, documents
from campaigns.diff import FieldEdit, Note, Plan
from campaigns.fields import PlatformField
from campaigns.fields.base import Reported
from campaigns.lifecycle import OPEN, State
from campaigns.models import Campaign, FieldChange
from campaigns.planning.drafts import Desk
from campaigns.planning.ladders import Step, ladders, steps

SENT_BLIND = (State.UNCONFIRMABLE, State.UNKNOWN)
NEWS = timedelta(minutes=15)
"""How long an ended change stays in view at its field."""


@dataclass(slots=True)
class Row:
    """One field of one campaign as its page shows it."""

    campaign: Campaign
    declared: PlatformField
    text: str
    seen: str | None
    is_known: bool
    now: str = ""
    """What `seen` is in words; what was found of a clash, where nothing is known."""
    is_coming: bool = False
    """Whether `seen` is on its way, and not read yet."""
    may_edit: bool = True
    lock: str = ""
    age: datetime | None = None
    edit: FieldEdit | None = None
    notes: list[Note] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    change: FieldChange | None = None
    last_sent: FieldChange | None = None
    editor: BoundField | None = None
    clash_input: BoundField | None = None
    steps: list[Step] = field(default_factory=list)
    is_nested: bool = False
    """Part of the object whose first field stands above."""
    choice: str = ""
    """What was chosen of a clash and could not be carried out."""
    actions: Sequence[object] = ()
    """What may be done about `change`; this and the next two are the page's to fill."""
    may_choose: bool = False
    may_mend: bool = False

    @property
    def path(self) -> str:
        """The platform's dotted path."""
        return self.declared.path

    @property
    def html_id(self) -> str:
        """The id of the row's element."""
        return "field-" + self.path.replace(".", "-")

    @property
    def is_never_reported(self) -> bool:
        """The platform never says what this is."""
        return self.declared.reported is Reported.NEVER

    @property
    def refused(self) -> str | None:
        """The value to send again, mended: the platform refused it, or never got it."""
        change = self.change
        if change is None or change.state not in (State.REJECTED, State.FAILED):
            return None
        return change.wanted if change.change.waits_for_person else None

    @property
    def state(self) -> str:
        """The state to show at the row's edge; nothing while it is being edited."""
        return self.change.state if self.change and not self.edit else ""

    @property
    def is_clash(self) -> bool:
        """A person has to choose between two values here."""
        return self.state in (State.CLASH, State.DIFFERENT)


def rows(desk: Desk, plan: Plan, only: Collection[str] | None = None) -> dict[str, Row]:
    """Every row by path, or those of `only`."""
    latest = _latest(desk.campaign)
    sent = _last_sent(desk.campaign)
    locks, edits = desk.locks(), {edit.field: edit for edit in plan.edits}
    made, roots = {}, set()
    for path, declared in desk.form.declared().items():
        is_first = documents.root(path) not in roots
        roots.add(documents.root(path))
        if only is not None and path not in only:
            continue
        made[path] = _row(desk, declared, plan, edits.get(path), latest.get(path))
        made[path].lock = locks.get(path, "")
        made[path].last_sent = sent.get(path)
        made[path].is_nested = not is_first
    _climb(made.values())
    _open_editors(desk, made)
    return made


def _climb(shown: Iterable[Row]) -> None:
    """Give each row with a change in view its ladder."""
    changed = [row for row in shown if row.change]
    told = ladders(row.change.change for row in changed if row.change)
    for row in changed:
        if row.change:
            row.steps = steps(row.change, told.get(row.change.change_id, []))


def _open_editors(desk: Desk, made: Mapping[str, Row]) -> None:
    """A field with an unsent edit keeps its input open."""
    clashing = [path for path, row in made.items() if row.is_clash and not row.lock]
    if clashing:
        form = desk.form(desk.document, only=clashing)
        for path in clashing:
            made[path].clash_input = form[path]
    drafted = [path for path in made if path in desk.drafts]
    if drafted:
        form = desk.form(desk.document, only=drafted, initial_edits=desk.wanted)
        for path in drafted:
            made[path].editor = form[path]


def _row(
    desk: Desk,
    declared: PlatformField,
    plan: Plan,
    edit: FieldEdit | None,
    change: FieldChange | None,
) -> Row:
    live, seen = declared.read(desk.live), desk.seen(declared.path)
    found = change.found_text if change and seen is None else ""
    return Row(
        campaign=desk.campaign,
        declared=declared,
        text=declared.display(live, desk.live),
        seen=seen,
        is_known=live is not None,
        now=found or declared.display(seen, desk.document),
        is_coming=seen != live,
        may_edit=desk.may_edit,
        age=desk.age(declared),
        edit=edit,
        notes=list(plan.notes.get(declared.path, [])),
        errors=list(plan.errors.get(declared.path, [])),
        change=change,
    )


def _latest(campaign: Campaign) -> Mapping[str, FieldChange]:
    """The newest change of each field that is open, waits for a person, or is news."""
    in_view = (
        Q(state__in=OPEN)
        | Q(change__waits_for_person=True)
        | Q(change__moved_at__gt=clock.now() - NEWS)
    )
    changed = FieldChange.objects.filter(in_view, change__campaign=campaign)
    related = changed.select_related(
        "change__change_set__person", "change__entry", "entry"
    )
    newest = {row.field: row for row in related.order_by("change__sequence", "pk")}
    for row in newest.values():
        row.change.campaign = campaign  # with its connection, read already
    return newest


def _last_sent(campaign: Campaign) -> Mapping[str, FieldChange]:
    """The last value that we sent, for fields that are never read."""
    sent = FieldChange.objects.filter(
        change__campaign=campaign, state__in=SENT_BLIND, readable=False
    )
    newest = sent.order_by().values("field").annotate(newest=Max("pk"))
    rows = FieldChange.objects.filter(pk__in=newest.values("newest"))
    return {row.field: row for row in rows.select_related("change")}


def lately(campaign: Campaign, limit: int = 8) -> list[FieldChange]:
    """The newest field changes of a campaign, newest first."""
    changed = FieldChange.objects.filter(change__campaign=campaign, origin="touched")
    related = changed.select_related("change__change_set__person")
    return list(related.order_by("-pk")[:limit])
