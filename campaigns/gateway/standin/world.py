"""The state of one stand-in: campaigns, options, what reads may see yet.

It knows no platform's rules. With a folder it survives a restart.
"""

import os
import threading
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaigns import documents
from campaigns.documents import Document
from campaigns.gateway.standin.messages import exact


@dataclass(frozen=True, slots=True)
class Effect:
    """What one write did: the written root keys, before and after."""

    campaign: str
    before: Document
    after: Document


class World:
    """Every method is safe from any thread; hold `lock` to judge and write as one."""

    def __init__(
        self,
        seed: dict[str, Document],
        options: dict[str, Any],
        *,
        state: Path | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lock = threading.RLock()
        self.now = now
        self.origin = ""
        self.options = {"settle": 0, **options}
        self._state = state
        self._seed = deepcopy(seed)
        self._stored = {**deepcopy(seed), **self._saved()}
        self._veils: dict[str, tuple[float, Document]] = {}

    def campaigns(self) -> dict[str, Document]:
        """What a list shows now; a recent write may not be visible yet."""
        with self.lock:
            return {key: self._visible(key) for key in self._stored}

    def shown(self, campaign: str) -> Document | None:
        """What a read shows now, or None when there is no such campaign."""
        with self.lock:
            return self._visible(campaign) if campaign in self._stored else None

    def stored(self, campaign: str) -> Document:
        """What is true, whatever reads show. Raises KeyError."""
        with self.lock:
            return deepcopy(self._stored[campaign])

    def everything(self) -> dict[str, Document]:
        """Every campaign as it truly is."""
        with self.lock:
            return deepcopy(self._stored)

    def write(self, campaign: str, changes: Document, stale: float = 0.0) -> Effect:
        """Set root keys; reads show the older document for `stale` seconds."""
        with self.lock:
            older = self._visible(campaign)
            document = self._stored[campaign]
            before = {key: document.get(key) for key in changes}
            document.update(exact(deepcopy(changes)))
            self._veil(campaign, older, max(stale, float(self.options["settle"])))
            self._save()
            return Effect(campaign, deepcopy(before), deepcopy(changes))

    def configure(self, options: dict[str, Any]) -> None:
        """Change options. Raises ValueError for one that does not exist."""
        unknown = sorted(set(options) - set(self.options))
        if unknown:
            raise ValueError(f"No such option: {', '.join(unknown)}")
        with self.lock:
            self.options.update(exact(options))

    def reset(self) -> None:
        """Back to the campaigns it was started with."""
        with self.lock:
            self._stored = deepcopy(self._seed)
            self._veils.clear()
            self._save()

    def _visible(self, campaign: str) -> Document:
        until, older = self._veils.get(campaign, (0.0, {}))
        if older and self.now() < until:
            return deepcopy(older)
        self._veils.pop(campaign, None)
        return deepcopy(self._stored[campaign])

    def _veil(self, campaign: str, older: Document, seconds: float) -> None:
        if seconds > 0:
            self._veils[campaign] = (self.now() + seconds, older)

    def _saved(self) -> dict[str, Document]:
        if self._state is None or not self._state.exists():
            return {}
        saved: dict[str, Document] = documents.loads(self._state.read_bytes())
        return saved

    def _save(self) -> None:
        if self._state is None:
            return
        self._state.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._state.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(documents.wire(self._stored).encode())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._state)
