"""What a read, or none, says of each field of a change that left."""

from dataclasses import replace

from django.db.models import Q

from campaigns.changes import Fate
from campaigns.delivery import refusals
from campaigns.delivery.comparing import found
from campaigns.delivery.neighbours import last_sent, sent_after
from campaigns.documents import Document
from campaigns.forms import CampaignForm
from campaigns.lifecycle import TOOK_EFFECT, State
from campaigns.models import Change, FieldChange


def is_told(form: type[CampaignForm], row: FieldChange, document: Document) -> bool:
    """Whether a read tells of a field; one that was absent before may be so still."""
    return row.seen is None or form.declared()[row.field].read(document) is not None


def told(
    form: type[CampaignForm], change: Change, document: Document
) -> dict[str, Fate]:
    """By field, what a read says; Accepted stands for: still the value from before."""
    return {
        row.field: _fate(form, change, row, document) for row in change.fields.all()
    }


def unseen(change: Change) -> dict[str, Fate]:
    """What becomes of fields that nothing is read for: no read says "as before"."""
    names = change.fields.values_list("field", flat=True)
    return dict.fromkeys(names, Fate(State.UNCONFIRMABLE)) | refusals.already_so(change)


def final(fate: Fate) -> Fate:
    """The same, once it had the time to settle: what is as before is Different."""
    if fate.state != State.ACCEPTED:
        return fate
    advice = "A read still shows the value from before."
    return replace(fate, state=State.DIFFERENT, advice=advice)


def withdrawn(fate: Fate) -> Fate:
    """The same where a person cancelled it: what is as before is Cancelled."""
    return (
        replace(fate, state=State.CANCELLED) if fate.state == State.ACCEPTED else fate
    )


def _fate(
    form: type[CampaignForm], change: Change, row: FieldChange, document: Document
) -> Fate:
    if row.state == State.ALREADY_SO:
        return Fate(State.ALREADY_SO)
    current = form.declared()[row.field].read(document) if row.readable else None
    if current is None:
        is_as_before = row.readable and row.seen is None
        return Fate(State.ACCEPTED if is_as_before else State.UNCONFIRMABLE)
    if current == row.wanted:
        return found(form, row, current, State.CONFIRMED, document)
    if later := _replaced_by(change, row, current):
        advice = f"Change {later} replaced it before a read could show it."
        return Fate(State.UNCONFIRMABLE, advice=advice)
    state = State.ACCEPTED if current == row.seen else State.DIFFERENT
    return found(form, row, current, state, document)


def _replaced_by(change: Change, row: FieldChange, current: str) -> int | None:
    """Another change of ours that took effect on the same field after this one.

    What is not seen yet has replaced nothing, unless the read shows it.
    """
    later = sent_after(change, row.field, last_sent(change))
    is_seen = Q(state__in=TOOK_EFFECT - {State.ACCEPTED})
    later = later.filter(is_seen | Q(state=State.ACCEPTED, wanted=current))
    return later.values_list("change_id", flat=True).first()
