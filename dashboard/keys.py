"""The secrets this installation makes for itself, one private file each.

Made once and read ever after. Must never print or log a key.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def read_or_make(path: Path, make: Callable[[], str]) -> str:
    """The key in `path`; when there is none yet, a new one, readable by us only.

    Several processes may start at once: the first to link its file wins and every one
    returns the winner's key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        put_if_absent(path, make())
    return path.read_text().strip()


def put_if_absent(path: Path, text: str) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
