"""Reads what may be assumed otherwise from environment variables. Never guesses.

Stricter than environs, which the settings use: that takes 1_000, -1 and digits of other
scripts for numbers, and refuses a variable that is set and empty.
"""

import os

from django.core.exceptions import ImproperlyConfigured


def flag(name: str, default: bool) -> bool:
    """A yes or no. Raises `ImproperlyConfigured`, which names the variable."""
    text = os.environ.get(name, "").strip().lower()
    known = {"": default, "1": True, "true": True, "yes": True, "on": True}
    known |= {"0": False, "false": False, "no": False, "off": False}
    if text not in known:
        raise ImproperlyConfigured(f"{name} must be true or false.")
    return known[text]


def count(name: str, default: int) -> int:
    """A whole number of 0 or more. Raises `ImproperlyConfigured`."""
    text = os.environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ImproperlyConfigured(f"{name} must be a whole number of 0 or more.")
    return int(text)
