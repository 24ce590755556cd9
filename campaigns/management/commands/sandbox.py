"""Serves the local stand-ins of all platforms until it is told to end.

Needs no database and listens on the loopback only.
"""

import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns import documents, platforms
from campaigns.documents import Document
from campaigns.gateway.standin import RunningSandbox, serve
from campaigns.gateway.standin.running import found

SETTING = "PLATFORM.OPTION=JSON"


class Command(BaseCommand):
    """`manage.py sandbox`"""

    help = "Serve strict local stand-ins of the platforms over HTTP on 127.0.0.1."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        for key in _keys():
            parser.add_argument(
                f"--{key}-port",
                f"--port-{key}",
                type=int,
                default=0,
                help=f"port of the {key} stand-in; 0 takes a free one",
            )
        parser.add_argument("--state", type=Path, help="folder that keeps the edits")
        parser.add_argument(
            "--settle",
            type=float,
            default=0,
            help="seconds for which reads still show the value before a change",
        )
        parser.add_argument(
            "--demo", action="store_true", help="plant the story of the demo"
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar=SETTING,
            help="an option of docs/sandbox.md; may be given several times",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        chosen = _chosen(options["set"])
        running = {key: _served(key, options, chosen[key]) for key in chosen}
        self.stdout.write(json.dumps(_told(running)))
        self.stdout.flush()
        ended.wait()
        for one in running.values():
            one.stop()


def _keys() -> list[str]:
    """The platforms that have a stand-in."""
    roots = map(Path, platforms.__path__)
    return sorted(
        {found.parent.name for root in roots for found in root.glob("*/sandbox*")}
    )


def _chosen(settings: list[str]) -> dict[str, Document]:
    """The options that each stand-in is to be served with. Raises `CommandError`."""
    chosen: dict[str, Document] = {key: {} for key in _keys()}
    for setting in settings:
        place, _, value = setting.partition("=")
        key, _, option = place.partition(".")
        try:
            if option not in found(key)().options:
                raise ValueError(option)
            chosen[key][option] = documents.loads(value)
        except ValueError as error:
            words = f"Write {SETTING} with an option of docs/sandbox.md, not {setting}."
            raise CommandError(words) from error
    return chosen


def _served(key: str, options: dict[str, Any], chosen: Document) -> RunningSandbox:
    port, state = options[f"{key}_port"], options["state"]
    one = serve(key, port, state=state, settle=options["settle"])
    one.configure(**chosen)
    if options["demo"]:
        one.tell()
    return one


def _told(running: dict[str, RunningSandbox]) -> dict[str, Any]:
    addresses = {
        key: {
            "base_url": one.base_url,
            "token_url": one.token_url,
            "control_url": one.control_url,
            "port": one.port,
        }
        for key, one in running.items()
    }
    return {"pid": os.getpid(), **addresses}
