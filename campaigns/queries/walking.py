"""Pages through the history along an index, in bounded steps, and says how far.

Nothing is counted and nothing skipped: a page begins beside a key, at any depth. What
no index answers is compared row by row for a moment; then the reader may go on.
"""

import heapq
import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from campaigns.models import AuditEntry, Person
from campaigns.queries.asked import EntryFilter, Index, bounds, index_for, matching
from campaigns.queries.entries import find_people

FIRST, LATER = 128, 500
"""How many entries one step looks at."""

PATIENCE = 0.12
"""Seconds that a page may look: a step that would take longer does not begin."""


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some entries, newest first, and the keys beside which to go on.

    `newer` and `older` are None where there is surely nothing more.
    `looked_to` is the time of the last entry looked at when there was more to look at
    than a moment allows; what lies beyond is then not known. It was looked for towards
    newer entries when `is_forward`.
    """

    entries: list[AuditEntry]
    newer: int | None = None
    older: int | None = None
    looked_to: datetime | None = None
    is_forward: bool = False


@dataclass(slots=True)
class _Walk:
    """One way through the history, and what was found on it."""

    index: Index
    first: int
    last: int
    is_back: bool
    found: list[AuditEntry] = field(default_factory=list)
    at: int | None = None
    is_over: bool = False

    def steps(self) -> Iterator[list[int]]:
        """Keys along the index, some at a time, until it ends."""
        size = FIRST
        while not self.is_over:
            keys = self._keys(size)
            self.is_over = not keys
            if keys:
                self.at = keys[-1]
                yield keys
            size = LATER

    @property
    def goes_on(self) -> bool:
        """Whether there is anything on the index beyond the last step."""
        return not self.is_over and bool(self._keys(1))

    def _keys(self, size: int) -> list[int]:
        first, last = self._rest()
        key = self.index.key
        span = {f"{key}__gte": first, f"{key}__lte": last}
        order = f"-{key}" if self.is_back else key
        branches = [
            rows.filter(**span).order_by(order).values_list(key, flat=True)[:size]
            for rows in self.index.branches
        ]
        merged = heapq.merge(*branches, reverse=self.is_back)
        return list(dict.fromkeys(islice(merged, size)))

    def _rest(self) -> tuple[int, int]:
        if self.at is None:
            return self.first, self.last
        if self.is_back:
            return self.first, self.at - 1
        return self.at + 1, self.last


def find_entries(
    person: Person,
    wanted: EntryFilter,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = 50,
    patience: float = PATIENCE,
) -> EntryPage:
    """One page of the history: the newest entries, or those next to an entry.

    `before` and `after` are primary keys and not part of the page; with both,
    `before` counts.
    """
    span = bounds(wanted)
    if span is None:
        return EntryPage([])
    index = index_for(person, wanted)
    if after is not None and before is None:
        walk = _Walk(index, max(span[0], after + 1), span[1], is_back=False)
        _go(walk, person, wanted, limit, patience)
        if walk.found or not walk.is_over:
            return _forward(walk, after, limit)
    last = span[1] if before is None else min(span[1], before - 1)
    walk = _Walk(index, span[0], last, is_back=True)
    _go(walk, person, wanted, limit, patience)
    return _back(walk, before, limit)


def _go(
    walk: _Walk, person: Person, wanted: EntryFilter, limit: int, patience: float
) -> None:
    """Step on until a page and one more are found, the end, or impatience."""
    began = time.monotonic()
    until = began + patience
    fitting, speaks = matching(person, wanted), _speaking(wanted.text)
    order = "-pk" if walk.is_back else "pk"
    for keys in walk.steps():
        rows = fitting.filter(pk__in=keys).order_by(order)
        missing = limit + 1 - len(walk.found)
        if wanted.text:
            bodies = rows.values_list("pk", "person_id", "body")
            said = [pk for pk, who, body in bodies if speaks(who, body)]
            rows = AuditEntry.objects.filter(pk__in=said[:missing]).order_by(order)
        walk.found += rows[:missing]
        now = time.monotonic()
        if len(walk.found) > limit or now + (now - began) > until:
            return
        began = now


def _back(walk: _Walk, before: int | None, limit: int) -> EntryPage:
    rows = walk.found[:limit]
    newer = None
    if before is not None:
        newer = rows[0].pk if rows else before - 1
    if len(walk.found) > limit:
        return EntryPage(rows, newer, rows[-1].pk)
    if not walk.goes_on:
        return EntryPage(rows, newer)
    return EntryPage(rows, newer, walk.at, _time_of(walk.at))


def _forward(walk: _Walk, after: int, limit: int) -> EntryPage:
    rows = walk.found[:limit][::-1]
    older = rows[-1].pk if rows else after + 1
    if len(walk.found) > limit:
        return EntryPage(rows, rows[0].pk, older)
    if not walk.goes_on:
        return EntryPage(rows, None, older)
    return EntryPage(rows, walk.at, older, _time_of(walk.at), is_forward=True)


def _time_of(key: int | None) -> datetime | None:
    return AuditEntry.objects.filter(pk=key or 0).values_list("at", flat=True).first()


def _speaking(text: str) -> Callable[[int | None, str], bool]:
    """Tells of a person's number and a body whether they hold these words."""
    words = text.casefold()
    written = json.dumps(words, ensure_ascii=False)[1:-1]
    people = {key for key, name in find_people() if words in name.casefold()}

    def speaks(who: int | None, body: str) -> bool:
        if who in people:
            return True
        is_about = bool(people) and '"about":' in body
        if written not in body.casefold() and not is_about:
            return False
        told = json.loads(body)
        if is_about and (told.get("facts") or {}).get("about") in people:
            return True
        return any(words in said.casefold() for said in _spoken(told))

    return speaks


def _spoken(body: Mapping[str, Any]) -> Collection[str]:
    """What people can read in an entry: names, values, reasons, answers."""
    campaign, connection = body.get("campaign") or {}, body.get("connection") or {}
    facts = body.get("facts") or {}
    said = [
        campaign.get("name"),
        campaign.get("remote_id"),
        connection.get("name"),
        body.get("reason"),
        *(facts.get(name) for name in ("title", "says", "text", "name")),
    ]
    for told in body.get("fields") or ():
        said += [told.get(key) for key in ("label", "seen_text", "wanted_text", "says")]
    return [str(text) for text in said if text]
