"""What the other changes of a campaign say of the fields of one: of the same lane.

What came after what is told by the order of attempts and of audit entries: a person
may have sent an older change again, and clocks differ.
"""

from collections.abc import Iterable, Sequence

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from campaigns import clock
from campaigns.changes import Fate
from campaigns.delivery import leases
from campaigns.delivery.links import Link
from campaigns.lifecycle import TOOK_EFFECT, State
from campaigns.models import Attempt, AttemptKind, AuditEntry, Change, FieldChange

WITHOUT_EFFECT = (State.REJECTED, State.FAILED, State.CLASH, State.DIFFERENT)


def last_sent(change: Change) -> int:
    """The key of its last PATCH, whatever became of it; 0 where there is none."""
    patches = change.attempts.filter(kind=AttemptKind.PATCH)
    return patches.aggregate(last=Max("pk"))["last"] or 0


def others(change: Change, paths: Iterable[str], *which: Q) -> QuerySet[FieldChange]:
    """These fields in the other changes of its campaign; the last sent comes first.

    Each has as `sent` the key of its last PATCH that may have arrived, None where it
    has none; `which` may ask for that.
    """
    arrived = Attempt.objects.may_have_arrived().filter(change=OuterRef("change"))
    last = arrived.order_by("-pk").values("pk")[:1]
    here = FieldChange.objects.filter(
        change__campaign=change.campaign_id, field__in=paths
    )
    beside = here.exclude(change=change).annotate(sent=Subquery(last))
    return beside.filter(*which).order_by("-sent")


def sent_after(change: Change, path: str, last: int) -> QuerySet[FieldChange]:
    """This field in the other changes that were sent after the PATCH with key `last`.

    Told by the order of attempts: a person may have sent an older change again, and
    clocks differ.
    """
    return others(change, [path], Q(sent__gt=last))


def may_be_live() -> Q:
    """Fields of which the value may be on the platform: sent, or already so.

    A state alone does not tell: what a person sent again may have arrived before, and
    what a read found otherwise may come late. What was cancelled does not count.
    """
    sent = Attempt.objects.may_have_arrived().filter(change=OuterRef("change"))
    may_be = Q(Exists(sent)) & ~Q(change__state=State.CANCELLED)
    return Q(state__in=TOOK_EFFECT | {State.ALREADY_SO}) | may_be


def sent_since(change: Change) -> int | None:
    """Another change that came to one of its fields since, and that may be live."""
    paths = change.fields.values_list("field", flat=True)
    was_sent = Q(sent__gt=last_sent(change))
    is_younger = Q(change__sequence__gt=change.sequence, state=State.ALREADY_SO)
    later = others(change, paths, may_be_live(), was_sent | is_younger)
    return later.values_list("change_id", flat=True).first()


def is_wanted_anew(row: FieldChange, value: str | None) -> bool:
    """Whether a later change asked for this very value, and found it there already."""
    later = FieldChange.objects.filter(
        change__campaign=row.change.campaign_id,
        change__sequence__gt=row.change.sequence,
        field=row.field,
        state=State.ALREADY_SO,
        wanted=value,
    )
    return later.exists()


def spoiled(change: Change, paths: Sequence[str]) -> dict[str, Fate]:
    """Fields that build on an earlier change which ended without effect meanwhile."""
    known = AuditEntry.objects.filter(
        change_id=OuterRef("change"), state__in=WITHOUT_EFFECT, pk__lt=_asked(change)
    )
    earlier = FieldChange.objects.filter(
        ~Exists(known),
        change__campaign=change.campaign_id,
        change__sequence__lt=change.sequence,
        field__in=paths,
        state__in=WITHOUT_EFFECT,
    )
    return {
        before.field: Fate(
            State.CLASH,
            advice=f"Change {before.change_id}, before this one, ended without effect.",
        )
        for before in earlier
    }


def overtaken(change: Change, paths: Sequence[str]) -> dict[str, Fate]:
    """Fields that a later change may have set while this was held.

    Also where a read shows what its author saw: the later one may have put it there.
    """
    later = FieldChange.objects.filter(
        may_be_live(),
        change__campaign=change.campaign_id,
        change__sequence__gt=change.sequence,
        field__in=paths,
    )
    return {
        after.field: Fate(
            State.CLASH,
            advice=f"Change {after.change_id}, after this one, was sent before it.",
        )
        for after in later
    }


def sent_lately(
    link: Link, change: Change
) -> Iterable[tuple[str, str | None, str, bool]]:
    """What took effect within the time to settle: path, from, to, and whether it had
    when `change` was asked for.

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
    known = AuditEntry.objects.filter(
        change_id=OuterRef("change"), state=State.ACCEPTED, pk__lt=_asked(change)
    )
    others = lately.exclude(change=change).annotate(was_known=Exists(known))
    others = others.order_by("change__accepted_at", "pk")
    return others.values_list("field", "seen", "wanted", "was_known")


def _asked(change: Change) -> Subquery:
    """The entry that tells of its request: older ones its author could know.

    By the order of entries, which no clock that was wrong can turn.
    """
    told = AuditEntry.objects.filter(change_id=change.pk).order_by("pk")
    return Subquery(told.values("pk")[:1])
