"""`manage.py person …`: people added without a browser, the first admin above all."""

import os
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns import people
from campaigns.models import Person
from campaigns.people import Details
from campaigns.rights import WORDS, Role


class Command(BaseCommand):
    help = "Add people, give new passwords, deactivate, replace the demo people, list."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        add = acts.add_parser("add", help="add a person; prints a generated password")
        add.add_argument("--email", required=True, help="they sign in with it")
        add.add_argument("--name", required=True, help="as others see it")
        add.add_argument(
            "--role",
            action="append",
            required=True,
            choices=[role.value for role in Role],
            help="repeat for several. "
            + "; ".join(f"{r}: {w}" for r, w in WORDS.items()),
        )
        add.add_argument("--timezone", default="UTC", help="such as Europe/Vienna")
        _password_option(add)
        password = acts.add_parser("password", help="give somebody a new password")
        password.add_argument("--email", required=True)
        _password_option(password)
        for act, words in (
            ("deactivate", "end somebody's access at once"),
            ("reactivate", "let somebody in again; prints a new password"),
        ):
            acts.add_parser(act, help=words).add_argument("--email", required=True)
        acts.add_parser("replace-demo", help="deactivate the demo people")
        acts.add_parser("list", help="everybody, one a line")

    def handle(self, *args: Any, **options: Any) -> None:
        act = options["act"].replace("-", "_")
        try:
            getattr(self, f"_{act}")(options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error

    def _add(self, options: dict[str, Any]) -> None:
        roles = [Role(role) for role in options["role"]]
        details = Details(options["email"], options["name"], roles, options["timezone"])
        given = _given_password(options)
        added, password = people.add(details, None, password=given)
        self.stdout.write(f"{added.email} was added.")
        self._say(password, given)

    def _password(self, options: dict[str, Any]) -> None:
        given = _given_password(options)
        password = people.set_password(_found(options), None, password=given)
        self.stdout.write("The password was changed; their sessions have ended.")
        self._say(password, given)

    def _deactivate(self, options: dict[str, Any]) -> None:
        people.deactivate(_found(options), None)
        self.stdout.write("Deactivated, and signed out everywhere.")

    def _reactivate(self, options: dict[str, Any]) -> None:
        self._say(people.reactivate(_found(options), None), "")

    def _replace_demo(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"Demo people deactivated: {people.replace_demo(None)}")

    def _list(self, options: dict[str, Any]) -> None:
        for each in Person.objects.order_by("email"):
            state = "active" if each.is_active else "deactivated"
            words = [each.email, each.full_name, ",".join(each.roles), state]
            self.stdout.write("\t".join(words))

    def _say(self, password: str, given: str) -> None:
        """Print a password that nobody knows yet."""
        if not given:
            self.stdout.write(f"Password, shown only now: {password}")


def _password_option(parser: CommandParser) -> None:
    parser.add_argument(
        "--password-from-env",
        metavar="VARIABLE",
        help="take the password from the environment in place of generating one",
    )


def _given_password(options: dict[str, Any]) -> str:
    variable = options["password_from_env"]
    if not variable:
        return ""
    if not os.environ.get(variable):
        raise CommandError(f"The environment variable {variable} is empty.")
    return os.environ[variable]


def _found(options: dict[str, Any]) -> Person:
    email = options["email"].strip().lower()
    found = Person.objects.filter(email=email).first()
    if found is None:
        raise CommandError(f"Nobody here has the address {email}.")
    return found
