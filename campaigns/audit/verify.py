"""Verifies the whole history, its part since a checkpoint, or a sample.

Only reads, but for the entry that tells the result. Others may write meanwhile.
"""

import gc
import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction

from campaigns import clock
from campaigns.audit import (
    archive_check,
    around,
    keys,
    sample,
    seal,
    states,
    stored,
)
from campaigns.audit.archive_check import Ranges
from campaigns.audit.entries import Event, append
from campaigns.audit.findings import Findings
from campaigns.audit.notes import PublicKey
from campaigns.audit.pieces import pieces
from campaigns.audit.tree import Edge
from campaigns.audit.walk import Walk
from campaigns.models import ArchivedMonth, Channel, Checkpoint

PASSES = 100
SAVE_EVERY = 25

Progress = Callable[[int, int], None]


class NoSuchCheckpoint(LookupError):
    """There is no checkpoint of this size to begin at."""


@dataclass(slots=True)
class Report:
    """What a verification looked at and found.

    `unread` names the months whose texts lie in archives that were not at hand.
    """

    mode: str
    size: int = 0
    root: str = ""
    entries: int = 0
    pending: int = 0
    changes: int = 0
    anchors: int = 0
    archives: int = 0
    unread: list[str] = field(default_factory=list)
    seconds: float = 0.0
    findings: Findings = field(default_factory=Findings)

    @property
    def is_intact(self) -> bool:
        """Nothing was found that does not fit."""
        return not self.findings.counts


@dataclass(frozen=True, slots=True)
class Request:
    """What to verify: all by default."""

    since: int = 0
    sample: int = 0
    columns: bool = True
    resume: bool = False
    anchors: tuple[Path, ...] = ()
    archives: tuple[Path, ...] = ()
    trusted: tuple[PublicKey, ...] = ()


def run(request: Request, progress: Progress = lambda at, end: None) -> Report:
    """Verify, write the result into the history, and say it.

    Raises `NoSuchCheckpoint` when there is nothing of that size to begin at.
    """
    began = time.monotonic()
    known = [*keys.trusted(), *request.trusted]
    strange = Findings()
    months = archive_check.check_rows(strange)
    gone = archive_check.ranges(months)
    if request.sample:
        report = _sample(request, known, gone)
    else:
        report = _walk(request, known, progress, gone)
    report.findings.join(strange)
    _look_around(report, request, known)
    _look_at_archives(report, request, months)
    report.seconds = time.monotonic() - began
    _tell(report)
    _place().unlink(missing_ok=True)
    return report


def _walk(
    request: Request,
    known: list[PublicKey],
    progress: Progress,
    gone: Ranges = (),
) -> Report:
    walk = _begin(request, known)
    walk.archived = gone
    began, end = walk.edge.size, 0
    for _ in range(PASSES):
        end = _end()
        if walk.edge.size >= end:
            break
        _go(walk, end, progress)
    mode = f"since {began}" if walk.is_partial else "full"
    return Report(
        mode=mode if walk.columns else f"{mode}, stored bytes",
        size=walk.edge.size,
        root=walk.edge.root().hex(),
        entries=walk.edge.size - began,
        findings=walk.found,
    )


def _go(walk: Walk, end: int, progress: Progress) -> None:
    read = pieces(walk.edge.size, end, columns=walk.columns)
    with closing(read), _no_collection():
        for number, piece in enumerate(read, 1):
            walk.step(piece)
            progress(piece.end, end)
            if number % SAVE_EVERY == 0:
                _save(walk)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of objects that soon go, none in a cycle: looking for some costs 5 %."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _begin(request: Request, known: list[PublicKey]) -> Walk:
    if request.resume and _place().exists():
        return Walk.read(json.loads(_place().read_text()), known)
    walk = Walk(keys=known, columns=request.columns)
    if request.since:
        first = Checkpoint.objects.filter(size=request.since).first()
        if first is None:
            raise NoSuchCheckpoint(f"There is no checkpoint of {request.since}.")
        walk.edge = Edge.read(first.size, first.edge)
        walk.previous, walk.is_partial = first.size, True
    return walk


def _end() -> int:
    top, size, _ = stored.tops()
    return max(-1 if top is None else top, (size or 0) - 1) + 1


def _look_around(report: Report, request: Request, known: list[PublicKey]) -> None:
    found = report.findings
    around.check_triggers(found)
    around.check_tops(found)
    around.check_streams(found)
    report.pending = around.check_pending(found)
    report.changes = states.check_changes(found)
    states.check_fields(found)
    states.check_gone(found)
    last = seal.newest()
    size = last.size if last else 0
    report.anchors = around.check_anchors(found, known, size, request.anchors)


def _look_at_archives(
    report: Report, request: Request, months: list[ArchivedMonth]
) -> None:
    """A sample looks into no file; what begins later needs no earlier month."""
    folders = [*request.archives, Path(settings.AUDIT_ARCHIVE_DIR)]
    asked = [row for row in months if row.end > request.since]
    found, looked_into = report.findings, folders if not request.sample else []
    report.archives, unread = archive_check.check_files(found, asked, looked_into)
    report.unread = [row.month for row in unread]


def _sample(request: Request, known: list[PublicKey], gone: Ranges) -> Report:
    report, last = Report(mode=f"sample of {request.sample}"), seal.newest()
    if last is not None:
        found = report.findings
        report.entries = sample.take(request.sample, last, known, gone, found)
        report.size, report.root = last.size, last.root
    return report


@transaction.atomic
def _tell(report: Report) -> None:
    first = report.findings.first
    append(
        Event.CHECKED,
        "system",
        at=clock.now(),
        channel=Channel.COMMAND,
        facts={
            "mode": report.mode,
            "size": report.size,
            "root": report.root,
            "entries": report.entries,
            "pending": report.pending,
            "archives": report.archives,
            "unread": report.unread,
            "findings": dict(report.findings.counts),
            "says": str(first) if first else "Everything fits.",
        },
    )


def _save(walk: Walk) -> None:
    path = _place()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(walk.written()))
    draft.replace(path)


def _place() -> Path:
    return Path(settings.AUDIT_PROGRESS_FILE)
