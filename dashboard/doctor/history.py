"""Whether the history is sealed in time, and what its last verification said."""

from datetime import timedelta

from campaigns import clock
from campaigns.audit import Event, seal, texts
from campaigns.models import AuditEntry
from dashboard.doctor.finding import Finding, note, well, wrong

LATE = timedelta(minutes=1)
LOOKS = 100


def look_at_seals() -> list[Finding]:
    """That no entry waits long for its seal."""
    pending = seal.count_pending()
    oldest = AuditEntry.objects.filter(seal=None).order_by("pk").first()
    if pending <= 0 or oldest is None or oldest.at > clock.now() - LATE:
        return [well("Seals", "Every entry is sealed within a minute.")]
    words = f"{pending:,} audit entries wait for their seal, the first since "
    words += f"{oldest.at:%d %b %H:%M:%S} UTC."
    return [wrong("Seals", words, "No worker seals: see Workers, and its log.")]


def look_at_verification() -> list[Finding]:
    """What the last verification found; a look at a part ends no alarm of the whole."""
    looks = AuditEntry.objects.filter(event=Event.CHECKED).order_by("-pk")[:LOOKS]
    newest = [(look.at, texts.told(look)["facts"]) for look in looks]
    if not newest:
        advice = "Run manage.py audit verify now and then."
        return [note("History", "The history was never verified here.", advice)]
    for at, facts in newest:
        if facts.get("findings"):
            words = f"The verification of {at:%d %b %H:%M} UTC found: {facts['says']}"
            advice = "Run `manage.py audit verify` for all of it."
            return [wrong("History", words, advice)]
        if facts.get("mode") == "full":
            break
    at, facts = newest[0]
    words = f"The last look at it, {at:%d %b %H:%M} UTC: {facts.get('says')}"
    return [well("History", words)]
