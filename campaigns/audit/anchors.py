"""Lays checkpoints down where the database does not reach, at intervals.

Whoever holds one can tell a history that was cut, rolled back or written anew. A
place that cannot be reached is tried again; it never stops the sealing.
"""

import os
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.core.mail import EmailMessage

from campaigns import clock
from campaigns.audit import lease, notes, seal
from campaigns.models import Anchor, Checkpoint, Person

SYSLOG_INFO = 14  # facility user, severity informational
SOCKET_SECONDS = 5
RETRY_SECONDS = 60
MAIL = (
    "This is the state of the audit history of Campaign Desk. Keep this message: "
    "whoever\nholds it can show later whether the history was changed.\n\n"
    "{note}\nTo compare, save the message and run\n"
    "    python manage.py audit verify --anchor MESSAGE\n"
)

log = structlog.get_logger(__name__)


class Unreachable(Exception):
    """The checkpoint could not be laid down in this place."""


class _Tried:
    after: dict[str, float] = {}


def place_due() -> int:
    """Lay the newest checkpoint down wherever it is time; how many places."""
    last = seal.newest()
    if last is None:
        return 0
    return sum(_try(kind, last) for kind in settings.AUDIT_ANCHORS if _is_due(kind))


def place(kind: str, checkpoint: Checkpoint) -> Anchor:
    """Lay one checkpoint down in one kind of place. Raises `Unreachable`."""
    for forgotten in unrecorded():
        _record("file", _here(), forgotten.size, forgotten.root)
    try:
        where = KINDS[kind](checkpoint.note)
    except OSError as error:
        raise Unreachable(f"{kind}: {error}") from error
    return _record(kind, where, checkpoint.size, bytes.fromhex(checkpoint.root))


def laid_down() -> list[notes.Checkpoint]:
    """What the anchor file holds, oldest first; nothing where there is no file."""
    path = Path(settings.AUDIT_ANCHOR_FILE)
    if not path.exists():
        return []
    found = notes.find(path.read_text(errors="replace"))
    return [notes.Checkpoint.read(note) for note in found]


def unrecorded() -> list[notes.Checkpoint]:
    """Checkpoints in the file of which the database knows nothing.

    A process that was killed between the two may leave one, at the end.
    """
    rows = Anchor.objects.filter(kind="file", place=_here())
    known = set(rows.values_list("size", "root"))
    return [one for one in laid_down() if (one.size, one.root.hex()) not in known]


def _record(kind: str, where: str, size: int, root: bytes) -> Anchor:
    return Anchor.objects.create(
        kind=kind, place=where[:300], size=size, root=root.hex(), at=clock.now()
    )


def _here() -> str:
    return str(settings.AUDIT_ANCHOR_FILE)[:300]


def _is_due(kind: str) -> bool:
    if time.monotonic() < _Tried.after.get(kind, 0.0):
        return False
    before = Anchor.objects.filter(kind=kind).order_by("-pk").first()
    if before is None:
        return True
    pause = timedelta(minutes=float(settings.AUDIT_ANCHORS[kind]))
    last = seal.newest()
    has_grown = last is not None and last.size > before.size
    return has_grown and before.at <= clock.now() - pause


def _try(kind: str, checkpoint: Checkpoint) -> bool:
    with lease.held(f"anchor {kind}") as holder:
        if not holder or not _is_due(kind):
            return False
        try:
            place(kind, checkpoint)
        except Unreachable as error:
            _Tried.after[kind] = time.monotonic() + RETRY_SECONDS
            log.warning("anchor not laid down", kind=kind, error=str(error))
            return False
    return True


def _file(note: str) -> str:
    path = Path(settings.AUDIT_ANCHOR_FILE)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(note + "\n")
        file.flush()
        os.fsync(file.fileno())
    return str(path)


def _syslog(note: str) -> str:
    """To a local socket, or to `host:port` by UDP: one line, its breaks as bars."""
    address = settings.AUDIT_SYSLOG
    host, _, port = address.rpartition(":")
    line = note.strip().replace("\n", "|")
    message = f"<{SYSLOG_INFO}>campaign-desk: audit checkpoint {line}".encode()
    family = socket.AF_INET if host else socket.AF_UNIX
    with socket.socket(family, socket.SOCK_DGRAM) as out:
        out.settimeout(SOCKET_SECONDS)
        out.sendto(message, (host, int(port)) if host else address)
    return str(address)


def _mail(note: str) -> str:
    people = Person.objects.filter(is_manager=True, is_active=True, is_demo=False)
    to = list(people.values_list("email", flat=True))
    if not to:
        raise OSError("there is no manager to write to")
    subject = "Campaign Desk: state of the audit history"
    EmailMessage(subject, MAIL.format(note=note), bcc=to).send()
    return f"{len(to)} managers"


KINDS: dict[str, Callable[[str], str]] = {
    "file": _file,
    "syslog": _syslog,
    "mail": _mail,
}
