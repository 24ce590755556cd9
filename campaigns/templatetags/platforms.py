"""The sign of a platform, and what it calls itself. Knows the registry, no rows."""

from django.template import Library

from campaigns import registry
from campaigns.registry import UnknownPlatform

register = Library()


@register.inclusion_tag("components/platform.html")
def platform_sign(key: str) -> dict[str, str]:
    """Draw the two letters of a platform; one that is gone shows its key."""
    try:
        found = registry.get(key)
    except UnknownPlatform:
        return {"name": key, "short": key[:2]}
    return {"name": found.name, "short": found.short}


@register.filter
def platform_name(key: str) -> str:
    """Return what a platform calls itself, its key when it is gone."""
    try:
        return registry.get(key).name
    except UnknownPlatform:
        return key
