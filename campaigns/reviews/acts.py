"""What reviewers do: mark, flag, ask; and the answers they get.

Every act is an entry on each connection that the set touches.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from campaigns import audit, clock, queries, typed
from campaigns.audit import Event
from campaigns.models import (
    Campaign,
    ChangeSet,
    Channel,
    Connection,
    Person,
    Question,
    Review,
    Verdict,
)
from campaigns.rights import Right

LONGEST = 2000
_EVENTS = {Verdict.REVIEWED: Event.REVIEWED, Verdict.FLAGGED: Event.FLAGGED}


class NotForYou(Exception):
    """This person may not review, or answer, here."""


@transaction.atomic
def mark(change_set: ChangeSet, by: Person, verdict: Verdict, *, seen: int) -> Review:
    """Give a verdict on what `seen` names: the newest entry that was shown.

    What happened after it opens the set again. Raises `NotForYou`.
    """
    _check_reviewer(change_set, by)
    seen = min(seen, queries.newest_entry(change_set))
    review, _ = Review.objects.update_or_create(
        change_set=change_set,
        defaults={
            "verdict": verdict,
            "person": by,
            "at": clock.now(),
            "entry_number": seen,
        },
    )
    _tell(_EVENTS[verdict], change_set, by, facts={"seen": seen})
    return review


@transaction.atomic
def ask(change_set: ChangeSet, by: Person, text: str) -> Question:
    """Ask the author; stays open until answered.

    Raises `NotForYou`, or `ValidationError` for a text that says nothing.
    """
    _check_reviewer(change_set, by)
    question = Question.objects.create(
        change_set=change_set, person=by, text=_said(text), at=clock.now()
    )
    _tell(Event.ASKED, change_set, by, reason=question.text, question=question)
    return question


@transaction.atomic
def answer(question: Question, by: Person, text: str) -> None:
    """Answer an open question, which closes it.

    Raises `NotForYou`, or `ValidationError` when somebody answered before.
    """
    if not may_answer(question, by):
        raise NotForYou("This question is for its author's set alone for now.")
    said = _said(text)
    is_open = Question.objects.filter(pk=question.pk, answered_at=None)
    if not is_open.update(answer=said, answered_by=by, answered_at=clock.now()):
        raise ValidationError("Somebody answered this before you. Reload to read it.")
    _tell(Event.REPLIED, question.change_set, by, reason=said, question=question)


def may_answer(question: Question, by: Person) -> bool:
    """Whose set it is, who asked, and whom the question was passed on to."""
    seen = queries.find_open_questions(by).filter(pk=question.pk)
    if question.person_id == by.pk and by.may(Right.AUDIT):
        return seen.exists()
    return queries.find_questions(by).filter(pk=question.pk).exists()


def _check_reviewer(change_set: ChangeSet, by: Person) -> None:
    seen = queries.find_sets(by).filter(pk=change_set.pk)
    if not by.may(Right.AUDIT) or not seen.exists():
        raise NotForYou("You may no longer review this change set.")


def _said(text: str) -> str:
    return typed.text(
        text, LONGEST, f"Write a sentence of up to {LONGEST:,} characters."
    )


def _tell(
    event: Event,
    change_set: ChangeSet,
    by: Person,
    *,
    reason: str = "",
    question: Question | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """One entry for each connection, so that each is read by who may see it."""
    touched = Campaign.objects.filter(changes__change_set=change_set)
    campaigns = list(touched.distinct().order_by("pk")[:2])
    on = touched.order_by().values("connection")
    told = {"set": change_set.pk, "title": change_set.title, **(facts or {})}
    if question:
        told["question"] = question.pk
    for connection in Connection.objects.filter(pk__in=on).order_by("pk"):
        only = campaigns[0] if len(campaigns) == 1 else None
        stream = f"campaign:{only.pk}" if only else f"connection:{connection.pk}"
        audit.append(
            event,
            stream,
            at=clock.now(),
            person=by,
            channel=Channel.SCREEN,
            campaign=only,
            connection=connection,
            reason=reason,
            facts=told,
        )
