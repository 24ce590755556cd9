"""Seals and opens secrets with a ring of keys; the newest key seals, all open.

Keys come from the settings, never from the database. Must never log what it opens.
"""

import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class KeyMissing(Exception):
    """No key on the ring opens this secret."""


def _ring() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.CAMPAIGN_DESK_KEYS])


def seal(secrets: Mapping[str, str]) -> str:
    """Encrypt a set of named secrets into one line of text."""
    return _ring().encrypt(json.dumps(dict(secrets)).encode()).decode()


def open_sealed(text: str) -> dict[str, str]:
    """Decrypt what `seal` made. Raises `KeyMissing` if no key on the ring fits."""
    if not text:
        return {}
    try:
        plain = _ring().decrypt(text.encode())
    except InvalidToken as error:
        raise KeyMissing(
            "The stored credentials cannot be opened with the keys given. "
            "Give the key they were sealed with, or enter them again."
        ) from error
    return dict(json.loads(plain))


def renew(text: str) -> str:
    """Seal again under the newest key."""
    return _ring().rotate(text.encode()).decode() if text else ""
