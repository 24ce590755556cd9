"""Icons, states and times as pages print them. Decides and reads nothing."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Any

from django.template import Library
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from heroicons.templatetags.heroicons import heroicon_outline

from campaigns.lifecycle import OPEN, State

register = Library()

STATE_ICONS = {
    State.DRAFT: "pencil",
    State.WAITING: "ellipsis-horizontal-circle",
    State.HELD: "pause-circle",
    State.SENDING: "paper-airplane",
    State.ACCEPTED: "arrow-right-end-on-rectangle",
    State.CONFIRMED: "check-badge",
    State.UNCONFIRMABLE: "eye-slash",
    State.DIFFERENT: "differs",
    State.REJECTED: "x-circle",
    State.UNKNOWN: "question-mark-circle",
    State.CLASH: "arrows-pointing-in",
    State.ALREADY_SO: "equals",
    State.CANCELLED: "minus-circle",
    State.SUPERSEDED: "chevron-double-right",
    State.FAILED: "exclamation-triangle",
}
STRIPED = OPEN | {State.DRAFT, State.UNCONFIRMABLE}
"""Drawn striped: nobody has seen the wanted value on the platform."""

# The set has no sign for "not equal", so this one is ours, on the same 24 px grid.
_DIFFERS = (
    '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">'
    '<path d="M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM8.5 10h7M8.5 14h7M14 7.5l-4 9"/>'
    "</svg>"
)


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, small: bool = False) -> SafeString:
    """Draw one icon of the set, 20 px, or 16 px when small. Always beside a word."""
    classes = "icon icon-small" if small else "icon"
    if name == "differs":
        return format_html(_DIFFERS, classes)
    drawn = heroicon_outline(name, size=None, **{"class": classes})
    return mark_safe(drawn)  # noqa: S308  the icon package escapes what it draws


@register.filter
def state_word(value: str) -> str:
    """Return the state as the vocabulary spells it: "Already so"."""
    return State(value).word


@register.simple_tag
def state_icon(value: str, small: bool = False) -> SafeString:
    """Draw the icon of a state."""
    return icon(STATE_ICONS[State(value)], small)


@register.simple_tag
def state(value: str, look: str = "") -> SafeString:
    """Draw the badge of a state; look is "" or, in tables, "quiet"."""
    return format_html(
        '<span class="{}" data-state="{}">{}{}</span>',
        f"state state-{look}" if look else "state",
        State(value),
        state_icon(value, True),
        State(value).word,
    )


def _zoned(moment: datetime) -> datetime:
    return timezone.localtime(moment)


def _zone(moment: datetime) -> str:
    name = moment.tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name


def _absolute(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y, %H:%M} {_zone(moment)}"


def _passed(moment: datetime, now: datetime) -> timedelta:
    """The time between; Python would count by the clock of a zone that both share."""
    return now.astimezone(UTC) - moment.astimezone(UTC)


def _distance(passed: timedelta) -> str:
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return "now"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h"


def _near(moment: datetime, now: datetime) -> str:
    passed = _passed(moment, now)
    if timedelta() <= passed < timedelta(hours=24):
        return _distance(passed)
    if abs(passed) < timedelta(days=6):
        return f"{moment:%a %H:%M}"
    year = "" if moment.year == now.year else f" {moment.year}"
    return f"{moment.day} {moment:%b}{year}"


def _time(moment: datetime, words: str, kind: str = "") -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>',
        moment.isoformat(timespec="seconds"),
        f"{_absolute(moment)} ({moment.isoformat(timespec='seconds')})",
        format_html(' data-age="{}"', kind) if kind else "",
        words,
    )


@register.simple_tag
def age(moment: datetime | None, ago: bool = False, never: str = "never") -> SafeString:
    """Print how old a moment is: min, h, then weekday, then date; kept fresh in the
    browser. With ago, "12 min ago" as in a sentence."""
    if moment is None:
        return format_html("{}", never)
    local, now = _zoned(moment), timezone.localtime()
    words = _near(local, now)
    is_span = words.endswith((" min", " h"))
    kind = "ago" if ago else "span"
    if is_span or words == "now":
        return _time(local, f"{words} ago" if is_span and ago else words, kind)
    return _time(local, words)


@register.simple_tag
def when(moment: datetime | None, never: str = "never") -> SafeString:
    """Print a moment in full with its zone: 24 Nov 2026, 10:42 CET."""
    if moment is None:
        return format_html("{}", never)
    local = _zoned(moment)
    return _time(local, _absolute(local))


@register.simple_tag
def clock(moment: datetime | None) -> SafeString:
    """Print the time of day to the second; the page prints day and zone once."""
    if moment is None:
        return SafeString("")
    local = _zoned(moment)
    return _time(local, f"{local:%H:%M:%S}")


@register.simple_tag
def zone() -> str:
    """Print the short name of the person's zone as it is today."""
    return _zone(timezone.localtime())


@register.filter
def number(count: int) -> str:
    """Print a count with its thousands apart: 1,933."""
    return f"{count:,}"


@register.inclusion_tag("components/share.html")
def share(counts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Draw one bar of counts by state ({state, count}); open states are striped."""
    shown = [row for row in counts if row["count"]]
    total = sum(row["count"] for row in shown)
    ends = list(accumulate((row["count"] for row in shown), initial=0))
    parts = [
        {
            "state": row["state"],
            "x": f"{100 * start / total:.2f}",
            "width": f"{100 * row['count'] / total:.2f}",
            "is_open": State(row["state"]) in STRIPED,
        }
        for row, start in zip(shown, ends, strict=False)
    ]
    return {"parts": parts, "total": total}


@register.inclusion_tag("components/days.html")
def days(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Draw one column a day ({day, count, confirmed}), the confirmed part solid."""
    listed = list(rows)
    return {
        "days": listed,
        "peak": max([1, *(row["count"] for row in listed)]),
        "total": sum(row["count"] for row in listed),
        "confirmed": sum(row["confirmed"] for row in listed),
    }
