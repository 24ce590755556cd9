"""The words a fault may use, and what each must be. Meanings in docs/sandbox.md."""

from decimal import Decimal
from typing import Any

_NUMBER = (int, float, Decimal)
_LINE: dict[str, Any] = {"match": dict, "do": dict, "times": int}
_MATCHES: dict[str, Any] = {
    "method": str,
    "path": str,
    "campaign": str,
    "body": str,
    "nth": int,
}
_WAYS: dict[str, Any] = {
    "late": _NUMBER,
    "late_effect": _NUMBER,
    "refuse": dict,
    "answer": dict,
    "html": int,
    "redirect": str,
    "raw": str,
    "ignore": bool,
    "partly": list,
    "normalise": dict,
    "twice": _NUMBER,
    "stale": _NUMBER,
    "rival": dict,
    "applied": bool,
    "lost": str,
    "reset": bool,
    "cut": int,
    "drip": int,
}
_ANSWER: dict[str, Any] = {
    "status": int,
    "type": str,
    "description": str,
    "headers": dict,
    "body": (str, dict, list, type(None)),
    "content_type": str,
}


class Misspelt(ValueError):
    """A fault that cannot be understood; the text says which part."""


def check(line: Any) -> None:
    """Raises Misspelt for a line that cannot be understood."""
    _known("fault", line, _LINE)
    if "do" not in line:
        raise Misspelt('fault needs "do".')
    match, do = line.get("match", {}), line["do"]
    _known("match", match, _MATCHES)
    _known("do", do, _WAYS)
    for way in ("refuse", "answer"):
        _known(way, do.get(way, {}), _ANSWER)
    if do.get("lost", "after") not in ("before", "after"):
        raise Misspelt('"lost" is "before" or "after".')
    if line.get("times", 1) < 0:
        raise Misspelt('"times" is 0, for ever, or more.')


def _known(where: str, given: Any, names: dict[str, Any]) -> None:
    if not isinstance(given, dict):
        raise Misspelt(f"{where} is an object.")
    for name, value in given.items():
        if name not in names:
            raise Misspelt(f"{where} does not know {name}.")
        if not isinstance(value, names[name]):
            raise Misspelt(f"{where}: {name} cannot be {value!r}.")
