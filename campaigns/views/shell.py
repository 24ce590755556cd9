"""What stands around every page: the rail, the banners, who is signed in.

Each part is looked up only when a page prints it: a partial asks for none of them.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from campaigns import holds, models, queries
from campaigns.lifecycle import State
from campaigns.models import Change, Connection, Person
from campaigns.models.connection import Connections
from campaigns.rights import Right


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the rail."""

    route: str
    label: str
    icon: str
    key: str
    right: Right = Right.VIEW
    section: str = ""
    count: int = 0
    current: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """One connection on hold, in a sentence."""

    text: str
    release_url: str


ITEMS = (
    Item("overview", "Overview", "home", "o"),
    Item("needs_you", "Needs you", "inbox", "n"),
    Item("campaign_list", "Campaigns", "megaphone", "c"),
    Item("change_list", "Changes", "arrows-right-left", "h"),
    Item(
        "desk_list",
        "Review desk",
        "clipboard-document-check",
        "d",
        Right.AUDIT,
        "Oversight",
    ),
    Item("audit_list", "Audit log", "queue-list", "a", Right.AUDIT, "Oversight"),
    Item("notice_list", "Notices", "bell", "t", Right.AUDIT, "Oversight"),
    Item("connection_list", "Connections", "link", "k", Right.VIEW, "Oversight"),
    Item("health_page", "Status", "heart", "s", Right.AUDIT, "Oversight"),
    Item("person_list", "People", "users", "p", Right.PEOPLE, "Oversight"),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context of `base.html`, for every template that is given the request."""
    person = request.user if hasattr(request, "user") else None
    if not isinstance(person, Person):
        return {
            "sandbox_banner": SimpleLazyObject(_is_sandbox_alone),
            "demo_people": SimpleLazyObject(_demo_people),
        }
    needs = SimpleLazyObject(lambda: queries.count_needs(person))
    return {
        "person": person,
        "needs_count": needs,
        "nav": SimpleLazyObject(lambda: _nav(request, person, needs)),
        "sandbox_banner": SimpleLazyObject(_is_sandbox_alone),
        "holds": SimpleLazyObject(lambda: _holds(person)),
    }


def _nav(request: HttpRequest, person: Person, needs: Any) -> list[Any]:
    here = request.resolver_match.view_name if request.resolver_match else ""
    noun = here.rpartition("_")[0]
    return [
        {
            "route": item.route,
            "label": item.label,
            "icon": item.icon,
            "key": item.key,
            "section": item.section,
            "count": needs if item.route == "needs_you" else 0,
            "current": item.route == here or item.route == f"{noun}_list",
        }
        for item in ITEMS
        if person.may(item.right) and _exists(item.route)
    ]


def _exists(route: str) -> bool:
    try:
        reverse(route)
    except NoReverseMatch:
        return False
    return True


def _is_sandbox_alone() -> bool:
    """Only sandboxes are connected: nothing done here can cost anything."""
    kinds = set(Connection.objects.in_use().values_list("is_sandbox", flat=True))
    return kinds == {True}


def _demo_people() -> list[Person]:
    return list(Person.objects.filter(is_demo=True, is_active=True).order_by("pk"))


def _holds(person: Person) -> list[Hold]:
    held = Connection.objects.visible_to(person).in_use().filter(held_at__isnull=False)
    may = person.may(Right.HOLD)
    return [
        *(_wide(hold, may) for hold in holds.current()),
        *_held_connections(held, may),
    ]


def _wide(hold: models.Hold, may: bool) -> Hold:
    """A hold of a platform, or of everything, in a sentence."""
    since = timezone.localtime(hold.at)
    who = str(hold.by or "Campaign Desk")
    return Hold(
        text=(
            f"{hold.scope.capitalize()} is on hold: nothing leaves. "
            f"{who}, {since:%d %b %H:%M %Z}: “{hold.reason}”"
        ),
        release_url=f"{reverse('hold_list')}#scope-{hold.scope}" if may else "",
    )


def _held_connections(held: Connections, may: bool) -> list[Hold]:
    return [
        Hold(
            text=_sentence(connection),
            release_url=f"{reverse('connection_detail', args=[connection.pk])}#hold"
            if may
            else "",
        )
        for connection in held.select_related("held_by")
    ]


def _sentence(connection: Connection) -> str:
    of_it = Change.objects.filter(campaign__connection=connection)
    waiting = of_it.filter(state=State.HELD).count()
    changes = "1 change is Held" if waiting == 1 else f"{waiting:,} changes are Held"
    since = timezone.localtime(connection.held_at)
    who = str(connection.held_by or "Campaign Desk")
    return (
        f"{connection} is on hold: {changes}, nothing leaves. "
        f"{who}, {since:%d %b %H:%M %Z}: “{connection.held_reason}”"
    )
