"""The log files of the processes: appended to, set aside when they grow large."""

import shutil
from pathlib import Path

LARGEST = 10 * 1024 * 1024
KEPT = 5


def rotate(folder: Path) -> None:
    """Set aside every log that has outgrown its size. Writers keep their file."""
    for log in folder.glob("*.log"):
        if log.stat().st_size > LARGEST:
            set_aside(log)


def set_aside(log: Path) -> None:
    for number in range(KEPT - 1, 0, -1):
        older = numbered(log, number)
        if older.exists():
            older.replace(numbered(log, number + 1))
    shutil.copyfile(log, numbered(log, 1))
    with log.open("r+b") as file:
        file.truncate(0)


def numbered(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")
