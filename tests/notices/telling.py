"""Notices for tests: asked for, told, and what came of it."""

from django.db import transaction

from campaigns import audit, clock, notices
from campaigns.audit import Event, seal
from campaigns.delivery import notices as telling
from campaigns.models import Road


def letters(person, **wanted):
    return notices.add(person, notices.Wanted("Mine", Road.EMAIL, **wanted))


def hook(person, receiver, **wanted):
    wanted = notices.Wanted("Partner", Road.WEBHOOK, receiver.url, **wanted)
    return notices.add(person, wanted)


def happen(event=Event.TESTED, **words):
    with transaction.atomic():
        return audit.append(event, "system", at=clock.now(), **words)


def tell():
    seal.run_once()
    return telling.run_once()
