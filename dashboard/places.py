"""Where things lie in the local folder. Only names; never makes anything."""

import hashlib
import os
import tempfile
from pathlib import Path

# A unix socket's address holds 108 bytes on Linux and 104 on macOS, its end included.
SOCKET_LIMIT = 100


def redis_socket(var: Path) -> Path:
    """The embedded Redis's socket: in `var/run`, or in a short place when too long."""
    usual = var / "run" / "redis.sock"
    if len(os.fsencode(usual)) <= SOCKET_LIMIT:
        return usual
    short = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"desk-{os.getuid()}-{short}" / "redis.sock"
