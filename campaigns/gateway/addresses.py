"""Which addresses may be called, and how addresses are put together.

Never lets a credential travel in clear text or into a private network unasked.
"""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlsplit

from campaigns.gateway.contract import Hold, Rejected, Unavailable
from campaigns.gateway.places import CONNECTION, Place

IPAddress = IPv4Address | IPv6Address

TRANSLATED: Final = IPv6Network("64:ff9b::/96")
"""Stands for all of IPv4 where a network has a NAT64 (RFC 6052)."""

_PLAIN = re.compile(r"[!#-;=?-Z_a-z~\[\]]+")


def checked(address: str, *, loopback_allowed: bool, place: Place = CONNECTION) -> str:
    """Return a base address without its trailing slash.

    Raises `Unavailable` with hold CONNECTION and a sentence that says what is wrong,
    and where to correct it.
    """
    if reason := _trouble(address, loopback_allowed):
        raise Unavailable(
            f"The {place.address} {reason}.{place.correct('it')}",
            hold=Hold.CONNECTION,
        )
    return address.strip().rstrip("/")


def join(base: str, *segments: str) -> str:
    """Append path segments to a base address, each one percent-encoded.

    Concatenates, because resolving a path against the base drops the base's own
    path (docs/platforms.md, pitfall 33). A segment that would climb is refused as 404.
    """
    if any(segment in ("", ".", "..") for segment in segments):
        raise Rejected("There can be no campaign with this id.", status=404)
    return "/".join([base, *(quote(segment, safe="") for segment in segments)])


def same_origin(address: str, base: str) -> bool:
    """Tell whether an address that a platform gave stays under the base address."""
    try:
        there, here = urlsplit(address), urlsplit(base)
        same = _origin(there) == _origin(here)
    except ValueError:
        return False
    climbs = ".." in unquote(there.path)
    below = there.path.startswith(here.path + "/")
    return bool(_PLAIN.fullmatch(address)) and same and below and not climbs


def is_loopback_name(host: str) -> bool:
    """Tell whether a host name or literal can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def refusal(ip: IPAddress, *, plain: bool, loopback_allowed: bool) -> str:
    """Say why a resolved address may not be called; "" when it may.

    Loopback and private networks open only where the setting allows them; what is
    never a platform (link-local, multicast, unspecified) stays closed. Plain HTTP
    is for loopback alone.
    """
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if ip.is_loopback:
        return "" if loopback_allowed else "this machine itself"
    if plain:
        return "another machine without encryption"
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified or _is_odd(ip):
        return "an address that no platform has"
    if not ip.is_global and not (ip.is_private and loopback_allowed):
        return "a private network"
    return ""


def _is_odd(ip: IPAddress) -> bool:
    """Whether it stands for an IPv4 address that is not public, or for nothing."""
    if isinstance(ip, IPv4Address):
        return False
    if ip in TRANSLATED:
        return not IPv4Address(int(ip) & 0xFFFFFFFF).is_global
    if ip.sixtofour:
        return not ip.sixtofour.is_global
    return ip.is_reserved or ip.is_site_local


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None, str | None]:
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, port, parts.username


def _trouble(address: str, loopback_allowed: bool) -> str:
    """What is wrong with a base address, after "The address"; "" when nothing is."""
    parts = _split(address.strip())
    if parts is None:
        return "must be a complete address such as https://host/path"
    if parts.username is not None or parts.password is not None:
        return "must not contain a user name or a password"
    if parts.query or parts.fragment or address.rstrip().endswith(("?", "#")):
        return "must not contain a question mark or a hash sign"
    return _trouble_of_scheme(parts, loopback_allowed)


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable and _PLAIN.fullmatch(address) else None


def _trouble_of_scheme(parts: SplitResult, loopback_allowed: bool) -> str:
    local = is_loopback_name(parts.hostname or "")
    if local and not loopback_allowed:
        return "points to this machine, which the settings do not allow"
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        return "must begin with https://"
    return ""
