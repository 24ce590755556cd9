"""The fault script: which requests go wrong, and how. Syntax in docs/sandbox.md."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from campaigns.documents import Document
from campaigns.gateway.standin import spelling
from campaigns.gateway.standin.messages import Request, exact

_NO_EFFECT = ("refuse", "html", "redirect", "raw", "ignore")


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
        faults = [_fault(line) for line in lines]
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


def _fault(line: Any) -> Fault:
    spelling.check(line)
    match, do = exact(line.get("match", {})), exact(line["do"])
    return Fault(match, do, line.get("times", 1))
