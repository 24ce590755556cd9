"""C12: a platform that asks to be left alone for a while is left alone."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

from tests.chaos.case import SKEW, Violation


def retry_after_obeyed(case):
    """No change is sent again before the moment its 429 named."""
    for entry in case.patches:
        until, attempt = _until(entry), case.attempt_of.get(entry.number)
        if until is None or attempt is None:
            continue
        for again in case.sends:
            is_next = again.change_id == attempt.change_id and again.id > attempt.id
            if is_next and again.started_at < until - SKEW:
                evidence = {"change": again.change_id, "until": until}
                yield Violation("C12", "sent again before Retry-After", evidence)
            case.apart["sends after a Retry-After"] += is_next


def _until(entry):
    said = (entry.fault or {}).get("refuse", {})
    wish = said.get("headers", {}).get("Retry-After") if entry.status == 429 else None
    if wish is None:
        return None
    if wish.isdigit():
        return entry.end + timedelta(seconds=int(wish))
    return parsedate_to_datetime(wish)
