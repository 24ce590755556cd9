"""Turns a platform's no into words at the fields it concerns."""

from campaigns import changes, documents
from campaigns.audit import Event
from campaigns.changes import Fate
from campaigns.gateway.contract import Rejected
from campaigns.lifecycle import State
from campaigns.models import Attempt, Change


def reject(change: Change, attempt: Attempt, error: Rejected) -> None:
    """End a change that the platform refused. Inside the outcome's transaction."""
    fates = fates_of(change, error) | already_so(change)
    changes.move(
        change,
        State.REJECTED,
        Event.ANSWERED,
        fates=fates,
        says=_rest(error, set(fates)),
        facts={"attempt": attempt.pk, "status": error.status, "code": error.code},
        waits_for_person=True,
    )


def fates_of(change: Change, error: Rejected) -> dict[str, Fate]:
    """Rejected for each field, with what was said of it and what we say to that."""
    return {
        path: Fate(
            State.REJECTED,
            says=_about(error.fields, path),
            advice=_about(error.words, path),
        )
        for path in change.fields.values_list("field", flat=True)
    }


def already_so(change: Change) -> dict[str, Fate]:
    """The fields that were left out of the request because nothing had to change."""
    already = change.fields.filter(state=State.ALREADY_SO)
    return {row.field: Fate(State.ALREADY_SO) for row in already}


def _about(texts: dict[str, list[str]], path: str) -> str:
    """What concerns a field, or the object it is part of."""
    root = documents.root(path)
    return "\n".join(texts.get(path) or texts.get(root) or [])


def _rest(error: Rejected, paths: set[str]) -> str:
    """Our sentence, and what was said, and we say, that concerns none of the fields."""
    roots = paths | {documents.root(path) for path in paths}
    left = [
        text
        for said in (error.fields, error.words)
        for path, texts in said.items()
        if path not in roots
        for text in texts
    ]
    return "\n".join(dict.fromkeys([error.message, *left]))
