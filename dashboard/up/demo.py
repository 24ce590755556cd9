"""The demo people and their sandbox connections, offered at a start."""

from collections.abc import Mapping
from io import StringIO

from django.core.management import call_command
from django.db import connections

from campaigns.models import Person
from dashboard.management.commands.demo import password


def prepare(listening: Mapping[str, int]) -> None:
    """Make, or bring up to date, what the demo needs; `listening` by platform key."""
    addresses = {f"port_{platform}": port for platform, port in listening.items()}
    call_command("demo", stdout=StringIO(), **addresses)
    connections.close_all()


def lines() -> list[str]:
    """Who can sign in with the demo password, in words."""
    people = Person.objects.filter(is_demo=True, is_active=True).order_by("pk")
    found = [f"  {person.email}  {', '.join(person.roles)}" for person in people]
    connections.close_all()
    return [f"Demo people, password {password()}", *found] if found else []
