"""The keys that sign checkpoints: in private files or the environment.

Never in the database: who may write there must not be able to sign. Public halves
are kept for ever, private ones until the next key has taken over.
"""

import os
import secrets
import tempfile
from pathlib import Path

from django.conf import settings

from campaigns.audit.notes import PrivateKey, PublicKey

NAME_IN_ENVIRONMENT = "CAMPAIGN_DESK_AUDIT_KEY"


class FromEnvironment(Exception):
    """The key is not ours to change: it comes from the environment."""


def current() -> PrivateKey:
    """The key that signs now; made on first use when none is given."""
    if settings.AUDIT_KEY:
        return PrivateKey.read(settings.AUDIT_KEY)
    if not _private():
        _put("0001", PrivateKey.make(f"campaign-desk-{secrets.token_hex(4)}/audit"))
    return PrivateKey.read(_private()[-1].read_text())


def retiring() -> list[PrivateKey]:
    """Older keys still here: they sign once more, to vouch for the one after."""
    if settings.AUDIT_KEY:
        return []
    return [PrivateKey.read(path.read_text()) for path in _private()[:-1]]


def trusted() -> list[PublicKey]:
    """Every public key known outside the database, oldest first."""
    texts = [path.read_text() for path in sorted(_folder().glob("*.pub"))]
    texts += [PrivateKey.read(path.read_text()).public.text for path in _private()]
    texts += settings.AUDIT_TRUSTED_KEYS
    known = dict.fromkeys(text.strip() for text in texts if text.strip())
    if settings.AUDIT_KEY:
        known[current().public.text] = None
    return [PublicKey.read(text) for text in known]


def rotate() -> PublicKey:
    """Make a new key; the next checkpoint is signed by it and by the one before.

    Raises `FromEnvironment`.
    """
    if settings.AUDIT_KEY:
        raise FromEnvironment(
            f"The key comes from {NAME_IN_ENVIRONMENT}. Put a new one there and the "
            "old public key into CAMPAIGN_DESK_AUDIT_TRUSTED, then start again."
        )
    before = current()
    number = int(_private()[-1].stem) + 1
    _put(f"{number:04}", PrivateKey.make(before.name))
    return current().public


def retire() -> None:
    """Forget the private halves of all keys but the newest."""
    if not settings.AUDIT_KEY:
        for path in _private()[:-1]:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.AUDIT_KEYS_DIR)


def _private() -> list[Path]:
    return sorted(_folder().glob("*.key"))


def _put(number: str, key: PrivateKey) -> None:
    """Keep a key unless another process was quicker with this number."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if _link(folder / f"{number}.key", key.written()):
        _link(folder / f"{number}.pub", key.public.text)


def _link(path: Path, text: str) -> bool:
    handle, draft = tempfile.mkstemp(dir=path.parent)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        os.unlink(draft)
    return True
