"""Connects a platform: what its declaration asks for, checked, then remembered.

The one road for the page and the command. What is wrong is a `ValidationError` by
field; credentials stand under `secret_<name>` there and are never repeated.
"""

from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from campaigns import connections, registry
from campaigns.connections import Details
from campaigns.delivery import accounts
from campaigns.gateway import addresses
from campaigns.gateway.contract import Check, Platform, Timeout, Unavailable
from campaigns.gateway.credentials import is_visible
from campaigns.models import Connection, Person

QUICK = Timeout(connect=3, read=6, total=8)
"""A person waits for a test: shorter than a worker would."""
HOUR = 3600


def suggested(platform: Platform, *, is_sandbox: bool = False) -> Details:
    """What a new connection begins with: the real addresses, a policy that fits."""
    abilities = platform.capabilities
    is_paid = bool(abilities.calls_cost) and not is_sandbox
    return Details(
        name="",
        base_url=platform.base_url,
        token_url=platform.token_url,
        is_sandbox=is_sandbox,
        read_policy="careful" if is_sandbox else abilities.default_policy,
        settle_seconds=5 if is_sandbox else abilities.settle_seconds,
        calls_per_minute=1200 if is_sandbox else 60,
        sync_every_seconds=6 * HOUR if is_paid else HOUR // 4,
    )


def connect(
    platform: Platform,
    details: Details,
    secrets: Mapping[str, str],
    by: Person | None,
) -> Connection:
    """Add a connection with every credential that its platform asks for."""
    given = _without_blanks(secrets)
    wrong = _problems(platform, details) | _missing(platform, given)
    _refuse(wrong | _unusable(platform, given))
    return connections.add(platform.key, details, given, by)


def amend(
    connection: Connection,
    details: Details,
    secrets: Mapping[str, str],
    by: Person | None,
) -> None:
    """Change a connection; a credential that is left blank stays as it is.

    Other addresses ask for the credentials again: what is stored was meant for the
    old ones, and must not travel to a place of somebody's choice.
    """
    platform = registry.get(connection.platform)
    given = _without_blanks(secrets)
    wrong = _problems(platform, details) | _unusable(platform, given)
    if _addresses(details) != _addresses(connection):
        wrong = _missing(platform, given) | wrong
    _refuse(wrong)
    with transaction.atomic():
        connections.change(connection, details, by)
        if given:
            connections.set_credentials(connection, given, by)


def test(connection: Connection, by: Person | None) -> Check:
    """Try the credentials with reads alone, now, and remember what came of it."""
    try:
        client = accounts.open_client(connection, QUICK)
    except Unavailable as error:
        check = Check(False, (error.message,))
    else:
        try:
            check = client.check()
        finally:
            client.close()
    connections.record_test(connection, check.ok, check.words, by)
    return check


def _addresses(of: Details | Connection) -> tuple[str, str]:
    return of.base_url.strip(), of.token_url.strip()


def _without_blanks(secrets: Mapping[str, str]) -> dict[str, str]:
    return {name: text.strip() for name, text in secrets.items() if text.strip()}


def _problems(platform: Platform, details: Details) -> dict[str, str]:
    loopback = details.is_sandbox or settings.CAMPAIGN_DESK_ALLOW_LOOPBACK
    wrong = {"base_url": _wrong_address(details.base_url, loopback)}
    if platform.token_url or details.token_url:
        wrong["token_url"] = _wrong_address(details.token_url, loopback)
    if platform.needs_employer and not details.employer.strip():
        wrong["employer"] = f"{platform.name} asks for the employer's id."
    return {field: words for field, words in wrong.items() if words}


def _wrong_address(address: str, loopback_allowed: bool) -> str:
    try:
        addresses.checked(address, loopback_allowed=loopback_allowed)
    except Unavailable as error:
        return error.message
    return ""


def _missing(platform: Platform, given: Mapping[str, str]) -> dict[str, str]:
    return {
        f"secret_{secret.name}": f"{platform.name} asks for this."
        for secret in platform.secrets
        if secret.required and secret.name not in given
    }


def _unusable(platform: Platform, given: Mapping[str, str]) -> dict[str, str]:
    known = {secret.name for secret in platform.secrets}
    odd = {
        f"secret_{name}": "This has characters that it cannot have. Copy it again."
        for name, text in given.items()
        if not is_visible(text)
    }
    unknown = {
        f"secret_{name}": f"{platform.name} asks for no “{name}”."
        for name in given
        if name not in known
    }
    return odd | unknown


def _refuse(wrong: Mapping[str, str]) -> None:
    if wrong:
        raise ValidationError({field: [words] for field, words in wrong.items()})
