"""Subscriptions to kinds of entries; each change of one is an entry itself."""

import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction

from campaigns import audit, clock, keyring
from campaigns.audit import Event
from campaigns.models import (
    Channel,
    Connection,
    Delivery,
    NoticeDelivery,
    Person,
    Road,
    Seal,
    Subscription,
)
from campaigns.rights import Right

KEPT = 20
"""One worker tells all notices in turn: slow receivers hold up the others."""


class NotYours(Exception):
    """This person may not have, or may not change, this notice."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be told; empty tuples and no connection ask for everything.

    `url` was checked by the gateway's rules before it comes here.
    """

    name: str
    road: Road
    url: str = ""
    events: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    connection: Connection | None = None


@transaction.atomic
def add(by: Person, wanted: Wanted) -> Subscription:
    """Begin to tell what is sealed from now on.

    Raises `NotYours`, or `ValidationError` when this person has enough of them.
    """
    _check(by, wanted.road)
    _check_room(by)
    secret = keyring.seal({"secret": secrets.token_urlsafe(32)})
    made = Subscription.objects.create(
        person=by,
        name=wanted.name,
        road=wanted.road,
        url=wanted.url,
        sealed_secret=secret if wanted.road == Road.WEBHOOK else "",
        events=list(wanted.events),
        states=list(wanted.states),
        connection=wanted.connection,
        position=_next_position(),
        created_at=clock.now(),
    )
    _tell(Event.NOTICE_ADDED, made, by)
    return made


@transaction.atomic
def change(notice: Subscription, by: Person, wanted: Wanted) -> None:
    """Tell other entries, or another address. Raises `NotYours`."""
    _check_owner(notice, by)
    notice.name, notice.url = wanted.name, wanted.url
    notice.events, notice.states = list(wanted.events), list(wanted.states)
    notice.connection = wanted.connection
    notice.save(update_fields=["name", "url", "events", "states", "connection"])
    _tell(Event.NOTICE_CHANGED, notice, by)


@transaction.atomic
def stop(notice: Subscription, by: Person) -> None:
    """Tell nothing more; what was not told yet stays untold. Raises `NotYours`."""
    _check_owner(notice, by)
    is_going = Subscription.objects.filter(pk=notice.pk, stopped_at=None)
    if is_going.update(stopped_at=clock.now()):
        _tell(Event.NOTICE_STOPPED, notice, by)


@transaction.atomic
def start(notice: Subscription, by: Person) -> None:
    """Tell again what is sealed from now on.

    Raises `NotYours`, or `ValidationError` when its person has enough of them.
    """
    _check_owner(notice, by)
    _check(notice.person, Road(notice.road))
    _check_room(notice.person)
    is_stopped = Subscription.objects.filter(pk=notice.pk, stopped_at__isnull=False)
    if is_stopped.update(stopped_at=None, trouble="", position=_next_position()):
        _tell(Event.NOTICE_CHANGED, notice, by)


@transaction.atomic
def tell_again(notice: Subscription, by: Person) -> int:
    """Try what was given up once more; how many entries. Raises `NotYours`."""
    _check_owner(notice, by)
    failed = NoticeDelivery.objects.filter(subscription=notice, outcome=Delivery.FAILED)
    return failed.update(
        outcome=Delivery.DUE, tries=0, due_at=clock.now(), ended_at=None
    )


def secret_of(notice: Subscription, by: Person) -> str:
    """The secret that a webhook is signed with. Raises `NotYours`."""
    if notice.person_id != by.pk:
        raise NotYours("Only who made this webhook may see its secret.")
    return keyring.open_sealed(notice.sealed_secret).get("secret", "")


def _next_position() -> int:
    last = Seal.objects.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


def _check(by: Person, road: Road) -> None:
    may_call = by.may(Right.HOLD) or by.may(Right.CONNECT)
    if not by.may(Right.AUDIT) or (road == Road.WEBHOOK and not may_call):
        raise NotYours("You may no longer be told of entries this way.")


def _check_room(person: Person) -> None:
    going = Subscription.objects.filter(person=person, stopped_at=None)
    if going.count() >= KEPT:
        raise ValidationError(
            f"{KEPT} notices are told already. Stop one of them first."
        )


def _check_owner(notice: Subscription, by: Person) -> None:
    if notice.person_id != by.pk and not by.may(Right.CONNECT):
        raise NotYours("This notice belongs to somebody else.")


def _tell(event: Event, notice: Subscription, by: Person) -> None:
    """The address is told by its host alone: a path may be as good as a key."""
    audit.append(
        event,
        f"user:{notice.person_id}",
        at=clock.now(),
        person=by,
        channel=Channel.SCREEN,
        connection=notice.connection,
        facts={
            "notice": notice.pk,
            "name": notice.name,
            "road": notice.road,
            "host": urlsplit(notice.url).hostname or "",
            "events": list(notice.events),
            "states": list(notice.states),
        },
    )
