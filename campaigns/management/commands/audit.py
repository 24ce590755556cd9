"""`manage.py audit`: verify, archive, seal, anchor, export, keys, status."""

import signal
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.audit import (
    Event,
    anchors,
    export,
    export_csv,
    export_zip,
    keys,
    seal,
    texts,
    upkeep,
    verify,
)
from campaigns.audit.notes import PublicKey, Unreadable
from campaigns.audit.verify import NoSuchCheckpoint, Report, Request
from campaigns.lifecycle import State
from campaigns.management import archiving
from campaigns.models import Channel, Person
from campaigns.queries import EntryFilter, every

BROKEN = 1
NOT_DONE = 2
EVERYONE = Person(is_admin=True)
"""Whoever may run commands here may read everything."""

WRITERS = {".csv": export_csv.write, ".zip": export_zip.write}
ASKED = (
    "campaign",
    "connection",
    "person",
    "since",
    "until",
    "event",
    "state",
    "field",
)


class Command(BaseCommand):
    help = "The sealed history: verify it, seal it now, lay checkpoints down, keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        words = "exit code 0: everything fits; 1: something does not"
        _ask_verify(acts.add_parser("verify", help=words))
        _ask_export(acts.add_parser("export", help="every entry asked for, as a file"))
        archiving.ask(acts.add_parser("archive", help="months, as files that prove"))
        acts.add_parser("seal", help="seal what is pending, now")
        acts.add_parser("status", help="what is sealed, pending, protected")
        acts.add_parser("protect", help="put missing triggers back")
        anchor = acts.add_parser("anchor", help="lay the newest checkpoint down, now")
        anchor.add_argument("--kind", choices=sorted(anchors.KINDS), default="file")
        key = acts.add_parser("keys", help="the public keys that are trusted")
        key.add_argument("--rotate", action="store_true", help="sign with a new key")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['act']}")(options)

    def _verify(self, options: dict[str, Any]) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            report = verify.run(_request(options), self._progress)
        except (NoSuchCheckpoint, Unreadable, OSError) as error:
            raise CommandError(str(error), returncode=NOT_DONE) from error
        except KeyboardInterrupt as error:
            words = "Interrupted. `audit verify --resume` goes on from here."
            raise CommandError(words, returncode=NOT_DONE) from error
        self._say(report)
        if not report.is_intact:
            sys.exit(BROKEN)

    def _progress(self, at: int, end: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{at:,} of {end:,}", ending="")

    def _say(self, report: Report) -> None:
        out, rate = self.stdout, report.entries / max(report.seconds, 0.001)
        out.write(
            f"Verified ({report.mode}): {report.entries:,} sealed entries, "
            f"{report.pending:,} pending, {report.changes:,} changes, "
            f"{report.anchors:,} anchor{'s' if report.anchors != 1 else ''} "
            f"in {report.seconds:.1f} s "
            f"({rate:,.0f} entries a second)."
        )
        out.write(f"Size {report.size:,}, root {report.root or 'none'}.")
        if report.archives:
            out.write(f"{report.archives:,} archives read in full.")
        if report.unread:
            out.write(f"Texts not looked at: {archiving.unread(report.unread)}.")
        if report.is_intact:
            out.write("Everything fits.")
            return
        for kind, count in sorted(report.findings.counts.items()):
            out.write(f"{count:,} × {kind}")
        out.write(f"First broken place: {report.findings.first}")
        for finding in report.findings.kept:
            out.write(f"  {finding}")

    def _export(self, options: dict[str, Any]) -> None:
        writer = WRITERS.get(options["to"].suffix)
        if writer is None:
            raise CommandError("Name the file .csv or .zip.", returncode=NOT_DONE)
        asked = {name: options[name] for name in ASKED if options[name]}
        wanted = EntryFilter(**asked)
        words = "; ".join(f"{name}: {value}" for name, value in asked.items())
        try:
            survey = export.survey(
                every.pages_of(EVERYONE, wanted),
                words or "everything",
                rows=every.countable(EVERYONE, wanted),
                by_texts=wanted.asks_texts,
            )
            self.stdout.write(f"{survey.count:,} entries.")
            if survey.limits:
                self.stdout.write(survey.limits)
            begun = export.begin(
                survey, options["to"].suffix[1:], None, Channel.COMMAND
            )
            _keep(options["to"], writer(begun))
        except (export.NothingSealed, OSError) as error:
            raise CommandError(str(error), returncode=NOT_DONE) from error
        self.stdout.write(f"Written to {options['to']}.")

    def _archive(self, options: dict[str, Any]) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        archiving.run(self, options)

    def _seal(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{seal.run_once():,} entries sealed.")
        self._status(options)

    def _status(self, options: dict[str, Any]) -> None:
        last, missing = seal.newest(), upkeep.look()
        if last:
            when = f"{last.at:%Y-%m-%d %H:%M} UTC"
            self.stdout.write(f"{last.size:,} entries sealed; last seal {when}.")
            self.stdout.write(f"Size {last.size:,}, root {last.root}.")
        self.stdout.write(f"{seal.count_pending():,} entries pending.")
        if since := texts.here_since():
            told = f"{since.day} {since:%B %Y}"
            self.stdout.write(f"Texts before {told} (UTC) lie in archives.")
        for name in missing:
            self.stdout.write(f"Not protected by the database: {name}.")
        if not missing:
            self.stdout.write("The database refuses to change or remove history.")

    def _protect(self, options: dict[str, Any]) -> None:
        for name in upkeep.protect():
            self.stdout.write(f"Was missing: {name}.")
        self.stdout.write("The database refuses to change or remove history.")

    def _anchor(self, options: dict[str, Any]) -> None:
        last = seal.newest()
        if last is None:
            raise CommandError("Nothing is sealed yet.", returncode=NOT_DONE)
        try:
            laid = anchors.place(options["kind"], last)
        except anchors.Unreachable as error:
            raise CommandError(str(error), returncode=NOT_DONE) from error
        self.stdout.write(f"Checkpoint of {laid.size:,} entries: {laid.place}.")

    def _keys(self, options: dict[str, Any]) -> None:
        if options["rotate"]:
            try:
                keys.rotate()
            except keys.FromEnvironment as error:
                raise CommandError(str(error), returncode=NOT_DONE) from error
            self.stdout.write("The next checkpoint is signed with a new key.")
        signing = keys.current().public
        for key in keys.trusted():
            self.stdout.write(f"{key.text}{'  signs now' if key == signing else ''}")


def _ask_verify(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--since", type=int, default=0, metavar="SIZE", help="from a checkpoint on")
    add("--sample", type=int, default=0, metavar="COUNT", help="some, by chance")
    bytes_only = "hashes, tree and signatures only, without the search columns"
    add("--stored-bytes", action="store_true", help=bytes_only)
    add("--resume", action="store_true", help="go on where the last one stopped")
    shelf = "a folder with archives of months, besides that of the settings (repeat)"
    add("--archives", type=Path, action="append", default=[], help=shelf)
    held = "a checkpoint that you hold: a mail, an export, a file (repeat)"
    add("--anchor", type=Path, action="append", default=[], metavar="FILE", help=held)
    known = "a key that you were given by another way (repeat)"
    add("--trust", action="append", default=[], metavar="PUBLIC_KEY", help=known)


def _ask_export(parser: ArgumentParser) -> None:
    kinds = "its ending decides: CSV for people, zip for auditors"
    parser.add_argument("to", type=Path, metavar="FILE.csv|FILE.zip", help=kinds)
    for name in ("campaign", "connection", "person"):
        told = f"entries of one {name} alone"
        parser.add_argument(f"--{name}", type=int, metavar="NUMBER", help=told)
    date = "a day or a moment, in UTC unless it names a zone"
    for name in ("since", "until"):
        parser.add_argument(f"--{name}", type=_moment, metavar="DATE", help=date)
    known: dict[str, list[Any] | None] = {
        "event": list(Event),
        "state": list(State),
        "field": None,
    }
    for name, choices in known.items():
        told, shown = f"entries with this {name} alone", name.upper()
        parser.add_argument(
            f"--{name}", default="", choices=choices, metavar=shown, help=told
        )


def _moment(text: str) -> datetime:
    """A moment of ISO 8601; in UTC where it names no zone."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _keep(path: Path, pieces: Iterable[bytes]) -> None:
    """Under its name only when it is whole."""
    draft = path.with_name(f"{path.name}.part")
    with draft.open("wb") as file:
        file.writelines(pieces)
    draft.replace(path)


def _request(options: dict[str, Any]) -> Request:
    return Request(
        since=options["since"],
        sample=options["sample"],
        columns=not options["stored_bytes"],
        resume=options["resume"],
        anchors=tuple(options["anchor"]),
        archives=tuple(options["archives"]),
        trusted=tuple(PublicKey.read(text) for text in options["trust"]),
    )
