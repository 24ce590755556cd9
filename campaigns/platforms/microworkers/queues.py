"""The notification queues of a campaign: one field, always sent as a whole list."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

from campaigns import documents
from campaigns.diff import Note
from campaigns.documents import Document
from campaigns.fields import PlatformField, verbatim, written
from campaigns.platforms.microworkers import assumptions
from campaigns.platforms.microworkers.events import EVENTS
from campaigns.platforms.microworkers.widgets import QueueRows

Queue = dict[str, Any]

QUEUES: Final = "notificationSettings"
ADDRESS_LIMIT: Final = 2048
SQS_HOST: Final = re.compile(r"([a-z0-9-]+\.)*sqs[a-z0-9.-]*\.amazonaws\.com(\.cn)?")
NOT_READ: Final = (
    "The list is sent as a whole, and what is on it is not known yet. Read the "
    "campaign first."
)
FOREIGN: Final = (
    "This campaign has a queue of a kind that is new to Campaign Desk, which therefore "
    "leaves the list alone."
)
NONE_LEFT: Final = "No queue is left: all notifications stop."
UNREADABLE: Final = "The queues could not be read. Reload the page and try again."


class Queues(PlatformField):
    """A list of queues, each with an address and the events it is told about.

    Canonical form: queues sorted by address, events a sorted set, keys nobody here
    knows carried along. No queues is the empty list, never null.
    """

    widget = QueueRows

    def shape(self, value: Any) -> Any:
        if value is None:
            return []
        if not isinstance(value, list):
            return value
        return sorted(map(_shaped, value), key=_address_first)

    def words(self, value: Any, document: Document) -> str:
        if not is_understood(value):
            return verbatim(value)
        return "; ".join(map(_queue_words, value)) or self.empty

    def advice(self, wanted: str, document: Document) -> list[Note]:
        queues = self.parse(wanted)
        whole = "The whole list is sent each time; events new to this tool are kept."
        if not queues:
            return [Note("caution", NONE_LEFT)]
        foreign = [q["url"] for q in queues if not is_sqs(q["url"])]
        odd = "This does not look like an Amazon SQS address: "
        return [Note("info", whole), *(Note("caution", odd + url) for url in foreign)]

    def to_know(self, seen: str | None, wanted: str, document: Document) -> str:
        return "" if self.parse(wanted) else NONE_LEFT

    # --- the browser ------------------------------------------------------------

    def fit(self, document: Document) -> None:
        super().fit(document)
        now = _given(self.parse(self.current or "[]"))
        carried = {q["url"]: list(filter(_is_new, _types(q))) for q in now}
        self.widget.carried = carried

    def show(self, text: str | None) -> Any:
        """One row per queue: what the widget draws and posts."""
        queues = [] if text is None else self.parse(text)
        rows = queues if is_understood(queues) else []
        return [_row(queue) for queue in rows]

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError(UNREADABLE)
        now: list[Queue] = _given(self.parse(self.current or "[]"))
        rows = [(place, row) for place, row in enumerate(value, 1) if _is_used(row)]
        return self.shape([_queue(place, row, now) for place, row in rows])

    def settle(self, text: str, document: Document, lock: str | None) -> str | None:
        wanted = super().settle(text, document, lock)
        if wanted is not None:
            now = documents.get(document, self.path)
            carried = {t for q in self.shape(_given(now)) for t in _types(q)}
            _check_events(self.parse(wanted), carried)
        return wanted

    def check(self, value: Any) -> None:
        if not is_understood(value):
            raise ValidationError(UNREADABLE)
        most, addresses = assumptions.most_queues(), [q["url"] for q in value]
        if len(value) > most:
            raise ValidationError(f"Use at most {most} queues.")
        for queue in value:
            _check_queue(queue)
        doubled = sorted({url for url in addresses if addresses.count(url) > 1})
        if doubled and not assumptions.doubled_queues_are_allowed():
            raise ValidationError(f"This address is there twice: {doubled[0]}")


def lock(document: Document) -> str:
    """Why the queues of this campaign cannot be edited, or nothing."""
    now = documents.get(document, QUEUES)
    if now is documents.MISSING:
        return NOT_READ
    return "" if now is None or is_understood(now) else FOREIGN


def is_understood(value: Any) -> bool:
    """Is this a list of SQS queues, which can be edited without losing anything?"""
    return isinstance(value, list) and all(map(_is_queue, value))


def is_sqs(address: str) -> bool:
    """Does the host look like one of Amazon's queues?"""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return bool(SQS_HOST.fullmatch(host))


def _is_queue(queue: Any) -> bool:
    return (
        isinstance(queue, dict)
        and isinstance(queue.get("url"), str)
        and bool(queue["url"].strip())
        and queue.get("type", "sqs") == "sqs"
        and isinstance(queue.get("notificationTypes"), list)
        and all(isinstance(event, str) for event in queue["notificationTypes"])
    )


def _shaped(queue: Any) -> Any:
    if not _is_queue(queue):
        return queue
    events = sorted(set(queue["notificationTypes"]))
    url = queue["url"].strip()
    return {**queue, "url": url, "type": "sqs", "notificationTypes": events}


def _address_first(queue: Any) -> tuple[str, str]:
    address = queue.get("url") if isinstance(queue, dict) else ""
    return verbatim(address), documents.canonical(queue)


def _types(queue: Queue) -> list[str]:
    return list(queue["notificationTypes"])


def _row(queue: Queue) -> Queue:
    url = queue["url"]
    return {"was": url, "url": url, "types": _types(queue), "remove": False}


def _given(value: Any) -> Any:
    return value if is_understood(value) else []


def _queue_words(queue: Queue) -> str:
    return f"{queue['url']}: {', '.join(_types(queue)) or 'no events'}"


def _is_used(row: Any) -> bool:
    return not row["remove"] and any((row["was"], row["url"], row["types"]))


def _queue(place: int, row: Queue, now: list[Queue]) -> Queue:
    """The queue a row asks for, with what nobody here knows carried over."""
    address = written(row["url"]).strip()
    if not address:
        raise ValidationError(f"Queue {place}: give its address, or remove it.")
    before = _taken(now, written(row["was"]))
    carried = list(filter(_is_new, before.get("notificationTypes", ())))
    chosen = [written(event) for event in row["types"]]
    queue = {**before, "url": address, "notificationTypes": [*chosen, *carried]}
    _check_events([queue], set(carried))
    return queue


def _taken(now: list[Queue], address: str) -> Queue:
    """Take the first queue of this address off the list, so that doubles differ."""
    for queue in now:
        if queue["url"] == address:
            now.remove(queue)
            return queue
    return {}


def _is_new(event: str) -> bool:
    return event not in EVENTS


def _check_events(queues: list[Queue], carried: set[str]) -> None:
    wanted = {event for queue in queues for event in _types(queue)}
    for event in sorted(wanted - carried - EVENTS):
        raise ValidationError(f"Microworkers has no event named {event[:60]}.")


def _check_queue(queue: Queue) -> None:
    address = written(queue["url"])
    if not _is_address(address):
        raise ValidationError(
            f"Give an address that begins with https://, not {address[:200]}"
        )
    if assumptions.sqs_host_is_required() and not is_sqs(address):
        raise ValidationError(f"Give the address of an Amazon SQS queue: {address}")
    least = assumptions.least_event_types()
    if len(_types(queue)) < least:
        raise ValidationError(f"Choose at least {least} event for {address}")


def _is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_plain = len(address) <= ADDRESS_LIMIT and not re.search(r"\s|@", address)
    return is_plain and parts.scheme == "https" and bool(parts.hostname)
