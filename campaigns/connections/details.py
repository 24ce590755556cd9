"""What an admin says about a connection, checked. Credentials are not part of it."""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from campaigns.models import Connection, Person, ReadPolicy

LONGEST = 7 * 24 * 60 * 60
FASTEST = 60_000

LABELS = {
    "name": "Name",
    "base_url": "Address",
    "token_url": "Token address",
    "employer": "Employer",
    "is_sandbox": "Sandbox",
    "read_policy": "Read policy",
    "snapshot_seconds": "Trusts a read for",
    "settle_seconds": "Settles in",
    "sync_every_seconds": "Syncs every",
    "calls_per_minute": "Calls a minute",
    "open_to_all": "Open to everyone",
}
ELSEWHERE = ("base_url", "token_url", "employer")
"""Another of these is another account: a token got before is worth nothing there."""


@dataclass(frozen=True, slots=True)
class Details:
    """The settings of a connection; `people` see it when it is not open to all."""

    name: str
    base_url: str
    token_url: str = ""
    employer: str = ""
    is_sandbox: bool = False
    read_policy: str = ReadPolicy.CAREFUL
    snapshot_seconds: int = 900
    settle_seconds: int = 30
    sync_every_seconds: int = 900
    calls_per_minute: int = 60
    open_to_all: bool = True
    people: Collection[Person] = ()


def details_of(connection: Connection) -> Details:
    """The details that a connection has now."""
    columns = {name: getattr(connection, name) for name in LABELS}
    return Details(**columns, people=tuple(connection.people.all()))


def checked(details: Details, known: Connection | None) -> dict[str, Any]:
    """The columns for these details. Raises `ValidationError` by field."""
    columns = {name: _clean(getattr(details, name)) for name in LABELS}
    errors = {
        "name": _wrong_name(str(columns["name"]), known),
        "base_url": _wrong_address(str(columns["base_url"]), details.is_sandbox),
        "token_url": columns["token_url"]
        and _wrong_address(str(columns["token_url"]), details.is_sandbox),
        "employer": _too_long(columns["employer"], 120),
        "read_policy": _wrong_policy(details.read_policy),
        "snapshot_seconds": _wrong_seconds(details.snapshot_seconds, 0),
        "settle_seconds": _wrong_seconds(details.settle_seconds, 0, 600),
        "sync_every_seconds": _wrong_seconds(details.sync_every_seconds, 60),
        "calls_per_minute": _wrong_pace(details.calls_per_minute),
        "is_sandbox": "" if details.is_sandbox else _demo_people_are_here(),
    }
    if any(errors.values()):
        found = {name: [str(text)] for name, text in errors.items() if text}
        raise ValidationError(found)
    return columns


def is_loopback(address: str) -> bool:
    """Whether an address can only mean this machine."""
    try:
        host = urlsplit(address).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _clean(value: str | int | bool) -> str | int | bool:
    return value.strip() if isinstance(value, str) else value


def _wrong_name(name: str, known: Connection | None) -> str:
    if not name:
        return "Enter a name, such as the employer's."
    others = Connection.objects.filter(name=name)
    if known:
        others = others.exclude(pk=known.pk)
    taken = others.first()
    if taken is None:
        return _too_long(name, 120)
    archived = "An archived connection" if taken.archived_at else "A connection"
    return f"{archived} has this name already. Choose another."


def _wrong_address(address: str, is_sandbox: bool) -> str:
    here = is_loopback(address)
    if is_sandbox and not here:
        return "A sandbox runs on this machine: its address is on 127.0.0.1."
    if here and not is_sandbox and not settings.CAMPAIGN_DESK_ALLOW_LOOPBACK:
        return (
            "This is an address of this machine. Mark the connection as a sandbox, "
            "or allow it with CAMPAIGN_DESK_ALLOW_LOOPBACK=1."
        )
    return _too_long(address, 300)


def _too_long(value: str | int | bool, most: int) -> str:
    return f"Use at most {most} characters." if len(str(value)) > most else ""


def _wrong_policy(policy: str) -> str:
    return "" if policy in ReadPolicy.values else "Choose one of the read policies."


def _wrong_seconds(seconds: int, least: int, most: int = LONGEST) -> str:
    if least <= seconds <= most:
        return ""
    return f"Enter {least:,} to {most:,} seconds."


def _wrong_pace(calls: int) -> str:
    return "" if 1 <= calls <= FASTEST else f"Enter 1 to {FASTEST:,} calls a minute."


def _demo_people_are_here() -> str:
    if not Person.objects.filter(is_demo=True, is_active=True).exists():
        return ""
    return (
        "A real platform cannot be connected while the demo people can sign in. "
        "Replace them under People first."
    )
