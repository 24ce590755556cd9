"""What stands around the sealed history: streams, states, triggers, anchors.

Each question is one statement, so that it is answered for one moment while others
write.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Max

from campaigns import clock
from campaigns.audit import anchors, columns, notes, seal, stored, triggers
from campaigns.audit.entries import leaf
from campaigns.audit.findings import Findings, Kind
from campaigns.audit.nodes import Incomplete, Nodes
from campaigns.audit.notes import PublicKey
from campaigns.audit.tree import range_root
from campaigns.models import Anchor, AuditEntry, Checkpoint, Seal

PATIENCE = timedelta(minutes=5)
"""How long an entry may wait for its seal before it counts as left out."""


def check_triggers(found: Findings) -> None:
    """The database must refuse what we promise that it refuses."""
    for name in triggers.missing(connection):
        found.add(Kind.TRIGGER, name, "not there, or not as it should be")


def check_tops(found: Findings) -> None:
    """Seals and checkpoints end at the same place."""
    top, size, count = stored.tops()
    positions = 0 if top is None else top + 1
    if positions != (size or 0):
        words = f"seals go up to {positions}, checkpoints to {size or 0}"
        place = f"position {min(positions, size or 0)}"
        found.add(Kind.BEYOND, place, words, min(positions, size or 0))
    wanted = sum((size or 0) >> level for level in range(8, 64, 8))
    if count > wanted:
        words = f"{count} nodes are kept and {wanted} belong to the tree"
        found.add(Kind.NODE, "nodes", words)


def check_streams(found: Findings) -> None:
    """Each stream holds every number from 1 to the last one that was given."""
    for name, given, many, low, high in stored.broken_streams():
        words = (
            f"{many or 0} entries, numbered {low} to {high}; the last number given "
            f"is {given}"
        )
        gap = _first_gap(name)
        place = f"{name} {gap}" if gap else name
        found.add(Kind.STREAM, place, words)


def check_pending(found: Findings) -> int:
    """Entries that wait for their seal; how many there are."""
    count, late = 0, list[stored.Row]()
    for row in stored.pending():
        count += 1
        if leaf(row[6]) != row[7]:
            words = "the text is not the one that was written"
            found.add(Kind.TEXT, columns.place(row), words)
        columns.compare([row], stored.indexes([row]), found)
        if _is_old(row[9]):
            late.append(row)
    _note_late(late, found)
    return count


def _note_late(late: list[stored.Row], found: Findings) -> None:
    """Who was passed over is named; that nobody seals is told once."""
    passed = _sealed_up_to(clock.now() - PATIENCE)
    waiting = [row for row in late if row[2] > passed]
    for row in late:
        if row[2] <= passed:
            words = "entries after it were sealed more than five minutes ago"
            found.add(Kind.UNSEALED, columns.place(row), words)
    if waiting:
        words = (
            f"it and {len(waiting) - 1:,} more have waited for more than five minutes; "
            "does a worker run?"
        )
        found.add(Kind.BEHIND, columns.place(waiting[0]), words)


def _sealed_up_to(moment: datetime) -> int:
    """The highest entry that was sealed before a moment; 0 if none was."""
    sizes = Checkpoint.objects.filter(at__lt=moment).order_by("-size")
    size = sizes.values_list("size", flat=True).first() or 0
    last = Seal.objects.filter(position__gte=size - seal.LATE, position__lt=size)
    return int(last.aggregate(top=Max("entry_id"))["top"] or 0)


def check_anchors(
    found: Findings, keys: list[PublicKey], size: int, more: Iterable[Path] = ()
) -> int:
    """Every checkpoint laid down elsewhere is part of this history; how many."""
    path, count, nodes = Path(settings.AUDIT_ANCHOR_FILE), 0, Nodes()
    paths = [*([path] if path.exists() else []), *more]
    if not path.exists() and Anchor.objects.filter(place=str(path)).exists():
        words = "checkpoints were laid down there, and it is gone"
        found.add(Kind.ANCHOR, str(path), words)
    for each in paths:
        for note in notes.find(each.read_text(errors="replace")):
            _check_anchor(found, keys, size, note, nodes)
            count += 1
    _check_rows(found, size, nodes)
    laid = anchors.laid_down()
    for lost in anchors.unrecorded():
        if lost != laid[-1]:  # the last one may be on its way into the database
            words = "it lies in the file, and its row is gone"
            found.add(Kind.ANCHOR, f"anchor of {lost.size} entries", words)
    return count


def _check_anchor(
    found: Findings, keys: list[PublicKey], size: int, note: str, nodes: Nodes
) -> None:
    said = notes.Checkpoint.read(note)
    place = f"anchor of {said.size} entries"
    if not any(notes.is_signed(note, key) for key in keys):
        found.add(Kind.KEY, place, "no key known here has signed it")
    elif said.size > size:
        words = f"the history ends at {size}: it was cut or rolled back"
        found.add(Kind.ANCHOR, place, words, size)
    elif _root(said.size, nodes) != said.root:
        words = "the history up to there is another one now"
        found.add(Kind.ANCHOR, place, words)


def _check_rows(found: Findings, size: int, nodes: Nodes) -> None:
    """What the database itself remembers of its anchors."""
    for anchor in Anchor.objects.filter(size__lte=size).order_by("pk").iterator():
        root = _root(anchor.size, nodes)
        if root is None or root.hex() != anchor.root:
            words = "the history up to there is another one now"
            found.add(Kind.ANCHOR, f"anchor {anchor.pk}", words)
    for anchor in Anchor.objects.filter(size__gt=size).order_by("pk")[:10]:
        words = f"the history ends at {size}"
        found.add(Kind.ANCHOR, f"anchor {anchor.pk}", words)


def _root(size: int, nodes: Nodes) -> bytes | None:
    try:
        return range_root(0, size, nodes) if size else None
    except Incomplete:
        return None


def _first_gap(name: str) -> int:
    """The first number of a stream that is missing or taken twice; 0 if none is."""
    expected = 1
    numbers = AuditEntry.objects.filter(stream=name).order_by("number")
    for number in numbers.values_list("number", flat=True).iterator():
        if number != expected:
            return min(number, expected)
        expected += 1
    return expected


def _is_old(at: str) -> bool:
    return datetime.fromisoformat(at) < clock.now() - PATIENCE
