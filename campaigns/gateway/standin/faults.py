"""The fault script: which requests go wrong, and how. Syntax in docs/sandbox.md."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from campaigns.documents import Document
from campaigns.gateway.standin.messages import Request, exact

MATCHES = frozenset({"method", "path", "campaign", "body", "nth"})
WAYS = frozenset(
    {
        # when
        *("late", "late_effect"),
        # what is answered
        *("refuse", "answer", "html", "redirect", "raw"),
        # what takes effect
        *("ignore", "partly", "normalise", "twice", "stale", "rival", "applied"),
        # how the answer travels
        *("lost", "reset", "cut", "drip"),
    }
)
_NO_EFFECT = ("refuse", "html", "redirect", "raw", "ignore")


class Misspelt(ValueError):
    """A fault that cannot be understood; the text says which part."""


@dataclass(slots=True)
class Fault:
    """One line of the script. `times` 0 means for ever."""

    match: Document
    do: Document
    times: int = 1
    seen: int = field(default=0, compare=False)
    used: int = field(default=0, compare=False)

    def fits(self, request: Request) -> bool:
        """True for each request it speaks of, whether or not its turn has come."""
        wanted = self.match
        return (
            wanted.get("method", request.method).upper() == request.method
            and wanted.get("path", "") in request.target
            and wanted.get("campaign", request.campaign) == request.campaign
            and wanted.get("body", "") in request.text
        )

    def due(self) -> bool:
        """True when the request just counted is the one (or one) it waits for."""
        nth = self.match.get("nth")
        spent = bool(self.times) and self.used >= self.times
        return not spent and (nth is None or self.seen >= nth)

    def seconds(self, way: str) -> float:
        """The length of a wait; 0 when the fault has none."""
        return float(self.do.get(way, 0))

    @property
    def applied(self) -> bool:
        """Whether the request takes effect all the same."""
        harmless = not any(way in self.do for way in _NO_EFFECT)
        return bool(
            self.do.get("applied", harmless and self.do.get("lost") != "before")
        )


class Script:
    """The faults in force; the first that is due wins, all that fit count."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, lines: Iterable[Any]) -> None:
        """Add lines at the end. Raises Misspelt; then none is added."""
        faults = [fault(line) for line in lines]
        with self._lock:
            self._faults.extend(faults)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def choose(self, request: Request) -> Fault | None:
        """Count the request and say what goes wrong with it, if anything."""
        with self._lock:
            fitting = [line for line in self._faults if line.fits(request)]
            for line in fitting:
                line.seen += 1
            chosen = next((line for line in fitting if line.due()), None)
            if chosen:
                chosen.used += 1
            return chosen

    def lines(self) -> list[Document]:
        """The script as it stands, with how often each line has been used."""
        with self._lock:
            return [
                {"match": one.match, "do": one.do, "times": one.times, "used": one.used}
                for one in self._faults
            ]


def fault(line: Any) -> Fault:
    """Read one line. Raises Misspelt."""
    if not isinstance(line, dict) or not isinstance(line.get("do"), dict):
        raise Misspelt('A fault is an object with "do" and perhaps "match", "times".')
    match, do, times = line.get("match", {}), line["do"], line.get("times", 1)
    _known("fault", line, {"match", "do", "times"})
    _known("match", match, MATCHES)
    _known("do", do, WAYS)
    if do.get("lost") not in (None, "before", "after"):
        raise Misspelt('"lost" is "before" or "after".')
    if type(times) is not int or times < 0:
        raise Misspelt('"times" is a whole number; 0 means for ever.')
    return Fault(exact(match), exact(do), times)


def _known(where: str, given: Any, names: Iterable[str]) -> None:
    if not isinstance(given, dict):
        raise Misspelt(f"{where} is an object.")
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise Misspelt(f"{where} does not know {', '.join(unknown)}.")
