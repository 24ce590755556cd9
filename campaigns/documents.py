"""Foreign JSON, exact in and exact out. Pure: never lets a float, a NaN or an
over-deep answer pass, and never rounds a number.
"""

import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from enum import Enum
from itertools import accumulate
from typing import Any, Final

Document = dict[str, Any]

DEPTH_LIMIT: Final = 64
DIGITS_LIMIT: Final = 400
EXPONENT_LIMIT: Final = 308
REPLACEMENT: Final = "\ufffd"
FLAT: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[^"\[\]{}]++', re.DOTALL)
UNSAFE: Final = re.compile("[\x00\ud800-\udfff]")
STEERING: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Signs that nobody sees and that steer a terminal, or turn a line round."""


class Missing(Enum):
    """The type of MISSING: the document does not have this key."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


class Unreadable(ValueError):
    """The text is no JSON that can be read safely."""


def loads(text: str | bytes) -> Any:
    """Read JSON exactly: fractions become Decimal, whole numbers int.

    Of a doubled key the last one counts. Raises Unreadable for anything that is not
    JSON, for NaN and Infinity, for numbers out of all proportion (1e999) and for
    more than 64 levels.
    """
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        _refuse_depth(plain)
        return json.loads(
            plain, parse_float=_fraction, parse_int=_whole, parse_constant=_refuse
        )
    except Unreadable:
        raise
    except (ValueError, RecursionError) as error:
        raise Unreadable("The text is not readable JSON.") from error


def wire(value: Any) -> str:
    """Write the JSON to send: decimals as plain numbers with their own digits."""
    return _write(value, fixed, list)


def canonical(value: Any) -> str:
    """Write JSON so that equal values are equal text: sorted keys, 10.10 as 10.1."""
    return _write(value, _shortest, sorted)


def fixed(number: Decimal) -> str:
    """Write a decimal in fixed notation, digit for digit. Refuses NaN, Infinity."""
    if not number.is_finite():
        raise ValueError("Only finite numbers can be written as JSON.")
    return format(number, "f")


def clean(value: Any) -> Any:
    """Replace U+0000 and lone surrogates, in keys too: databases refuse them."""
    if isinstance(value, str):
        return UNSAFE.sub(REPLACEMENT, value)
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    return value


def is_clean(text: str) -> bool:
    """Has this text nothing that databases refuse?"""
    return not UNSAFE.search(text)


def is_plain(text: str) -> bool:
    """Is there something to read, and nothing that steers what stands beside it?"""
    return bool(text) and not STEERING.search(text)


def one_line(text: object) -> str:
    """Foreign text on one line, whatever breaks it holds."""
    return " ".join(str(text).split())


def root(path: str) -> str:
    """The key of the document that a dotted path begins with."""
    return path.partition(".")[0]


def get(document: Any, path: str) -> Any:
    """Look up a dotted path; MISSING when absent, None when something on it is null."""
    value = document
    for key in path.split("."):
        if value is None:
            return None
        if not isinstance(value, dict) or key not in value:
            return MISSING
        value = value[key]
    return value


def put(document: Document, path: str, value: Any) -> Document:
    """Return a copy with the dotted path set; the given document stays as it was."""
    key, _, rest = path.partition(".")
    if not rest:
        return {**document, key: value}
    inner = document.get(key)
    return {**document, key: put(inner if isinstance(inner, dict) else {}, rest, value)}


def _fraction(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise Unreadable("A number is out of all proportion.") from error
    if abs(number.adjusted()) > EXPONENT_LIMIT or len(text) > DIGITS_LIMIT:
        raise Unreadable("A number is out of all proportion.")
    if len(fixed(number)) > DIGITS_LIMIT:  # what is written must be readable again
        raise Unreadable("A number is out of all proportion.")
    return number


def _whole(text: str) -> int:
    if len(text) > DIGITS_LIMIT:
        raise Unreadable("A number is out of all proportion.")
    return int(text)


def _refuse(text: str) -> Any:
    raise Unreadable(f"{text} is not JSON.")


def _refuse_depth(text: str) -> None:
    """Count the levels before the parser recurses into them.

    Near the limit of recursion any object that happens to be cleaned up fails.
    """
    if text.count("[") + text.count("{") <= DEPTH_LIMIT:
        return
    steps = (1 if bracket in "[{" else -1 for bracket in FLAT.sub("", text))
    if max(accumulate(steps), default=0) > DEPTH_LIMIT:
        raise Unreadable(f"The JSON is deeper than {DEPTH_LIMIT} levels.")


def _shortest(number: Decimal) -> str:
    text = fixed(number)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _write(
    value: Any,
    number: Callable[[Decimal], str],
    order: Callable[[Iterable[str]], list[str]],
) -> str:
    if isinstance(value, dict):
        pairs = (f"{_key(k)}:{_write(value[k], number, order)}" for k in order(value))
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_write(item, number, order) for item in value) + "]"
    if isinstance(value, Decimal):
        return number(value)
    if value is None or isinstance(value, str | int):
        return json.dumps(value, ensure_ascii=False)
    raise TypeError(f"{type(value).__name__} cannot be written exactly as JSON.")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("Only text can be a key of a JSON object.")
    return json.dumps(key, ensure_ascii=False)
