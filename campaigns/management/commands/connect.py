"""`manage.py connect …`: platforms connected without a browser, nothing asked back.

Credentials come from the environment or from files, never from the command line,
where other people's process lists would show them.
"""

import dataclasses
import os
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns import connections, registry
from campaigns.connections import Details
from campaigns.delivery import connecting
from campaigns.models import Channel, Connection, Person, ReadPolicy
from campaigns.registry import UnknownPlatform

EXAMPLES = """Examples, with a platform and its credentials from the list below:
  manage.py connect add --platform KEY --name Panel \\
      --secret api_key=env:PANEL_KEY
  manage.py connect add --platform KEY --name Logistics --employer ID \\
      --secret client_id=env:CLIENT_ID --secret client_secret=file:/run/secret --test
  manage.py connect hold Panel --reason "Checking a wrong import"
"""


class Command(BaseCommand):
    help = "Connect platforms: add, change, test, rename, hold, release, archive, list."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES + _asked()
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        add = acts.add_parser("add", help="connect a platform")
        add.add_argument("--platform", required=True, help=_keys())
        add.add_argument("--name", required=True, help="as people here call it")
        add.add_argument("--test", action="store_true", help="then test it")
        _detail_options(add)
        for act, words in (
            ("change", "give another address, employer, policy or credential"),
            ("test", "try the credentials with reads alone; exit 1 on a problem"),
            ("rename", "give another name"),
            ("hold", "let nothing leave any more"),
            ("release", "let changes leave again"),
            ("archive", "put away for good; refused while changes are open"),
        ):
            one = acts.add_parser(act, help=words)
            one.add_argument("name", help="the connection's name")
            _own_options(act, one)
        acts.add_parser("list", help="every connection, one a line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['act']}")(options)
        except ValidationError as error:
            raise CommandError("\n".join(_told(error))) from error

    def _add(self, options: dict[str, Any]) -> None:
        platform = _platform(options["platform"])
        begin = connecting.suggested(platform, is_sandbox=options["sandbox"])
        details = _details(begin, options | {"new_name": options["name"]})
        secrets = _secrets(options["secret"])
        made = connecting.connect(platform, details, secrets, None)
        self.stdout.write(f"{made} is connected. A worker reads its campaigns next.")
        if options["test"]:
            self._test(options)

    def _change(self, options: dict[str, Any]) -> None:
        connection = _named(options["name"])
        details = _details(connections.details_of(connection), options)
        connecting.amend(connection, details, _secrets(options["secret"]), None)
        self.stdout.write(f"{connection} was changed.")

    def _test(self, options: dict[str, Any]) -> None:
        check = connecting.test(_named(options["name"]), None)
        words = "\n".join(check.words)
        if not check.ok:
            raise CommandError(words)
        self.stdout.write(words or "The test found no problem.")

    def _rename(self, options: dict[str, Any]) -> None:
        connection = _named(options["name"])
        details = _details(connections.details_of(connection), options)
        connections.change(connection, details, None)
        self.stdout.write(f"{options['name']} is now called {connection}.")

    def _hold(self, options: dict[str, Any]) -> None:
        connection = _named(options["name"])
        is_new = connections.hold(
            connection, None, options["reason"], channel=Channel.COMMAND
        )
        state = "is on hold" if is_new else "was on hold already"
        self.stdout.write(f"{connection} {state}: {connection.held_reason}")

    def _release(self, options: dict[str, Any]) -> None:
        connection = _named(options["name"])
        moved = connections.release(connection, None, channel=Channel.COMMAND)
        self.stdout.write(f"{connection} is released. Waiting again: {moved}.")

    def _archive(self, options: dict[str, Any]) -> None:
        connection = _named(options["name"])
        connections.archive(connection, None)
        self.stdout.write(f"{connection} is archived.")

    def _list(self, options: dict[str, Any]) -> None:
        for one in Connection.objects.order_by("name"):
            kind = "sandbox" if one.is_sandbox else "real"
            words = [one.name, one.platform, kind, _state(one), one.base_url]
            self.stdout.write("\t".join(words))


