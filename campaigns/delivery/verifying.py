"""Finds out whether what was accepted, or lost from sight, is really there."""

from typing import Any

from django.db import transaction

from campaigns import calls, changes, clock, limits
from campaigns.audit import Event
from campaigns.changes import Fate
from campaigns.delivery import (
    attempts,
    evidence,
    judging,
    lanes,
    lists,
    neighbours,
    outcomes,
    refusals,
    snapshots,
)
from campaigns.delivery.lanes import Claim
from campaigns.delivery.links import Link
from campaigns.delivery.reading import Look
from campaigns.gateway.contract import GatewayError, Hold, Rejected, Unavailable
from campaigns.lifecycle import State, worst
from campaigns.models import Change, FieldChange, Outcome

NOT_AGAIN = "Send it again to choose between the two, or leave it."


def verify(link: Link, claim: Claim, change: Change) -> None:
    """Take an Accepted change to its end, or note when to look again.

    What shows as wanted ends at once; anything else is final only when it was asked
    for after the time to settle.
    """
    readable = evidence.readable(link, change)
    if not readable:
        _end(claim, change, judging.unseen(change))
        return
    try:
        look = evidence.find(link, claim, change, readable)
    except GatewayError as error:
        _could_not_look(link, claim, change, error)
        return
    fates = judging.told(link.form, change, look.document) if look else {}
    is_final = look and look.asked >= evidence.settles_at(link, change)
    if not is_final and not _is_as_wanted(readable, fates):
        _wait(link, claim, change, readable, look)
        return
    watch = clock.now() + limits.span("FIRST_WATCH")
    late = {"watch_at": watch} if _may_come(fates) else {}
    _end(
        claim,
        change,
        {name: judging.final(fate) for name, fate in fates.items()},
        **late,
    )


def _wait(
    link: Link,
    claim: Claim,
    change: Change,
    readable: list[FieldChange],
    look: Look | None,
) -> None:
    """Look again: by the clock, or when a list shows it."""
    evidence.want(link, change, readable)
    if link.is_careful:
        _look_again(claim, change)
    else:
        lists.wait(link, claim, change, look.asked if look else None)


def _is_as_wanted(readable: list[FieldChange], fates: dict[str, Fate]) -> bool:
    """Whether every field that can be read shows what was wanted."""
    shown = [fates[row.field].state for row in readable if row.field in fates]
    return bool(shown) and set(shown) == {State.CONFIRMED}


def _may_come(fates: dict[str, Fate]) -> bool:
    """Whether something accepted was never seen: it may be applied late."""
    states = {fate.state for fate in fates.values()}
    return not states.isdisjoint((State.ACCEPTED, State.DIFFERENT))


def settle(link: Link, claim: Claim, change: Change) -> None:
    """Decide an Unknown by a read, or hand it to a person when none can tell."""
    readable = evidence.readable(link, change)
    try:
        document = evidence.read(link, claim, change).document if readable else {}
    except GatewayError as error:
        _could_not_look(link, claim, change, error)
        return
    if not any(judging.is_told(link.form, row, document) for row in readable):
        says = "Nobody can see whether this arrived: the platform does not report it."
        _ask_person(claim, change, says, is_watched=bool(readable))
        return
    fates = judging.told(link.form, change, document)
    was_left_out = refusals.already_so(change)
    carried = {fate.state for name, fate in fates.items() if name not in was_left_out}
    if carried - {State.UNCONFIRMABLE} == {State.ACCEPTED}:
        _not_applied(claim, change, fates)
        return
    watch = clock.now() + limits.span("FIRST_WATCH")
    end = judging.withdrawn if changes.is_withdrawn(change) else judging.final
    final = {name: end(fate) for name, fate in fates.items()}
    _end(claim, change, final, watch_at=watch)


def _not_applied(claim: Claim, change: Change, fates: dict[str, Fate]) -> None:
    """A read shows all as it was before: it is sent again, where nothing says no."""
    if changes.is_withdrawn(change):
        _end_without(claim, change, State.CANCELLED, fates)
    elif attempts.was_refused(change):
        _end_without(claim, change, State.REJECTED, fates)
    elif later := neighbours.sent_since(change):
        _ask_person(claim, change, f"Change {later} was sent after it. {NOT_AGAIN}")
    else:
        says = "A read shows that it was not applied. It is sent again."
        _send_once_more(claim, change, says)


