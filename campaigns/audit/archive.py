"""Archives of months: one file each that needs Python alone to prove all it holds.

Whatever stops it, the next run goes on: a file comes under its name once it was read
back and proven, and is told in the history after that, in one transaction with its row.
"""

import fcntl
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from campaigns import clock
from campaigns.audit import check_export, export, export_zip
from campaigns.audit.entries import Event, append
from campaigns.audit.months import Stretch
from campaigns.models import ArchivedMonth, Channel, Checkpoint

CHUNK = 1 << 20

Progress = Callable[[int], None]
"""Told how many bytes were written, now and then."""


class NotArchived(Exception):
    """The archive could not be made, or does not prove what it should; says why."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a file that was read back proves, and its digest."""

    sha256: str
    size: int
    root: str


@contextmanager
def folder(given: Path | None) -> Iterator[Path]:
    """The folder of archives, for one process at a time. Raises `NotArchived`.

    Only the one within the local folder is made here: another that is missing may be
    a disk that is not there.
    """
    place = given or Path(settings.AUDIT_ARCHIVE_DIR)
    try:
        if given is None and settings.VAR_DIR in place.parents:
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise NotArchived(f"{place} cannot be used: {error.strerror}.") from error
    try:
        _lock(handle, place)
        yield place
    finally:
        os.close(handle)


def make(
    stretch: Stretch, place: Path, progress: Progress = lambda count: None
) -> ArchivedMonth:
    """Archive a month that is not yet. Raises `NotArchived` or `NothingSealed`.

    A proven file that is there already, from a run that was stopped, is taken.
    """
    path = place / f"audit-{stretch.month}.zip"
    try:
        if path.exists():
            proof = _prove(path, stretch)
        else:
            draft = _write(stretch, path, progress)
            proof = _prove(draft, stretch)
            draft.rename(path)
            _sync(place)
    except OSError as error:
        words = f"{error.filename or path}: {error.strerror or error}."
        raise NotArchived(words) from error
    return _tell(stretch, path.name, proof)


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            found.update(piece)
    return found.hexdigest()


def _lock(handle: int, place: Path) -> None:
    """Let go when this process ends, however it does."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise NotArchived(f"Another process is archiving to {place}.") from error


def _write(stretch: Stretch, path: Path, progress: Progress) -> Path:
    """The file under a draft's name, safely on its disk."""
    draft = path.with_name(f"{path.name}.part")
    asked = export.stretch(stretch.first, stretch.end, _words(stretch))
    try:
        with draft.open("wb") as file:
            begun = export.begin(asked, "zip", None, Channel.COMMAND)
            for piece in export_zip.write(begun):
                file.write(piece)
                progress(file.tell())
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        draft.unlink(missing_ok=True)  # a disk that is full should not stay so
        raise
    return draft


def _words(stretch: Stretch) -> str:
    return f"archive of {stretch.month.words} (UTC)"


def _prove(path: Path, stretch: Stretch) -> Proof:
    """Read a file back as an auditor would, and hold it against the history here."""
    try:
        manifest = _manifest(path)
        there = tuple(manifest[name] for name in ("asked", "first", "end"))
        size, root = int(manifest["size"]), str(manifest["root"])
    except check_export.UNREADABLE as error:
        raise NotArchived(f"{path} cannot be read as an archive: {error}") from error
    ours = Checkpoint.objects.filter(size=size, root=root).first()
    if there != (_words(stretch), stretch.first, stretch.end) or ours is None:
        words = f"holds something else than {stretch.month.words}. Move it away."
        raise NotArchived(f"{path} {words}")
    check = check_export.Check(ours.key)
    check.run(str(path))
    if check.complaints:
        raise NotArchived(f"{path} does not hold: {check.complaints[0]} Move it away.")
    return Proof(digest(path), size, root)


def _manifest(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("manifest.json"))


def _sync(place: Path) -> None:
    """The name of a file is safe once its folder is."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def facts_of(row: ArchivedMonth) -> dict[str, Any]:
    """What the sealed entry of an archived month must tell as its row does."""
    return {
        "month": row.month,
        "first": row.first,
        "end": row.end,
        "count": row.end - row.first,
        "file": row.file,
        "sha256": row.sha256,
    }


@transaction.atomic
def _tell(stretch: Stretch, name: str, proof: Proof) -> ArchivedMonth:
    row = ArchivedMonth(
        month=str(stretch.month),
        first=stretch.first,
        end=stretch.end,
        file=name,
        sha256=proof.sha256,
        at=clock.now(),
    )
    row.entry = append(
        Event.MONTH_ARCHIVED,
        "system",
        at=row.at,
        channel=Channel.COMMAND,
        facts=facts_of(row) | {"size": proof.size, "root": proof.root},
    )
    row.save(force_insert=True)
    return row
