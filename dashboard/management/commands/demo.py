"""`manage.py demo`: three demo people, two sandbox connections, a few labels.

Safe to call again. Must never touch people or connections that are not the demo's.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from campaigns import people
from campaigns.models import Connection, Label, Person
from campaigns.people import Details
from campaigns.rights import Role
from dashboard import keys

PEOPLE = (
    Details("mara@example.com", "Mara Lindqvist", [Role.MARKETER]),
    Details("priya@example.com", "Priya Nair", [Role.MANAGER]),
    Details("ada@example.com", "Ada Holm", [Role.ADMIN]),
)
LABELS = ("Drivers", "Warehouse", "Surveys", "Evergreen")


def password() -> str:
    """This installation's demo password: made once, readable by its owner only."""
    return keys.read_or_make(settings.VAR_DIR / "demo-password", people.new_password)


class Command(BaseCommand):
    help = "Make the demo people, sandbox connections and labels that are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        real = Connection.objects.in_use().filter(is_sandbox=False)
        if real.exists():
            self.stdout.write("A real platform is connected here: no demo.")
            return
        for details in PEOPLE:
            self._person(details)
        for name in LABELS:
            Label.objects.get_or_create(name=name)
        self._say()

    def _person(self, details: Details) -> None:
        known = Person.objects.filter(email=details.email).first()
        if known is None:
            people.add(details, None, password=password(), is_demo=True)
        elif known.is_demo and known.is_active and not known.check_password(password()):
            people.set_password(known, None, password=password())

    def _say(self) -> None:
        active = Person.objects.filter(is_demo=True, is_active=True).order_by("pk")
        if not active:
            self.stdout.write("The demo people have been replaced by real ones.")
            return
        self.stdout.write(f"Demo people, password {password()}")
        for person in active:
            self.stdout.write(f"  {person.email}  {', '.join(person.roles)}")
