"""Takes credentials out of text before anybody can read, log or store it.

By value, in every spelling they travel in, and by the names they go under.
"""

import re
from collections.abc import Iterable
from json import dumps
from typing import Final
from urllib.parse import quote, quote_plus

from campaigns.gateway.outcomes import GatewayError, Rejected

MASK: Final = "•••"
SHORTEST: Final = 4
"""A value shorter than this is no secret, and masking it would ruin the text."""

_NAMES: Final = (
    "authorization|microworkersapikey|client_secret|access_token|refresh_token"
    "|id_token|api_?key|password|secret"
)
_NAMED: Final = re.compile(
    rf"""((?:{_NAMES})\\?["']?\s*[:=]\s*\\?["']?(?:bearer\s+|basic\s+)?)"""
    r"""(?!null\b)(?:\\.|[^\s"'\\&,;<>{}\[\]])+""",
    re.IGNORECASE,
)


class Mask:
    """Knows the credentials of one account and hides them in any text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._spellings: set[str] = set()
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """Hide this value too from now on."""
        if len(secret) < SHORTEST:
            return
        spellings = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret)}
        spellings |= {dumps(secret)[1:-1], dumps(secret, ensure_ascii=False)[1:-1]}
        spellings |= {text.replace("/", r"\/") for text in spellings}
        self._spellings |= spellings

    def hide(self, text: str) -> str:
        """Return the text without any credential in it."""
        for spelling in sorted(self._spellings, key=len, reverse=True):
            text = text.replace(spelling, MASK)
        return _NAMED.sub(rf"\1{MASK}", text)

    def covered(self, error: GatewayError) -> GatewayError:
        """Hide credentials that a platform repeated in what it said, and return it."""
        error.said = self.hide(error.said)
        if isinstance(error, Rejected):
            error.fields = {
                path: [self.hide(text) for text in texts]
                for path, texts in error.fields.items()
            }
        return error
