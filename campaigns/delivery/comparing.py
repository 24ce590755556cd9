"""Compares what an author saw with what the platform has now, field by field."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from campaigns import documents
from campaigns.changes import Fate
from campaigns.delivery.links import Link
from campaigns.delivery.neighbours import overtaken, sent_lately, spoiled
from campaigns.diff import Origin, Plan
from campaigns.documents import Document
from campaigns.forms import CampaignForm
from campaigns.lifecycle import State
from campaigns.models import Change, FieldChange


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
    paths = [row.field for row in rows]
    unlike = [
        row.field
        for row in rows
        if link.is_blind
        or not row.readable
        or declared[row.field].read(document) != row.wanted
    ]
    result = Comparison(clashes=spoiled(change, paths) | overtaken(change, unlike))
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
            state = _as_wanted(link, change, row)
            result.already[row.field] = found(link.form, row, current, state, document)
        else:
            result.clashes[row.field] = found(
                link.form, row, current, State.CLASH, document
            )


def _as_wanted(link: Link, change: Change, row: FieldChange) -> State:
    """What a field is that shows what was wanted: Already so, unless it was sent.

    What the platform sets by itself stands in no request; it goes with any.
    """
    sent = change.attempts.may_have_arrived().values_list("request_body", flat=True)
    if row.origin == Origin.IMPLIED:
        return State.CONFIRMED if sent.exists() else State.ALREADY_SO
    declared = link.form.declared()[row.field]
    carried = {declared.read(documents.loads(body)) for body in sent}
    return State.CONFIRMED if row.wanted in carried else State.ALREADY_SO


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
    for path, seen, wanted, was_known in sent_lately(link, change):
        if path not in declared or documents.root(path) not in roots:
            continue
        is_known = was_known and path in own
        if is_known and declared[path].read(document) == own[path]:
            continue  # the author saw what is shown, and that one was there before
        before.setdefault(path, set()).add(seen)
        last[path] = wanted
    shown = {path: declared[path].read(document) for path in last}
    return any(
        value != last[path] and value in before[path] for path, value in shown.items()
    )


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
