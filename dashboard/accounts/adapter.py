"""What we ask of the sign-in package: people are invited, and history is told.

Its hooks are the one place where coming and going becomes an audit entry.
"""

import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from campaigns.models import Person
from dashboard.accounts import history


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Signs in people whom an admin has added. Nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        email = str(credentials.get("email", ""))
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            key = hashlib.sha256(email.lower().encode()).hexdigest()
            history.throttled(key, email)
            raise

    def _get_login_attempts_cache_key(
        self, request: HttpRequest, **credentials: Any
    ) -> str:
        """Tries are counted by person; the package adds the host they chose to name."""
        return str(credentials.get("email", "")).strip().lower()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        history.sign_in_failed(str(credentials.get("email", "")))

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        history.sign_in_failed(user.email)
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    @transaction.atomic
    def login(self, request: HttpRequest, user: Person) -> None:
        super().login(request, user)
        history.signed_in(user)

    @transaction.atomic
    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, Person):
            history.signed_out(request.user)
        super().logout(request)

    @transaction.atomic
    def set_password(self, user: Person, password: str) -> None:
        super().set_password(user, password)
        history.password_changed(user)

    def reauthenticate(self, user: Person, password: str) -> bool:
        """People have one address, their own: no table of addresses is asked."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk
