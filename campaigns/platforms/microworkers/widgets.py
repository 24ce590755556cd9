"""The input for notification queues: rows to edit, one spare row to add a queue."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from campaigns.platforms.microworkers import assumptions
from campaigns.platforms.microworkers.events import EVENT_GROUPS

Row = dict[str, Any]
SPARE: Row = {"was": "", "url": "", "types": [], "remove": False}


class QueueRows(forms.Widget):
    """Posts name.rows (how many) and, per row, name.N.was, .url, .types, .remove.

    Its value is a list of such rows; None when nothing was posted, and the raw count
    when that makes no sense. `carried` has the events, by address, that nobody here
    knows: they are shown and not posted.
    """

    carried: Mapping[str, list[str]] = {}
    is_tall = True
    """Taller than a screen: what is wrong stands above it."""

    template_name = "campaigns/widgets/queues.html"

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> Any:
        count = data.get(f"{name}.rows")
        if not isinstance(count, str):
            return count
        if not (count.isascii() and count.isdigit() and len(count) < 5):
            return count
        if int(count) > assumptions.most_queues() + 1:
            return count
        return [_posted(data, f"{name}.{place}") for place in range(int(count))]

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> bool:
        return f"{name}.rows" not in data

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The label of the whole field points to its first input."""
        return f"{id_}-0-url"

    def get_context(
        self, name: str, value: Any, attrs: dict[str, Any] | None
    ) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = value if isinstance(value, list) else []
        rows = [*(row for row in given if any(row.values())), SPARE]
        widget = context["widget"]
        identity = widget["attrs"].get("id", f"id_{name}")
        widget["rows"] = [
            {
                **_drawn(row, f"{name}.{place}", f"{identity}-{place}"),
                "carried": self.carried.get(str(row["was"]), []),
            }
            for place, row in enumerate(rows)
        ]
        return context

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,
    ) -> SafeString:
        """Use the project's own templates, whatever renders the other inputs."""
        context = self.get_context(name, value, attrs)
        html = render_to_string(self.template_name, context)
        return mark_safe(html)  # noqa: S308 # a template's output, escaped there


def _posted(data: Mapping[str, Any], prefix: str) -> Row:
    listed = getattr(data, "getlist", lambda key: data.get(key, []))
    types = listed(f"{prefix}.types")
    return {
        "was": data.get(f"{prefix}.was", ""),
        "url": data.get(f"{prefix}.url", ""),
        "types": list(types) if isinstance(types, list | tuple) else [types],
        "remove": f"{prefix}.remove" in data,
    }


def _drawn(row: Row, name: str, identity: str) -> Row:
    chosen = row["types"]
    groups = [
        (group, sum(event in chosen for event in events), _boxes(events, chosen))
        for group, events in EVENT_GROUPS
    ]
    return {**row, "name": name, "id": identity, "groups": groups}


def _boxes(events: tuple[str, ...], chosen: list[Any]) -> list[tuple[str, bool]]:
    return [(event, event in chosen) for event in events]
