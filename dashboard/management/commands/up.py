"""Everything of one machine with one command; Ctrl-C ends it all."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboard.up import machine
from dashboard.up.lock import AlreadyRunning
from dashboard.up.ports import PortTaken
from dashboard.up.redis import NoRedis
from dashboard.up.supervisor import NotReady


class Command(BaseCommand):
    help = "Start Campaign Desk: web, worker, Redis and the demo sandboxes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add(
            "--port", type=int, default=8000, help="of the web pages; 8000 if not given"
        )
        add("--no-demo", action="store_true", help="no sandboxes, no demo people")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            machine.run(options["port"], not options["no_demo"], self.say)
        except AlreadyRunning as running:
            self.say(str(running))
        except (PortTaken, NoRedis, NotReady) as error:
            raise CommandError(str(error)) from error

    def say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
