"""`manage.py audit archive`: months into files, texts out of the database."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from campaigns.audit import archive, export, months, removal, texts
from campaigns.audit.months import Month, NotYet
from campaigns.models import ArchivedMonth
from campaigns.planning import rests

NOT_DONE = 2
USUAL = 24
FAILURES = (
    NotYet,
    archive.NotArchived,
    export.NothingSealed,
    OSError,
    DatabaseError,
)
"""A database that refuses is one of them: the app's role on PostgreSQL may not."""


def ask(parser: ArgumentParser) -> None:
    """What the command may be told."""
    which = parser.add_mutually_exclusive_group()
    one = "one month, written 2025-03; those before it have to be archived"
    which.add_argument("--month", type=_month, metavar="MONTH", help=one)
    old = f"every month that ended so many months ago; {USUAL} when nothing is said"
    which.add_argument("--older-than", type=_count, metavar="MONTHS", help=old)
    place = "an existing folder; the one of the settings when nothing is said"
    parser.add_argument("--to", type=Path, metavar="FOLDER", help=place)
    words = "then remove from the database what nothing of the present rests on"
    parser.add_argument("--remove-texts", action="store_true", help=words)


def _month(text: str) -> Month:
    try:
        return Month.read(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > 1200:
        raise ArgumentTypeError("a number of months is needed, 0 to 1200")
    return int(text)


def unread(months: Sequence[str]) -> str:
    """Whose archives were not at hand, in words."""
    names = ", ".join(Month.read(one).words for one in months)
    return f"{names} (they lie in archives that are not at hand)"


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    """Archive what is asked for, then remove texts where that is asked for, too."""
    try:
        with archive.folder(options["to"]) as place:
            asked = list(_archived(command, options, place))
            if options["remove_texts"]:
                _remove(command, asked, place)
    except FAILURES as error:
        raise CommandError(str(error).strip(), returncode=NOT_DONE) from error
    except KeyboardInterrupt as error:
        words = "Interrupted. The same command goes on from here."
        raise CommandError(words, returncode=NOT_DONE) from error


def _archived(
    command: BaseCommand, options: dict[str, Any], place: Path
) -> Iterator[ArchivedMonth]:
    """The months asked for that are archived, some of them just now."""
    if options["month"]:
        yield from _one(command, options["month"], place)
        return
    old = options["older_than"]
    upto = months.older_than(USUAL if old is None else old)
    before = list(ArchivedMonth.objects.filter(month__lte=str(upto)))
    made = [_make(command, one, place) for one in months.due(upto)]
    if not made:
        words = f"No month up to {upto.words} is left to be archived."
        command.stdout.write(words)
    yield from sorted([*before, *made], key=lambda row: row.first)


def _one(command: BaseCommand, month: Month, place: Path) -> Iterator[ArchivedMonth]:
    there = ArchivedMonth.objects.filter(pk=str(month)).first()
    if there:
        command.stdout.write(f"{month.words} is archived already: {there.file}.")
        yield there
    elif stretch := months.only(month):
        yield _make(command, stretch, place)
    else:
        command.stdout.write(f"Nothing was written in {month.words}.")


def _make(command: BaseCommand, stretch: months.Stretch, place: Path) -> ArchivedMonth:
    def progress(count: int) -> None:
        if command.stderr.isatty():
            command.stderr.write(f"\r{count / 2**20:,.1f} MiB", ending="")

    row = archive.make(stretch, place, progress)
    words = f"{stretch.month.words}: {row.end - row.first:,} entries, positions "
    words += f"{row.first} to {row.end - 1}, archived to {place / row.file}."
    command.stdout.write(words)
    command.stdout.write(f"SHA-256 {row.sha256}.")
    return row


def _remove(command: BaseCommand, asked: list[ArchivedMonth], place: Path) -> None:
    """Months whose texts went before are looked at again: less may rest on them now.

    Where their files have been taken away since, no more goes.
    """
    before = texts.removed()
    away = {row.month for row in before if not removal.is_there(row, place)}
    rows = {row.first: row for row in [*asked, *before] if row.month not in away}
    chosen = [rows[first] for first in sorted(rows)]
    for row in (row for row in before if row.month in away):
        words = f"{Month.read(row.month).words}: {row.file} is not in {place}; "
        command.stdout.write(f"{words}no more of its texts is removed.")

    def progress(at: int, end: int) -> None:
        if command.stderr.isatty():
            command.stderr.write(f"\r{at:,} of {end:,}", ending="")

    for done in removal.run(chosen, place, rests.kept, progress):
        words = f"{Month.read(done.row.month).words}: {done.now:,} texts removed now, "
        words += f"{done.removed:,} in all; {done.kept:,} stay."
        command.stdout.write(words)
    if not chosen and not away:
        command.stdout.write("No month is archived whose texts could be removed.")
