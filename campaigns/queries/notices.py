"""Notices as their pages and their delivery read them."""

from collections.abc import Collection

from django.db.models import Count, Q, QuerySet

from campaigns.models import AuditEntry, Delivery, NoticeDelivery, Person, Subscription
from campaigns.queries.entries import find_entry
from campaigns.rights import Right


def find_notices(person: Person) -> QuerySet[Subscription]:
    """One's own notices; for who connects platforms everyone's.

    Each carries how much of it is `due`, and how much was given up: `failed`.
    """
    found = Subscription.objects.select_related("person", "connection")
    if not person.may(Right.CONNECT):
        found = found.filter(person=person)
    due = Count("deliveries", filter=Q(deliveries__outcome=Delivery.DUE))
    failed = Count("deliveries", filter=Q(deliveries__outcome=Delivery.FAILED))
    return found.annotate(due=due, failed=failed).order_by("pk")


def find_deliveries(notice: Subscription) -> QuerySet[NoticeDelivery]:
    """What was told, or was to be told, the newest first."""
    found = NoticeDelivery.objects.filter(subscription=notice)
    return found.select_related("entry").order_by("-pk")


def find_wanted(notice: Subscription, among: Collection[int]) -> QuerySet[AuditEntry]:
    """Those of these entries that a notice asks for and its person may read."""
    found = find_entry(notice.person).filter(pk__in=among)
    if notice.events:
        found = found.filter(event__in=notice.events)
    if notice.states:
        found = found.filter(state__in=notice.states)
    if notice.connection_id:
        found = found.filter(connection_id=notice.connection_id)
    return found.order_by("pk")
