"""manage.py doctor: says in words what is well, what is stuck, and what to do.

Ends with 1 when something is wrong, so that a watcher can ask it.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dashboard import doctor
from dashboard.doctor import Finding, Level

SIGNS = {Level.WELL: "ok   ", Level.NOTE: "note ", Level.WRONG: "WRONG"}


class Command(BaseCommand):
    help = "Says what is well, what is stuck and why; ends with 1 if something is."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        words = "leave out what is well"
        parser.add_argument("--quiet", action="store_true", help=words)

    def handle(self, *args: Any, quiet: bool = False, **options: Any) -> None:
        findings = doctor.examine()
        for finding in findings:
            if not quiet or finding.level != Level.WELL:
                self.stdout.write(_line(finding))
        if not doctor.is_well(findings):
            sys.exit(1)


def _line(finding: Finding) -> str:
    words = f"{finding.words} {finding.advice}".strip()
    return f"{SIGNS[finding.level]}  {finding.subject}: {words}"
