"""Takes what a person entered for a connection, fit to be put on the wire.

Never repeats a value in what it says.
"""

import re
from typing import Final

from campaigns.gateway.contract import Account, Hold, Secret, Unavailable

_VISIBLE: Final = re.compile(r"[!-~]+(?: [!-~]+)*")


def given(account: Account, secret: Secret) -> str:
    """Return the value entered for `secret`; "" when it is optional and left out.

    Raises `Unavailable` with hold CONNECTION when it is missing or cannot be sent.
    """
    value = account.secrets.get(secret.name, "").strip()
    if not value and secret.required:
        raise _unusable(f"“{secret.label}” of this connection is missing.")
    if value and not is_visible(value):
        raise _unusable(f"“{secret.label}” has characters that it cannot have.")
    return value


def is_visible(value: str) -> bool:
    """Tell whether a value can stand in a header: visible ASCII, single spaces."""
    return bool(_VISIBLE.fullmatch(value))


def _unusable(words: str) -> Unavailable:
    return Unavailable(f"{words} Enter it again.", hold=Hold.CONNECTION)
