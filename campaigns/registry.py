"""Finds the platforms: each package under `campaigns.platforms` exports `platform`.

Adding a platform is adding a package; nothing is listed here by name.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from campaigns import platforms
from campaigns.gateway.contract import Platform


class IncompletePlatform(Exception):
    """A package under `campaigns.platforms` does not export a `platform` of its key."""


class UnknownPlatform(LookupError):
    """No installed platform has this key."""


@cache
def _found() -> dict[str, Platform]:
    names = sorted(module.name for module in iter_modules(platforms.__path__))
    return {name: _load(name) for name in names}


def _load(name: str) -> Platform:
    package = import_module(f"{platforms.__name__}.{name}")
    platform = getattr(package, "platform", None)
    if not isinstance(platform, Platform) or platform.key != name:
        raise IncompletePlatform(
            f"{package.__name__} must export `platform`, a Platform with key {name!r}."
        )
    return platform


def all() -> list[Platform]:
    """Return every platform, in the order of their keys."""
    return list(_found().values())


def get(key: str) -> Platform:
    """Return the platform with this key, or raise `UnknownPlatform`."""
    try:
        return _found()[key]
    except KeyError as error:
        raise UnknownPlatform(f"There is no platform {key!r}.") from error
