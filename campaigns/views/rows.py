"""What the partials of a campaign page are made from. Decides nothing."""

from collections.abc import Collection
from typing import Any
from zlib import crc32

from django.http import HttpRequest
from django.http.request import QueryDict

from campaigns import changes, queries
from campaigns.diff import Origin, Plan
from campaigns.forms import UnknownField
from campaigns.lifecycle import OPEN
from campaigns.models import FieldChange, ReadPolicy
from campaigns.planning import rows as planning_rows
from campaigns.planning.drafts import Desk
from campaigns.planning.rows import Row
from campaigns.rights import Right
from campaigns.views import advice, keys

Context = dict[str, Any]
ORIGIN = "campaign"


def page(
    request: HttpRequest,
    desk: Desk,
    *,
    typed: QueryDict | None = None,
    at: str = "",
    messages: list[str] | None = None,
) -> Context:
    """Everything `campaign_detail.html` shows; one row may hold rejected input."""
    plan = desk.plan()
    made = _rows(desk, plan)
    wanted = at or request.GET.get("edit", "")
    if wanted in made:
        open_editor(desk, made[wanted], typed, messages or [])
    return {
        "campaign": desk.campaign,
        "platform": desk.platform,
        "policy": ReadPolicy(desk.campaign.connection.read_policy).label,
        "groups": [
            (group, [made[field.path] for field in fields])
            for group, fields in desk.form.groups()
        ],
        "extras": desk.form.extras(desk.live),
        "absent": desk.form.absent(),
        "latest": planning_rows.lately(desk.campaign),
        "all_labels": queries.find_labels(desk.person)[:200],
        "may_edit": desk.may_edit,
        "may_audit": desk.person.may(Right.AUDIT),
        "whole_errors": plan.errors.get("", []),
        **unsent(desk, plan),
        **live(desk, made.values()),
    }


def _rows(
    desk: Desk, plan: Plan, only: Collection[str] | None = None
) -> dict[str, Row]:
    """The rows, each with what its reader may do about its change."""
    made, person = planning_rows.rows(desk, plan, only), desk.person
    changed = [(row, row.change) for row in made.values() if row.change]
    actions = advice.actions((field.change for _, field in changed), person, ORIGIN)
    for row, field in changed:
        if field.state == field.change.state:  # another field has settled already
            row.actions = actions[field.change_id]
        row.may_choose = advice.may_choose(field.change, field, person)
        row.may_mend = advice.may_mend(field.change, field, person)
    return made


def open_editor(
    desk: Desk, row: Row, typed: QueryDict | None, messages: list[str]
) -> None:
    """Open the input of a row: with what was typed, or with what is wanted so far."""
    if row.lock:
        row.errors = messages
        return
    refused = {row.path: row.refused} if row.refused is not None else {}
    try:
        form = desk.form(
            desk.document, typed, only=[row.path], initial_edits=refused | desk.wanted
        )
    except UnknownField:
        return
    row.editor = form[row.path]
    row.errors = messages or row.errors


def refuse_choice(
    desk: Desk, context: Context, path: str, typed: QueryDict, words: str
) -> bool:
    """Say at a clash why a choice was not carried out; False where none stands open."""
    shown = [row for _, group in context["groups"] for row in group]
    row = next((row for row in shown if row.path == path and row.clash_input), None)
    if row is None:
        return False
    row.errors, row.choice = [words], typed.get("choice", "")
    if row.choice == "other":
        row.clash_input = desk.form(desk.document, typed, only=[path])[path]
    return True


def unsent(desk: Desk, plan: Plan) -> Context:
    """What the bar at the foot says."""
    touched = [edit for edit in plan.edits if edit.origin == Origin.TOUCHED]
    return {
        "campaign": desk.campaign,
        "draft_count": len(desk.drafts),
        "draft_names": [edit.label for edit in touched],
        "implied_count": sum(e.origin == Origin.IMPLIED for e in plan.edits),
        "one_way_count": sum(e.one_way for e in plan.edits),
        "has_errors": bool(plan.errors),
    }


def version(desk: Desk, shown: Collection[Row]) -> str:
    """Names what a page shows, so that the next poll can tell what moved."""
    entry = max((r.change.entry_id or 0 for r in shown if r.change), default=0)
    campaign = desk.campaign
    asked = [m.timestamp() for m in (campaign.read_at, campaign.listed_at) if m]
    return f"{entry}-{sum(asked):.6f}-{_told(shown)}"


def _told(shown: Collection[Row]) -> str:
    """Stands for what changes say, and whom they wait for, beside their entries."""
    changes = [row.change.change for row in shown if row.change]
    told = [(change.pk, change.waits_for_person, change.says) for change in changes]
    return f"{crc32(repr(told).encode()):08x}"


def live(desk: Desk, shown: Collection[Row]) -> Context:
    """Whether the page has to ask again, and from where on."""
    is_open = any(row.change and _is_open(row.change) for row in shown)
    waits = desk.campaign.read_due_at is not None
    return {
        "campaign": desk.campaign,
        "version": version(desk, shown),
        "is_live": is_open or waits,
    }


def _is_open(field: FieldChange) -> bool:
    return field.state in OPEN and not changes.is_left(field.change)


def moved(desk: Desk, since: str) -> Context:
    """The rows that changed after the version `since`; editors stay as they are."""
    plan = desk.plan()
    made = _rows(desk, plan)
    now = version(desk, made.values())
    entry, read, told = (since.split("-") + ["", "", ""])[:3]
    changed = [row for row in made.values() if _is_newer(row, entry)]
    if told != now.split("-")[2]:
        changed = [row for row in made.values() if row.change]
    if read != now.split("-")[1]:
        changed = list(made.values())
    return {
        "rows": [row for row in changed if not row.editor],
        "platform": desk.platform,
        "latest": planning_rows.lately(desk.campaign),
        **live(desk, made.values()),
    }


def _is_newer(row: Row, entry: str) -> bool:
    known = keys.read(entry) or 0
    return row.change is not None and (row.change.entry_id or 0) > known


def around(desk: Desk, before: Plan, path: str) -> Context:
    """The row of `path`, and the other rows that this edit has changed."""
    plan = desk.plan()
    touched = _named(before) | _named(plan)
    made = _rows(desk, plan, only={path} | touched)
    return {
        "row": made.pop(path),
        "others": list(made.values()),
        **unsent(desk, plan),
    }


def _named(plan: Plan) -> set[str]:
    edits = {edit.field for edit in plan.edits}
    return (edits | set(plan.errors) | set(plan.notes)) - {""}
