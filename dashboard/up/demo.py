"""The demo people and their sandbox connections, offered at a first start."""

import secrets
from collections.abc import Mapping

from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connections

from campaigns.models import Person
from dashboard import keys

ALPHABET = "abcdefghjkmnpqrstuvwxyz"


def is_offered() -> bool:
    return {"demo", "sandbox"} <= get_commands().keys()


def password() -> str:
    """This installation's demo password: made once, kept with the keys."""
    return keys.read_or_make(settings.KEYS_DIR / "demo-password", new_password)


def new_password() -> str:
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def prepare(listening: Mapping[str, int]) -> None:
    """Make, or bring up to date, what the demo needs."""
    addresses = {f"port_{platform}": port for platform, port in listening.items()}
    call_command("demo", password=password(), verbosity=0, **addresses)
    connections.close_all()


def lines() -> list[str]:
    """Who can sign in with the demo password, in words."""
    people = Person.objects.filter(is_demo=True, is_active=True).order_by("pk")
    found = [f"  {person.email}  {', '.join(person.roles)}" for person in people]
    connections.close_all()
    return [f"Demo people, password {password()}", *found] if found else []
