"""When two values of a platform are one and the same, decided without our own forms."""

from decimal import Decimal

from campaigns import documents

NOTHING = (None, "", False, documents.MISSING)


def same(one, other):
    """Numbers by value, text without its margins; all kinds of nothing are one."""
    if is_nothing(one) or is_nothing(other):
        return is_nothing(one) and is_nothing(other)
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.strip()
    if is_number(one) and is_number(other):
        return Decimal(str(one)) == Decimal(str(other))
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return all(same(one.get(k), other.get(k)) for k in {*one, *other})
    return type(one) is type(other) and one == other


def is_nothing(value):
    if isinstance(value, list | dict):
        return not value
    return any(value is nothing for nothing in NOTHING) or value == ""


def is_number(value):
    return isinstance(value, int | Decimal | float) and not isinstance(value, bool)


def said(text):
    """The value behind canonical text; MISSING for None, which is "unknown"."""
    return documents.MISSING if text is None else documents.loads(text)


def leaves(document):
    """The values of a document by dotted path; lists are values."""
    found = {}
    for key, value in document.items():
        if isinstance(value, dict):
            found |= {f"{key}.{path}": leaf for path, leaf in leaves(value).items()}
        else:
            found[key] = value
    return found


def moved(before, after):
    """The paths whose value differs, over the root keys of `after`."""
    old = leaves({key: before.get(key) for key in after})
    new = leaves(after)
    return {
        path: (old.get(path), new.get(path))
        for path in {*old, *new}
        if not same(old.get(path), new.get(path))
    }
