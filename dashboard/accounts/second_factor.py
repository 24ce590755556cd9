"""What the audit history says of second factors: added, removed, a wrong code.

The sign-in package has no door of its own for that, and its signals come after the
commit: so the rows are listened to. Never holds a code or a secret.
"""

from collections.abc import Iterable
from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.urls import URLPattern

from campaigns.models import Person
from dashboard.accounts import history


def listen() -> None:
    """Hear of every change, once however often this is called."""
    post_save.connect(_saved, Authenticator, dispatch_uid="second factor added")
    post_delete.connect(_deleted, Authenticator, dispatch_uid="second factor removed")
    authentication_failed.connect(_failed, dispatch_uid="second factor wrong")


def together(patterns: Iterable[URLPattern]) -> None:
    """Let each of these pages keep a second factor and its entry, or neither."""
    for pattern in patterns:
        pattern.callback = transaction.atomic(pattern.callback)


def _saved(instance: Authenticator, created: bool, **_: Any) -> None:
    if created:
        history.second_factor_changed(instance.user, _actor(), instance.type, "added")


def _deleted(instance: Authenticator, **_: Any) -> None:
    history.second_factor_changed(instance.user, _actor(), instance.type, "removed")


def _failed(user: Person, **_: Any) -> None:
    history.sign_in_failed(user.email)


def _actor() -> Person | None:
    """Who sends the request under way: the person themselves, or an admin."""
    request = context.request
    person = request.user if request else None
    return person if isinstance(person, Person) else None