def _send_once_more(claim: Claim, change: Change, says: str) -> None:
    watch = clock.now() + limits.span("FIRST_WATCH")
    with transaction.atomic():
        _move(claim, change, State.WAITING, {}, says=says, due_at=None, watch_at=watch)
        change.attempts.may_be_there().update(verdict=Outcome.NOT_THERE)


def _end_without(
    claim: Claim, change: Change, after: State, fates: dict[str, Fate]
) -> None:
    """What was cancelled, or refused, after a first send that never arrived.

    `fates` is what the read says: of what had been Confirmed before, too.
    """
    words = change.says.replace(refusals.REFUSED_NOW, "").strip()
    says = f"It was {after.word.lower()}, and a read shows that it was not applied."
    if after == State.REJECTED and words:
        says = f"{says}\n{words}"
    kept, asks = refusals.already_so(change), after == State.REJECTED
    confirmed = [name for name, fate in kept.items() if fate.state == State.CONFIRMED]
    kept |= {name: judging.final(fates[name]) for name in confirmed}
    with transaction.atomic():
        _move(claim, change, after, kept, says=says, due_at=None, waits_for_person=asks)
        change.attempts.may_be_there().update(verdict=Outcome.NOT_THERE)


def _could_not_look(
    link: Link, claim: Claim, change: Change, error: GatewayError
) -> None:
    """Look again later; where that is refused, or fails for long, a person must."""
    outcomes.hold_connection(link.connection, error)
    asked = error.exchange.started_at if error.exchange else clock.now()
    is_early = asked < change.moved_at + link.settle
    if is_early or not _is_hopeless(change, error):
        _look_again(claim, change, says=error.message)
    elif change.state == State.UNKNOWN or not isinstance(error, Rejected):
        _ask_person(claim, change, error.message)
    else:
        fate = Fate(State.DIFFERENT, advice=error.message)
        shown = change.fields.filter(readable=True).values_list("field", flat=True)
        unread = dict.fromkeys(shown, fate)
        _end(
            claim, change, judging.unseen(change) | unread | refusals.already_so(change)
        )


def _is_hopeless(change: Change, error: GatewayError) -> bool:
    """Whether looking again by the clock would change nothing, or never ends.

    Where the whole connection is held, that is what waits for a person.
    """
    hold = error.hold if isinstance(error, Unavailable) else Hold.NONE
    if isinstance(error, Rejected) or hold != Hold.NONE:
        return hold != Hold.CONNECTION
    if error.message == snapshots.UNKEPT:
        return True
    return attempts.failed_looks(change) >= limits.count("LOOKS")


def _end(claim: Claim, change: Change, fates: dict[str, Fate], **columns: Any) -> None:
    state = worst(fate.state for fate in fates.values())
    _move(
        claim,
        change,
        state,
        fates,
        due_at=None,
        waits_for_person=state == State.DIFFERENT,
        **columns,
    )


def _ask_person(
    claim: Claim, change: Change, says: str, *, is_watched: bool = True
) -> None:
    """What nobody saw may come late: over what is sent past it meanwhile."""
    watch = {"watch_at": clock.now() + limits.span("FIRST_WATCH")}
    with transaction.atomic():
        lanes.keep(claim)
        Change.objects.filter(pk=change.pk, state=change.state).update(
            waits_for_person=True,
            says=says,
            due_at=None,
            **(watch if is_watched else {}),
        )


def _look_again(claim: Claim, change: Change, *, says: str = "") -> None:
    since = clock.now() - (change.accepted_at or change.moved_at)
    with transaction.atomic():
        lanes.keep(claim)
        Change.objects.filter(pk=change.pk, state=change.state).update(
            due_at=clock.now() + calls.pause(since), says=says
        )


def _move(
    claim: Claim,
    change: Change,
    state: State,
    fates: dict[str, Fate],
    *,
    says: str = "",
    **columns: Any,
) -> None:
    with transaction.atomic():
        lanes.keep(claim)
        changes.move(change, state, Event.VERIFIED, fates=fates, says=says, **columns)
