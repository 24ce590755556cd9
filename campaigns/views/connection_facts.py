"""What the page of a connection says about it, and what this person may do there."""

from typing import Any

from django.urls import reverse

from campaigns.gateway.contract import Platform
from campaigns.models import Connection, Person
from campaigns.rights import Right


def facts(connection: Connection, platform: Platform | None) -> list[tuple[str, str]]:
    """Label and words, for people who may see this connection."""
    rows = [
        ("Address", connection.base_url),
        ("Token address", connection.token_url),
        ("Employer", connection.employer),
        ("Reads", connection.get_read_policy_display()),
        ("Trusts a read for", _span(connection.snapshot_seconds)),
        ("Settles in", _span(connection.settle_seconds)),
        ("Reads the list every", _span(connection.sync_every_seconds)),
        ("Calls a minute", f"at most {connection.calls_per_minute:,}"),
        ("Calls used", f"{connection.calls_used:,}"),
        ("Price of a call", platform.capabilities.cost_words if platform else ""),
        ("Seen by", _seen_by(connection)),
        ("Credentials", "sealed" if connection.sealed_secrets else "none"),
    ]
    return [(label, words) for label, words in rows if words]


def price(connection: Connection, platform: Platform | None) -> str:
    """What one call may cost, to stand on each button that makes one; "" if free."""
    if (
        connection.is_sandbox
        or platform is None
        or not platform.capabilities.calls_cost
    ):
        return ""
    abilities = platform.capabilities
    return f"up to {abilities.calls_cost} {abilities.currency} a call"


def acts(connection: Connection, person: Person) -> dict[str, str]:
    """Addresses of what this person may do; "" for what they may not."""
    if connection.archived_at:
        return {}
    rights = {
        "edit": Right.CONNECT,
        "test": Right.CONNECT,
        "archive": Right.CONNECT,
        "sync": Right.VIEW,
        "hold": Right.HOLD,
        "release": Right.HOLD,
    }
    return {
        f"{verb}_url": reverse(f"connection_{verb}", args=[connection.pk])
        for verb, right in rights.items()
        if person.may(right)
    }


def _span(seconds: int) -> str:
    for size, word in ((3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {word}"
    return f"{seconds} s"


def _seen_by(connection: Connection) -> str:
    if connection.open_to_all:
        return "everyone"
    names: Any = connection.people.order_by("full_name")
    return ", ".join(map(str, names)) or "admins only"
