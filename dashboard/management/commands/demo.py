"""`manage.py demo`: three demo people, a sandbox of each platform, a few labels.

Safe to call again. Must never touch people or connections that are not the demo's,
and does nothing where a real platform is connected.
"""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns import connections, people, registry
from campaigns.audit import Event
from campaigns.delivery import connecting
from campaigns.gateway.contract import Platform
from campaigns.gateway.standin.running import found
from campaigns.models import AuditValue, Channel, Connection, Label, Person
from campaigns.rights import Role
from dashboard import keys

PEOPLE = (
    people.Details("mara@example.com", "Mara Lindqvist", [Role.MARKETER]),
    people.Details("priya@example.com", "Priya Nair", [Role.MANAGER]),
    people.Details("ada@example.com", "Ada Holm", [Role.ADMIN]),
)
LABELS = ("Drivers", "Warehouse", "Surveys", "Evergreen")


def password() -> str:
    """This installation's demo password: made once, readable by its owner only."""
    return keys.read_or_make(settings.VAR_DIR / "demo-password", people.new_password)


class Command(BaseCommand):
    help = "Make the demo people, sandbox connections and labels that are missing."

    def add_arguments(self, parser: CommandParser) -> None:
        for platform in registry.all():
            key, name = platform.key, platform.name
            for option, kind, words in (
                (f"--port-{key}", int, f"port of 127.0.0.1 where {name}'s sandbox is"),
                (f"--{key}-base", str, f"whole address of {name}'s sandbox"),
                (f"--{key}-token", str, f"where {name}'s sandbox gives tokens"),
            ):
                parser.add_argument(option, type=kind, help=words)

    def handle(self, *args: Any, **options: Any) -> None:
        if Connection.objects.in_use().filter(is_sandbox=False).exists():
            self.stdout.write("A real platform is connected here: no demo.")
            return
        try:
            for details in PEOPLE:
                self._person(details)
            for platform in registry.all():
                self._connection(platform, options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        for name in LABELS:
            Label.objects.get_or_create(name=name)
        self._say()

    def _person(self, details: people.Details) -> None:
        known = Person.objects.filter(email=details.email).first()
        if known is None:
            people.add(details, None, password=password(), is_demo=True)
        elif known.is_demo and known.is_active and not known.check_password(password()):
            people.set_password(known, None, password=password())

    def _connection(self, platform: Platform, options: dict[str, Any]) -> None:
        key, name = platform.key, platform.demo_name or f"{platform.name} sandbox"
        base, token = _addresses(key, options)
        if not base:
            return
        known = _made(name) or Connection.objects.filter(name=name).first()
        if known is None:
            terms = replace(
                connecting.suggested(platform, is_sandbox=True),
                name=name,
                base_url=base,
                token_url=token,
                employer=platform.demo_employer,
            )
            connections.add(key, terms, platform.demo_secrets(), None)
        elif known.platform == key and known.is_sandbox and not known.archived_at:
            terms = replace(
                connections.details_of(known), base_url=base, token_url=token
            )
            connections.change(known, terms, None)
            connections.sync_soon(known)

    def _say(self) -> None:
        active = Person.objects.filter(is_demo=True, is_active=True).order_by("pk")
        if not active:
            self.stdout.write("The demo people have been replaced by real ones.")
            return
        self.stdout.write(f"Demo people, password {password()}")
        for person in active:
            self.stdout.write(f"  {person.email}  {', '.join(person.roles)}")


def _made(name: str) -> Connection | None:
    """The connection that a demo added under this name, whatever its name is now."""
    told = AuditValue.objects.filter(
        field="name",
        value=AuditValue.folded(name),
        entry__event=Event.CONNECTED,
        entry__channel=Channel.COMMAND,
    )
    added = told.values("entry__connection_id")
    return Connection.objects.filter(pk__in=added).order_by("pk").first()


def _addresses(key: str, options: dict[str, Any]) -> tuple[str, str]:
    base, token = options[f"{key}_base"] or "", options[f"{key}_token"] or ""
    if options[f"port_{key}"]:
        stand_in = found(key)()
        origin = f"http://127.0.0.1:{options[f'port_{key}']}"
        base = base or origin + stand_in.base_path
        token = token or (stand_in.token_path and origin + stand_in.token_path)
    return base, token
