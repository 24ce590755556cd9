"""Looks again, later, where an outcome was once unknown.

A PATCH that was lost from sight may be applied by the platform long after we moved
on. Watch reads find a value of ours that came back over a newer one: it is shown as
Different, with the evidence. Nothing heals by itself.
"""

from contextlib import suppress
from datetime import datetime
from itertools import product

from django.db import transaction
from django.db.models import Q

from campaigns import changes, clock, documents, limits
from campaigns.audit import Event
from campaigns.changes import Fate, LostRace
from campaigns.delivery import attempts, lanes, leases, neighbours, outcomes, reading
from campaigns.delivery.comparing import found
from campaigns.delivery.lanes import Claim
from campaigns.delivery.links import Link
from campaigns.diff import Origin
from campaigns.documents import Document
from campaigns.gateway.contract import GatewayError, Rejected
from campaigns.lifecycle import OPEN, TOOK_EFFECT, State, worst
from campaigns.models import AttemptKind, Change, FieldChange

IN_DOUBT = frozenset({State.SENDING, State.ACCEPTED, State.UNKNOWN})


def watch(link: Link, claim: Claim, change: Change) -> None:
    """Make one watch read for a change whose outcome was once unknown."""
    started, is_first = _planned(change)
    try:
        look = reading.read(link, claim, change, AttemptKind.VERIFY)
    except GatewayError as error:
        outcomes.hold_connection(link.connection, error)
        _again(claim, change, _after_failure(change, error))
        return
    for path, late in _carried(link, change).items():
        _look_for(link, claim, change, path, late, look.document)
    gap = limits.span("LAST_WATCH") - limits.span("FIRST_WATCH")
    is_last = not is_first and abs(started - change.moved_at) > gap
    _again(claim, change, None if is_last else started + gap)


def _planned(change: Change) -> tuple[datetime, bool]:
    """For when this read was planned, and whether it is surely the first.

    What a clock that was ahead has planned counts as planned for now.
    """
    now = clock.now()
    planned = change.watch_at or now
    is_ahead = leases.is_ahead(planned, now, lanes.longest())
    return (now if is_ahead else planned), is_ahead


def _after_failure(change: Change, error: GatewayError) -> datetime | None:
    """When to try again, later each time; None when it failed often enough."""
    failed = attempts.failed_looks(change)
    if isinstance(error, Rejected) or failed >= limits.count("WATCHES"):
        return None
    return clock.now() + limits.span("FIRST_WATCH") * 2.0 ** max(0, failed - 1)


def _again(claim: Claim, change: Change, at: datetime | None) -> None:
    with transaction.atomic():
        lanes.keep(claim)
        Change.objects.filter(pk=change.pk).update(watch_at=at)


def _carried(link: Link, change: Change) -> dict[str, set[str]]:
    """What its requests may still bring, by path, where a read can show it: all that
    was in their bodies, also what was split off since and the other parts of objects,
    and what the platform sets beside it."""
    declared = link.form.declared()
    implied = change.fields.filter(origin=Origin.IMPLIED).exclude(
        state=State.ALREADY_SO
    )
    found = {row.field: {row.wanted} for row in implied.filter(readable=True)}
    bodies = change.attempts.may_have_arrived().values_list("request_body", flat=True)
    for path, body in product(declared, map(documents.loads, bodies)):
        value = declared[path].read(body)
        if value is not None:
            found.setdefault(path, set()).add(value)
    return found


def _look_for(
    link: Link,
    claim: Claim,
    change: Change,
    path: str,
    late: set[str],
    document: Document,
) -> None:
    """Whether a value that the once unknown change carried lies over a newer one."""
    current = link.form.declared()[path].read(document)
    first = change.attempts.filter(kind=AttemptKind.PATCH).order_by("pk").first()
    later = neighbours.sent_after(change, path, first.pk if first else 0)
    later = later.filter(state__in=TOOK_EFFECT | IN_DOUBT | {State.DIFFERENT})
    asked = Q(state=State.UNKNOWN, change__waits_for_person=True)
    left = Q(state=State.UNKNOWN, change__entry__event=Event.PUT_ASIDE)
    newest = later.exclude((asked | left) & ~Q(wanted=current)).first()
    if newest is None or newest.state not in TOOK_EFFECT - IN_DOUBT:
        return  # a read of its own will tell, or has told
    if _is_newest_itself(change, path, newest):
        return
    if current not in late or current == newest.wanted:
        return
    if neighbours.is_wanted_anew(newest, current):
        return
    seen = found(link.form, newest, current, State.DIFFERENT, document)
    _tell(claim, change, newest, seen)


def _is_newest_itself(change: Change, path: str, newest: FieldChange) -> bool:
    """Whether the once unknown change was sent again since, and took effect itself."""
    own = change.fields.filter(field=path, state__in=TOOK_EFFECT)
    return own.exists() and neighbours.last_sent(change) > getattr(newest, "sent", 0)


def _tell(claim: Claim, change: Change, newest: FieldChange, seen: Fate) -> None:
    says = (
        f"Change {change.pk} was lost from sight; its value is back now. It may have "
        "been applied late, or somebody wanted it back."
    )
    with suppress(LostRace), transaction.atomic():
        lanes.keep(claim)  # a lock: what a person decided before stays decided
        rows = Change.objects.select_related("campaign__connection", "change_set")
        later = rows.get(pk=newest.change_id)
        fates = changes.as_they_are(later)
        if later.state in OPEN or fates[newest.field].state not in TOOK_EFFECT:
            return
        fates[newest.field] = seen
        changes.move(
            later,
            worst(fate.state for fate in fates.values()),
            Event.VERIFIED,
            fates=fates,
            says=says,
            facts={"late": change.pk},
            waits_for_person=True,
        )
