"""Verifies the whole history, its part since a checkpoint, or a sample.

Only reads, but for the entry that tells the result. Others may write meanwhile.
"""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction

from campaigns import clock
from campaigns.audit import around, columns, keys, notes, seal, states, stored
from campaigns.audit.entries import Event, append, leaf
from campaigns.audit.findings import Findings, Kind
from campaigns.audit.nodes import Incomplete, Nodes
from campaigns.audit.notes import PublicKey
from campaigns.audit.tree import Edge, inclusion_proof, root_of_inclusion
from campaigns.audit.walk import Walk
from campaigns.models import Channel, Checkpoint

PASSES = 100
SAVE_EVERY = 25

Progress = Callable[[int, int], None]


class NoSuchCheckpoint(LookupError):
    """There is no checkpoint of this size to begin at."""


@dataclass(slots=True)
class Report:
    """What a verification looked at and found."""

    mode: str
    size: int = 0
    root: str = ""
    entries: int = 0
    pending: int = 0
    changes: int = 0
    anchors: int = 0
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
    trusted: tuple[PublicKey, ...] = ()


def run(request: Request, progress: Progress = lambda at, end: None) -> Report:
    """Verify, write the result into the history, and say it.

    Raises `NoSuchCheckpoint` when there is nothing of that size to begin at.
    """
    began = time.monotonic()
    known = [*keys.trusted(), *request.trusted]
    if request.sample:
        report = _sample(request.sample, known)
    else:
        report = _walk(request, known, progress)
    _look_around(report, request, known)
    report.seconds = time.monotonic() - began
    _tell(report)
    _place().unlink(missing_ok=True)
    return report


def _walk(request: Request, known: list[PublicKey], progress: Progress) -> Report:
    walk = _begin(request, known)
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
    pieces = 0
    while walk.edge.size < end:
        walk.step(min(walk.edge.size + stored.PIECE, end))
        progress(walk.edge.size, end)
        pieces += 1
        if pieces % SAVE_EVERY == 0:
            _save(walk)


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


def _sample(count: int, known: list[PublicKey]) -> Report:
    """Prove some entries, chosen by chance, to the newest checkpoint."""
    report, last = Report(mode=f"sample of {count}"), seal.newest()
    if last is None:
        return report
    if not any(notes.is_signed(last.note, key) for key in known):
        words = "no key known here has signed it"
        report.findings.add(Kind.SIGNATURE, f"checkpoint {last.size}", words)
    chosen = random.SystemRandom().sample(range(last.size), min(count, last.size))
    nodes = Nodes()
    for position in sorted(chosen):
        _prove(position, last, nodes, report.findings)
    report.size, report.root, report.entries = last.size, last.root, len(chosen)
    return report


def _prove(position: int, last: Checkpoint, nodes: Nodes, found: Findings) -> None:
    rows = stored.sealed(position, position + 1, columns=True)
    if not rows or rows[0][3] is None:
        place = f"position {position}"
        found.add(Kind.REMOVED, place, "there is no entry", position)
        return
    row = rows[0]
    if not row[1] == row[7] == leaf(row[6]):
        words = "text, leaf and seal do not fit each other"
        found.add(Kind.TEXT, columns.place(row), words, position)
    columns.compare(rows, found)
    try:
        proof = inclusion_proof(position, last.size, nodes)
    except Incomplete as error:
        found.add(Kind.NODE, columns.place(row), str(error), position)
        return
    raw = bytes.fromhex(leaf(row[6]))
    root = root_of_inclusion(raw, position, last.size, proof)
    if root is None or root.hex() != last.root:
        words = "it does not lead to the root of the newest checkpoint"
        found.add(Kind.ROOT, columns.place(row), words, position)


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
