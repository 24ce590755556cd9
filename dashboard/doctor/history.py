"""Whether the history is sealed in time, and what its last verification said."""

from datetime import timedelta

from campaigns import clock
from campaigns.audit import looks, seal, texts
from campaigns.models import AuditEntry
from dashboard.doctor.finding import Finding, note, well, wrong

LATE = timedelta(minutes=1)


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
    newest, alarm = looks.newest(), looks.alarm()
    if newest is None:
        advice = "Run manage.py audit verify now and then."
        return [note("History", "The history was never verified here.", advice)]
    if alarm is not None:
        words = f"The verification of {alarm.at:%d %b %H:%M} UTC found: {_says(alarm)}"
        advice = "Run `manage.py audit verify` for all of it."
        return [wrong("History", words, advice)]
    words = f"The last look at it, {newest.at:%d %b %H:%M} UTC: {_says(newest)}"
    return [well("History", words)]


def _says(look: AuditEntry) -> str:
    return str(texts.told(look)["facts"].get("says"))
