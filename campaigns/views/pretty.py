"""JSON as people read it: the same characters, with line ends between them."""

import re

from campaigns import documents
from campaigns.documents import Unreadable

_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
DEEPEST = 10
"""Further in, lines begin no later: an answer made of brackets would fill a page."""


def indented(text: str) -> str:
    """Lay JSON out, every number digit for digit; any other text stays as it is."""
    try:
        documents.loads(text)
    except Unreadable:
        return text
    made: list[str] = []
    depth = 0
    parts = _PART.findall(text)
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        depth += _step(part)
        made.append(_laid(part, following, depth))
    return "".join(made)


def _step(part: str) -> int:
    return (part in ("{", "[")) - (part in ("}", "]"))


def _laid(part: str, following: str, depth: int) -> str:
    line = "\n" + "  " * min(depth, DEEPEST)
    if part == ":":
        return ": "
    if part == ",":
        return "," + line
    if part in ("{", "["):
        return part if following in ("}", "]") else part + line
    if following in ("}", "]"):
        return part + "\n" + "  " * min(depth - 1, DEEPEST)
    return part
