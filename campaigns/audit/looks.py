"""What verifications of the history have said, as its own entries tell it."""

from campaigns.audit.entries import Event
from campaigns.models import AuditEntry

_FULL = '"mode":"full"'
_WELL = '"findings":{}'
_FOUND = '"findings":{"'
"""As canonical texts write it; within a string each quote has a backslash before it."""


def newest() -> AuditEntry | None:
    """The last verification, whatever it looked at."""
    return AuditEntry.objects.filter(event=Event.CHECKED).order_by("-pk").first()


def alarm() -> AuditEntry | None:
    """The newest one that found something, until a full one finds nothing.

    A look at a part ends no alarm of the whole, however many of them follow.
    """
    told = AuditEntry.objects.filter(event=Event.CHECKED).order_by("-pk")
    found = told.filter(body__contains=_FOUND).first()
    if found is None:
        return None
    later = told.filter(pk__gt=found.pk, body__contains=_FULL)
    return None if later.filter(body__contains=_WELL).exists() else found