def _detail_options(parser: ArgumentParser) -> None:
    for option, words in {
        "--base-address": "where the platform is (the real one is built in)",
        "--token-address": "where tokens are asked for (the real one is built in)",
        "--employer": "the employer's id, for platforms that serve one employer each",
    }.items():
        parser.add_argument(option, metavar="TEXT", help=words)
    for option, words in {
        "--trust-read": "thrifty: a younger read needs no other before a send",
        "--settle": "how long a read may still show the old value after a send",
        "--sync-every": "how often the list is read",
    }.items():
        parser.add_argument(option, type=int, metavar="SECONDS", help=words)
    parser.add_argument("--calls-per-minute", type=int, metavar="N", help="at most")
    parser.add_argument("--policy", choices=ReadPolicy.values, help="how much to read")
    parser.add_argument(
        "--sandbox", action="store_true", help="a stand-in on this machine's loopback"
    )
    seen = parser.add_mutually_exclusive_group()
    seen.add_argument(
        "--only", action="append", metavar="EMAIL", help="who may see it (repeat)"
    )
    seen.add_argument("--everyone", action="store_true", help="all may see it")
    parser.add_argument(
        "--secret",
        action="append",
        default=[],
        metavar="NAME=env:VAR|file:PATH",
        help="one credential, from the environment or a file (repeat)",
    )


def _own_options(act: str, parser: ArgumentParser) -> None:
    if act == "change":
        _detail_options(parser)
    if act == "rename":
        parser.add_argument("new_name", help="the new name")
    if act == "hold":
        parser.add_argument("--reason", required=True, help="for those who find it so")


def _details(begin: Details, options: dict[str, Any]) -> Details:
    """`begin`, with what the options say in its place."""
    columns = {
        "new_name": "name",
        "base_address": "base_url",
        "token_address": "token_url",
        "employer": "employer",
        "policy": "read_policy",
        "trust_read": "snapshot_seconds",
        "settle": "settle_seconds",
        "sync_every": "sync_every_seconds",
        "calls_per_minute": "calls_per_minute",
    }
    given: dict[str, Any] = {
        column: options[option]
        for option, column in columns.items()
        if options.get(option) is not None
    }
    if options.get("sandbox"):
        given["is_sandbox"] = True
    if options.get("everyone"):
        given["open_to_all"] = True
    if options.get("only"):
        given |= {"open_to_all": False, "people": _people(options["only"])}
    return dataclasses.replace(begin, **given)


def _people(emails: list[str]) -> tuple[Person, ...]:
    found = {each.email: each for each in Person.objects.filter(email__in=emails)}
    unknown = [email for email in emails if email not in found]
    if unknown:
        raise CommandError(f"Nobody here has the address {unknown[0]}.")
    return tuple(found.values())


def _secrets(given: list[str]) -> dict[str, str]:
    return dict(_secret(one) for one in given)


def _secret(text: str) -> tuple[str, str]:
    name, _, source = text.partition("=")
    kind, _, where = source.partition(":")
    if kind == "env" and where in os.environ:
        return name, os.environ[where]
    if kind == "env":
        raise CommandError(f"{name}: there is no environment variable {where!r}.")
    if kind != "file":
        raise CommandError("Write --secret NAME=env:VARIABLE or NAME=file:PATH.")
    try:
        return name, Path(where).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name}: cannot read the file {where!r}.") from error


def _platform(key: str) -> Any:
    try:
        return registry.get(key)
    except UnknownPlatform as error:
        raise CommandError(f"{error} There are: {_keys()}.") from error


def _named(name: str) -> Connection:
    found = Connection.objects.filter(name=name).first()
    if found is None:
        raise CommandError(f"There is no connection “{name}”. See: connect list")
    return found


def _state(connection: Connection) -> str:
    if connection.archived_at:
        return "archived"
    return "held" if connection.is_held else "working"


def _told(error: ValidationError) -> list[str]:
    if not hasattr(error, "error_dict"):
        return error.messages
    by_field = error.message_dict.items()
    return [f"{field}: {words}" for field, texts in by_field for words in texts]


def _keys() -> str:
    return ", ".join(platform.key for platform in registry.all())


def _asked() -> str:
    lines = ["", "Credentials, by platform (optional ones in brackets):"]
    for platform in registry.all():
        asked = [s.name if s.required else f"[{s.name}]" for s in platform.secrets]
        lines.append(f"  {platform.key}: {', '.join(asked)}")
    return "\n".join(lines)
