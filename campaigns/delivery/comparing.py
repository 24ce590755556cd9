"""Compares what an author saw with what the platform has now, field by field."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from campaigns import clock, documents
from campaigns.changes import Fate
from campaigns.delivery import leases
from campaigns.delivery.links import Link
from campaigns.diff import Origin, Plan
from campaigns.documents import Document
from campaigns.forms import CampaignForm
from campaigns.lifecycle import TOOK_EFFECT, State
from campaigns.models import Change, FieldChange

WITHOUT_EFFECT = (State.REJECTED, State.FAILED, State.CLASH, State.DIFFERENT)


@dataclass(slots=True)
class Comparison:
    """What may go, what need not, what clashes; or that it is too early to say."""

    plan: Plan = field(default_factory=Plan)
    already: dict[str, Fate] = field(default_factory=dict)
    clashes: dict[str, Fate] = field(default_factory=dict)
    is_early: bool = False


def compare(link: Link, change: Change, document: Document) -> Comparison:
    """Sort the fields of `change` by what `document` shows now.

    Where the platform is not read, only the history of the lane can speak against a
    field; `document` is then what is believed of the others. `is_early` asks to read
    again later: an older value of ours is still showing.
    """
    rows = list(change.fields.all())
    declared = link.form.declared()
    unlike = [
        row
        for row in rows
        if link.is_blind
        or not row.readable
        or declared[row.field].read(document) != row.wanted
    ]
    result = Comparison(clashes=_spoiled(change, rows) | _overtaken(change, unlike))
    if link.is_blind:
        document = _as_seen(link.form, rows, document)
    else:
        _look_at(link, change, rows, document, result)
    if not result.is_early:
        _plan_rest(link.form, rows, document, result)
    return result


def _look_at(
    link: Link,
    change: Change,
    rows: Sequence[FieldChange],
    document: Document,
    result: Comparison,
) -> None:
    """Sort the fields by what a read showed, unless it is too early to say."""
    result.is_early = _may_lack(link, change, rows, document)
    for row in () if result.is_early else rows:
        if row.field in result.clashes:
            continue
        current = link.form.declared()[row.field].read(document)
        if current is None or current == row.seen:
            continue
        if current == row.wanted:
            result.already[row.field] = found(
                link.form, row, current, State.ALREADY_SO, document
            )
        else:
            result.clashes[row.field] = found(
                link.form, row, current, State.CLASH, document
            )


def _as_seen(
    form: type[CampaignForm], rows: Sequence[FieldChange], document: Document
) -> Document:
    """The document with what the author saw of these fields: nothing is compared."""
    moved = [
        (row.field, row.seen)
        for row in rows
        if row.seen is not None
        and form.declared()[row.field].read(document) != row.seen
    ]
    return form.laid_over(document, moved)


def found(
    form: type[CampaignForm],
    row: FieldChange,
    current: str,
    state: State,
    document: Document,
) -> Fate:
    """A fate with the value that a read showed, in words."""
    words = form.declared()[row.field].display(current, document)
    return Fate(state, current, words)


def _spoiled(change: Change, rows: Sequence[FieldChange]) -> dict[str, Fate]:
    """Fields that build on an earlier change which ended without effect meanwhile."""
    earlier = FieldChange.objects.filter(
        change__campaign=change.campaign_id,
        change__sequence__lt=change.sequence,
        change__moved_at__gt=change.created_at,
        field__in=[row.field for row in rows],
        state__in=WITHOUT_EFFECT,
    )
    return {
        before.field: Fate(
            State.CLASH,
            advice=f"Change {before.change_id}, before this one, ended without effect.",
        )
        for before in earlier
    }


def _overtaken(change: Change, rows: Sequence[FieldChange]) -> dict[str, Fate]:
    """Fields that a later change may have set while this was held.

    Also where a read shows what its author saw: the later one may have put it there.
    """
    later = FieldChange.objects.filter(
        change__campaign=change.campaign_id,
        change__sequence__gt=change.sequence,
        field__in=[row.field for row in rows],
        state__in=TOOK_EFFECT | {State.UNKNOWN},
    )
    return {
        after.field: Fate(
            State.CLASH,
            advice=f"Change {after.change_id}, after this one, was sent before it.",
        )
        for after in later
    }


def _may_lack(
    link: Link, change: Change, rows: Sequence[FieldChange], document: Document
) -> bool:
    """Whether a read may show an object here as it was before our own last sends of it.

    An object is sent whole: a part of it that lags behind would be sent back.
    """
    declared = link.form.declared()
    roots = {documents.root(row.field) for row in rows}
    own = {row.field: row.seen for row in rows}
    before: dict[str, set[str | None]] = {}
    last: dict[str, str] = {}
    for path, seen, wanted, at in _sent_lately(link, change):
        if path not in declared or documents.root(path) not in roots:
            continue
        is_known = at < change.created_at and path in own
        if is_known and declared[path].read(document) == own[path]:
            continue  # the author saw what is shown, and that one was there before
        before.setdefault(path, set()).add(seen)
        last[path] = wanted
    shown = {path: declared[path].read(document) for path in last}
    return any(
        value != last[path] and value in before[path] for path, value in shown.items()
    )


def _sent_lately(
    link: Link, change: Change
) -> Iterable[tuple[str, str | None, str, Any]]:
    """What took effect within the time to settle: path, from, to, and since when.

    The newest comes last.
    """
    now = clock.now()
    lately = FieldChange.objects.filter(
        change__campaign=change.campaign_id,
        change__accepted_at__gt=now - link.settle,
        change__accepted_at__lte=now + leases.SLACK,
        readable=True,
        state__in=TOOK_EFFECT,
    )
    others = lately.exclude(change=change).order_by("change__accepted_at", "pk")
    return others.values_list("field", "seen", "wanted", "change__accepted_at")


def _plan_rest(
    form: type[CampaignForm],
    rows: Sequence[FieldChange],
    document: Document,
    result: Comparison,
) -> None:
    """Plan what is left; whatever no longer fits together clashes too."""
    words = {row.field: row for row in rows}
    sent = [row for row in rows if row.origin != Origin.IMPLIED]
    for _ in range(len(rows) + 1):
        rest = {
            row.field: row.wanted
            for row in sent
            if row.field not in result.clashes and row.field not in result.already
        }
        result.plan = form.plan(document, rest)
        trouble = _trouble(form, result, words, document, rest)
        if not trouble:
            break
        result.clashes.update(trouble)
    for row in rows:
        _follow(row, result)


def _trouble(
    form: type[CampaignForm],
    result: Comparison,
    words: dict[str, FieldChange],
    document: Document,
    rest: dict[str, str],
) -> dict[str, Fate]:
    """The fields among `rest` that cannot go out as they were reviewed."""
    if not rest:
        return {}
    for path, texts in result.plan.errors.items():
        advice = "The campaign has changed since: " + " ".join(texts)
        hit = [path] if path in rest else list(rest)
        return {name: Fate(State.CLASH, advice=advice) for name in hit}
    for edit in result.plan.edits:
        if edit.field not in words and edit.seen != edit.wanted:
            advice = f"Sending this now would also change {edit.label}."
            return {name: Fate(State.CLASH, advice=advice) for name in rest}
        if edit.origin == Origin.IMPLIED and edit.field in result.clashes:
            advice = f"It would change {edit.label}, which is no longer what you saw."
            return {name: Fate(State.CLASH, advice=advice) for name in rest}
    return {}


def _follow(row: FieldChange, result: Comparison) -> None:
    """An implied field goes where the fields that imply it go."""
    if row.field in result.clashes or row.field in result.already:
        return
    if row.field not in {edit.field for edit in result.plan.edits}:
        state = State.CLASH if result.clashes else State.ALREADY_SO
        target = result.clashes if result.clashes else result.already
        target[row.field] = Fate(state)
