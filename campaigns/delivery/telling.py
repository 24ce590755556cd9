"""Audit entries as notices tell them: what the audit page shows, and nothing else."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from campaigns import queries
from campaigns.audit import texts
from campaigns.documents import Document, one_line
from campaigns.models import AuditEntry, Subscription

KEPT_LENGTH = 500
"""What people or platforms wrote is cut to this: a notice says where to read on."""


def told(entries: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    """The entries as JSON can carry them; people by the names they have now."""
    names = queries.find_names([entry.person_id for entry in entries])
    return [
        _told(entry, body, names.get(entry.person_id or 0, ""))
        for entry, body in zip(entries, texts.told_all(entries), strict=True)
    ]


def payload(
    notice: Subscription, entries: Sequence[AuditEntry], sent_at: datetime
) -> str:
    """The body of a webhook."""
    body = {
        "notice": notice.pk,
        "name": notice.name,
        "sent_at": sent_at.astimezone(UTC).isoformat(timespec="seconds"),
        "entries": told(entries),
    }
    return json.dumps(body, ensure_ascii=False)


def subject(notice: Subscription, entries: Sequence[AuditEntry]) -> str:
    """One line: which notice, how many entries, of what first."""
    count = len(entries)
    what = f"{count} entries" if count > 1 else entries[0].event
    return f"[Campaign Desk] {one_line(notice.name)}: {what}"


def letter(notice: Subscription, entries: Sequence[AuditEntry]) -> str:
    """The text of an e-mail: a paragraph for each entry."""
    foot = (
        f"You get this because of your notice “{notice.name}”. "
        "Change or stop it under Notices in Campaign Desk."
    )
    return "\n\n".join([*map(_paragraph, told(entries)), foot])


def _told(entry: AuditEntry, body: Document, who: str) -> dict[str, Any]:
    campaign, connection = body.get("campaign") or {}, body.get("connection") or {}
    return {
        "entry": entry.pk,
        "at": entry.at.astimezone(UTC).isoformat(timespec="seconds"),
        "event": entry.event,
        "state": entry.state,
        "channel": entry.channel,
        "who": who or (f"person {entry.person_id}" if entry.person_id else ""),
        "change": entry.change_id,
        "campaign": {key: campaign[key] for key in ("name", "remote_id") if campaign},
        "connection": {
            key: connection[key] for key in ("name", "platform") if connection
        },
        "fields": [_field(told) for told in body.get("fields") or ()],
        "reason": str(body.get("reason") or "")[:KEPT_LENGTH],
        "leaf": entry.leaf,
    }


def _field(told: dict[str, Any]) -> dict[str, str]:
    return {
        "field": told.get("field") or "",
        "label": told.get("label") or "",
        "from": (told.get("seen_text") or "")[:KEPT_LENGTH],
        "to": (told.get("wanted_text") or "")[:KEPT_LENGTH],
    }


def _paragraph(one: dict[str, Any]) -> str:
    lines = [_head(one), *(_change(field) for field in one["fields"])]
    if one["reason"]:
        lines.append(f"“{one['reason']}”")
    lines.append(f"{one['at'].replace('T', ' ')[:16]} UTC, audit entry {one['entry']}")
    return "\n".join(map(one_line, lines))


def _change(field: dict[str, str]) -> str:
    return f"{field['label'] or field['field']}: {field['from']} → {field['to']}"


def _head(one: dict[str, Any]) -> str:
    """Who did what to which campaign, and what came of it."""
    event = one["event"][:1].upper() + one["event"][1:]
    where = one["campaign"].get("name") or one["connection"].get("name") or ""
    parts = [event, where, one["who"] and f"by {one['who']}", one["state"]]
    return ", ".join(part for part in parts if part)
