"""The journal of a stand-in: every request, in order of arrival and of effect."""

import itertools
import threading
import time
from collections import deque
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal

from campaigns.documents import Document
from campaigns.gateway.standin.world import Effect

KEPT = 20_000
ANSWER_KEPT = 64 * 1024
_SAID = ("method", "path", "campaign", "body", "token", "user_agent")


class Journal:
    """Entries are dicts so that they can be given out over HTTP as they are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Document] = deque(maxlen=KEPT)
        self._number = itertools.count(1)
        self._order = itertools.count(1)
        self._began = time.monotonic()

    def arrive(self, kind: str, **said: object) -> Document:
        """Open an entry; `number` is the order of arrival."""
        with self._lock:
            entry: Document = {"number": next(self._number), "kind": kind}
            entry.update(dict.fromkeys(_SAID, ""), **said)
            entry.update(started=self._clock(), at=_wall(), ended=None, effects=[])
            entry.update(fault=None, status=None, answer=None, delivered=None)
            self._entries.append(entry)
            return entry

    def effect(self, entry: Document, effect: Effect) -> None:
        """Note that a write took place now; `order` counts over all campaigns."""
        with self._lock:
            line = {"order": next(self._order), "time": self._clock(), "at": _wall()}
            line.update(campaign=effect.campaign)
            line.update(before=effect.before, after=effect.after)
            entry["effects"].append(line)

    def end(self, entry: Document, **outcome: object) -> None:
        """Close an entry with what was answered."""
        with self._lock:
            entry.update(outcome, ended=self._clock())

    def entries(self) -> list[Document]:
        """A copy of all entries, oldest first."""
        with self._lock:
            return deepcopy(list(self._entries))

    def clear(self) -> None:
        """Forget all entries; the counters go on."""
        with self._lock:
            self._entries.clear()

    def _clock(self) -> Decimal:
        return Decimal(f"{time.monotonic() - self._began:.6f}")


def _wall() -> str:
    return datetime.now(UTC).isoformat()
