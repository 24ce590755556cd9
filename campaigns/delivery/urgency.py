"""What goes first: the few edits that somebody waits for before the many of a set.

What is not urgent leaves a reserve of the pace to what is. It is never left behind for
good: what has waited for long needs no reserve, and one such lane goes before all.
"""

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from campaigns import changes, clock, limits
from campaigns.delivery import lanes
from campaigns.models import Change, Channel, Lane

BY_PEOPLE = (Channel.SCREEN, Channel.UNDO)


def is_urgent(change: Change) -> bool:
    """Whether somebody waits for this, or it has waited long enough itself."""
    if change.created_at <= clock.now() - limits.span("PATIENCE"):
        return True
    is_by_people = change.change_set.channel in BY_PEOPLE
    return is_by_people and not _large(Change.objects.filter(pk=change.pk))


def in_order(connection_id: int, limit: int = 50) -> list[int]:
    """The lanes that want work now, in the order in which they are served."""
    wanting = lanes.wanting(connection_id)
    longest = wanting.filter(Exists(_long_waiting())).order_by("due_at")[:1]
    urgent = Exists(_urgent(connection_id))
    others = wanting.annotate(urgent=urgent).order_by(F("urgent").desc(), "due_at")
    found = [*_ids(longest), *_ids(others[:limit])]
    return list(dict.fromkeys(found))[:limit]


def _ids(some: QuerySet[Lane]) -> list[int]:
    return list(some.values_list("pk", flat=True))


def _long_waiting() -> QuerySet[Change]:
    old = clock.now() - limits.span("PATIENCE")
    return _in_this_lane().filter(created_at__lte=old)


def _urgent(connection_id: int) -> QuerySet[Change]:
    large = _large(_under_way().filter(campaign__connection_id=connection_id))
    by_people = _in_this_lane().filter(change_set__channel__in=BY_PEOPLE)
    return by_people.exclude(change_set__in=large)


def _in_this_lane() -> QuerySet[Change]:
    return _under_way().filter(campaign=OuterRef("campaign"))


def _under_way() -> QuerySet[Change]:
    under_way = Change.objects.filter(state__in=lanes.UNDER_WAY, waits_for_person=False)
    return under_way.exclude(changes.LEFT).order_by()


def _large(some: QuerySet[Change]) -> list[int]:
    """The sets of these changes that are too large to be urgent."""
    sets = some.order_by().values("change_set")
    sizes = Change.objects.filter(change_set__in=sets).order_by().values("change_set")
    large = sizes.annotate(size=Count("pk")).filter(size__gt=limits.count("SMALL_SET"))
    return list(large.values_list("change_set", flat=True))
