"""Turns a platform's no into words at the fields it concerns."""

from campaigns import changes, documents
from campaigns.audit import Event
from campaigns.changes import Fate
from campaigns.gateway.contract import Rejected
from campaigns.lifecycle import State
from campaigns.models import Attempt, Change

SENT_BEFORE = "It had been sent before: whether that arrived, nobody knows."
REFUSED_NOW = f"The platform refused it now. {SENT_BEFORE}"


def reject(change: Change, attempt: Attempt, error: Rejected) -> None:
    """End a change that the platform refused. Inside the outcome's transaction."""
    after = ending(change)
    fates = fates_of(change, error, after) | already_so(change)
    is_over = after == State.REJECTED
    changes.move(
        change,
        after,
        Event.ANSWERED,
        fates=fates,
        says=_rest(error, set(fates), error.message if is_over else REFUSED_NOW),
        facts={"attempt": attempt.pk, "status": error.status, "code": error.code},
        waits_for_person=True,
    )


def ending(change: Change) -> State:
    """Rejected; Unknown where it had been sent before and may have arrived."""
    sent_before = change.attempts.may_be_there().exists()
    return State.UNKNOWN if sent_before else State.REJECTED


def of_read(change: Change, error: Rejected) -> str:
    """What is said where the read before a send was refused."""
    is_over = ending(change) == State.REJECTED
    return error.message if is_over else f"{error.message} {SENT_BEFORE}"


def fates_of(
    change: Change, error: Rejected, after: State = State.REJECTED
) -> dict[str, Fate]:
    """`after` for each field, with what was said of it and what we say to that."""
    return {
        path: Fate(
            after,
            says=_about(error.fields, path),
            advice=_about(error.words, path),
        )
        for path in change.fields.values_list("field", flat=True)
    }


def already_so(change: Change) -> dict[str, Fate]:
    """The fields that were left out of the request because nothing had to change.

    Those that an earlier request of the change had set are Confirmed.
    """
    already = change.fields.filter(state__in=(State.ALREADY_SO, State.CONFIRMED))
    return {row.field: Fate(State(row.state)) for row in already}


def _about(texts: dict[str, list[str]], path: str) -> str:
    """What concerns a field, or the object it is part of."""
    root = documents.root(path)
    return "\n".join(texts.get(path) or texts.get(root) or [])


def _rest(error: Rejected, paths: set[str], first: str) -> str:
    """Our sentence, and what was said, and we say, that concerns none of the fields."""
    roots = paths | {documents.root(path) for path in paths}
    left = [
        text
        for said in (error.fields, error.words)
        for path, texts in said.items()
        if path not in roots
        for text in texts
        if text != error.message
    ]
    return "\n".join(dict.fromkeys([first, *left]))
