"""Serves the local stand-ins of all platforms until it is told to end.

Needs no database and listens on the loopback only.
"""

import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from campaigns import platforms
from campaigns.gateway.standin import RunningSandbox, serve


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
            "--report-jobs",
            action="store_true",
            help="let the Indeed stand-in report its jobs… fields",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        running = {key: _served(key, options) for key in _keys()}
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


def _served(key: str, options: dict[str, Any]) -> RunningSandbox:
    port, state = options[f"{key}_port"], options["state"]
    one = serve(key, port, state=state, settle=options["settle"])
    if "report_jobs" in one.options:
        one.configure(report_jobs=options["report_jobs"])
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
