"""Takes credentials out of text before anybody can read, log or store it.

By value, in every spelling they travel in, and by the names they go under.
"""

import re
from array import array
from collections.abc import Iterable, Iterator
from html import unescape
from json import dumps
from typing import Final
from urllib.parse import quote, quote_plus

from campaigns.gateway.outcomes import GatewayError, Rejected

MASK: Final = "•••"
SHORTEST: Final = 4
"""A value shorter than this is no secret, and masking it would ruin the text."""

_NAMES: Final = (
    r"authorization|password|secret|api[-_]?key|(?:access|auth|id|refresh)[-_]?token"
    r"|\bx(?:-[a-z0-9]{1,32}){0,4}-(?:key|token)"
)
"""Names under which any platform's credentials go, whatever stands before them."""
_FOLLOWS: Final = (
    r"""\\?["']?\s*[:=]\s*\\?["']?(?:bearer\s+|basic\s+)?)"""
    r"""(?!null\b)(?:\\.|[^\s"'\\&,;<>{}\[\]])+"""
)
_ESCAPED: Final = re.compile(
    r"\\{1,8}+u00(?P<json>[0-9a-fA-F]{2})"
    r"|%(?P<address>[0-9a-fA-F]{2})"
    r"|(?P<page>&(?:\#[0-9]{1,8}|\#[xX][0-9a-fA-F]{1,8}|amp|lt|gt|quot|apos);)"
    r"|\\{1,8}+"
)
"""One sign as JSON, an address or a page may write it; a backslash alone is none."""


class Mask:
    """Knows the credentials of one account and hides them in any text.

    `names` are headers and keys under which this platform alone carries credentials;
    the usual names are known.
    """

    def __init__(
        self, secrets: Iterable[str] = (), *, names: Iterable[str] = ()
    ) -> None:
        known = "|".join([_NAMES, *map(re.escape, names)])
        self._named = re.compile(f"((?:{known}){_FOLLOWS}", re.IGNORECASE)
        self._spellings: set[str] = set()
        self._plain: set[str] = set()
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
        if len(plain := secret.replace("\\", "")) >= SHORTEST:
            self._plain.add(plain)

    def hide(self, text: str) -> str:
        """Return the text without any credential in it."""
        for spelling in sorted(self._spellings, key=len, reverse=True):
            text = text.replace(spelling, MASK)
        text = self._hide_escaped(text)
        return self._named.sub(rf"\1{MASK}", text)

    def covered(self, error: GatewayError) -> GatewayError:
        """Hide credentials that a platform repeated in what it said, and return it."""
        error.said = self.hide(error.said)
        if isinstance(error, Rejected):
            error.code = self.hide(error.code)
            error.fields = {
                path: [self.hide(text) for text in texts]
                for path, texts in error.fields.items()
            }
        return error

    def _hide_escaped(self, text: str) -> str:
        """Hide values of which any signs are written as escapes."""
        if not _ESCAPED.search(text):
            return text
        read = _Read(text)
        kept, at = [], 0
        for start, end in sorted(read.places(self._plain)):
            if start >= at:
                kept += [text[at:start], MASK]
            at = max(at, end)
        return "".join([*kept, text[at:]])


class _Read:
    """A text with its escapes undone, and where each sign of it stood."""

    def __init__(self, text: str) -> None:
        self._signs: list[str] = []
        self._starts, self._ends = array("L"), array("L")
        at = 0
        for found in _ESCAPED.finditer(text):
            self._take(text, at, found.start())
            self._put(_sign(found), *found.span())
            at = found.end()
        self._take(text, at, len(text))

    def places(self, secrets: Iterable[str]) -> Iterator[tuple[int, int]]:
        """Where in the text, as it was written, one of these stands."""
        plain = "".join(self._signs)
        for secret in filter(None, secrets):
            at = plain.find(secret)
            while at >= 0:
                last = at + len(secret) - 1
                yield self._starts[at], self._ends[last]
                at = plain.find(secret, last + 1)

    def _take(self, text: str, start: int, end: int) -> None:
        self._signs.append(text[start:end])
        self._starts.extend(range(start, end))
        self._ends.extend(range(start + 1, end + 1))

    def _put(self, sign: str, start: int, end: int) -> None:
        for one in sign:
            self._signs.append(one)
            self._starts.append(start)
            self._ends.append(end)


def _sign(found: re.Match[str]) -> str:
    """The sign that an escape stands for; none for a backslash before another."""
    if found["page"]:
        return unescape(found["page"])
    code = found["json"] or found["address"]
    return chr(int(code, 16)) if code else ""
