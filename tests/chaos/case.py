"""One history made ready for judging: who wrote what, when, for which change."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from campaigns import documents
from tests.chaos import values
from tests.chaos.history import History

SKEW = timedelta(milliseconds=20)
SNAPSHOT = timedelta(seconds=900)
"""How long a snapshot may stand in for a read, by default."""
REFUSED_TOKEN = 401
LISTED = frozenset({"name", "status", "trackingToken"})
"""What the list of a platform shows of the fields that are edited here."""


@dataclass(frozen=True)
class Violation:
    """One broken promise, with what shows it."""

    code: str
    words: str
    evidence: dict[str, Any] = field(default_factory=dict, compare=False)

    def __str__(self):
        shown = ", ".join(f"{name}={value}" for name, value in self.evidence.items())
        return f"{self.code}: {self.words} [{shown}]"


class Case:
    """A history with its joins. `apart` counts what nobody could have prevented."""

    def __init__(self, history: History):
        self.history = history
        self.apart = defaultdict(int)
        self.settle = timedelta(seconds=history.settle)

    @cached_property
    def patches(self):
        """Requests that could have changed something; a refused token could not."""
        return [
            entry
            for entry in self.history.seen
            if entry.kind == "request"
            and entry.method == "PATCH"
            and entry.status != REFUSED_TOKEN
        ]

    @cached_property
    def sends(self):
        return [one for one in self.history.attempts if one.kind == "patch"]

    @cached_property
    def attempt_of(self):
        """Journal PATCH (by number) to the attempt that was written for it."""
        free = defaultdict(list)
        for attempt in self.sends:
            free[attempt.campaign, attempt.request_body].append(attempt)
        found = {}
        for entry in sorted(self.patches, key=lambda entry: entry.start):
            there = free[entry.campaign, entry.body]
            fit = [one for one in there if one.started_at <= entry.start + SKEW]
            if fit:
                found[entry.number] = fit[-1]
                there.remove(fit[-1])
        return found

    def change_of(self, effect):
        """The change an effect belongs to; None for somebody else's edit."""
        attempt = self.attempt_for(effect)
        return self.history.changes.get(attempt.change_id) if attempt else None

    def attempt_for(self, effect):
        if effect.request is None:
            return None
        return self.attempt_of.get(effect.request.number)

    def is_late(self, effect):
        """Whether it came when nobody could wait for it any more.

        Once the platform said in time that it was done, the time to settle counts
        from there.
        """
        attempt = self.attempt_for(effect)
        if attempt is None:
            return False
        heard = self._heard(effect) or attempt.deadline
        return effect.at > min(heard, attempt.deadline) + self.settle

    def is_after_answer(self, effect):
        """Whether the platform said that it is done before it was."""
        heard = self._heard(effect)
        return heard is not None and effect.at > heard + SKEW

    def _heard(self, effect):
        """When the platform's answer that it is done was here; None when none was."""
        attempt, request = self.attempt_for(effect), effect.request
        if attempt is None or attempt.status is None or request.end is None:
            return None
        heard = attempt.started_at + timedelta(seconds=attempt.seconds or 0)
        return max(heard, request.end) if 200 <= attempt.status < 300 else None

    @cached_property
    def ours(self):
        """Our effects in order, each with what it moved and for which change."""
        return [
            (effect, self.change_of(effect), values.moved(effect.before, effect.after))
            for effect in self.history.effects
            if effect.request is not None
        ]

    @cached_property
    def on_time(self):
        """Our effects that moved something in time, as the first of their request."""
        kept = []
        for effect, change, moved in self.ours:
            if self.is_late(effect):
                self.apart["late effects"] += bool(moved)
            elif effect.is_repeated:
                self.apart["effects repeated by the platform"] += bool(moved)
            elif moved and change is not None:
                kept.append((effect, change, moved))
        return kept

    @cached_property
    def put_back(self):
        """Changes that a person released, or took up again: they lost their place."""
        return {
            entry.change_id
            for entry in self.history.entries
            if entry.event == "released"
            or (entry.event == "decided" and entry.state in ("waiting", "unknown"))
        }

    @cached_property
    def in_the_dark(self):
        """Changes that a person sent again although nobody could tell of the first."""
        last, found = {}, set()
        for entry in self.history.entries:
            is_again = entry.event == "decided" and entry.state == "waiting"
            if is_again and last.get(entry.change_id) == "unknown":
                found.add(entry.change_id)
            last[entry.change_id] = entry.state
        return found

    def fields_of(self, change_id):
        return {row.field: row for row in self.history.fields.get(change_id, [])}

    def fields_then(self, effect, change_id):
        """What a change was made of at an effect: some may be split off since."""
        found = dict(self.fields_of(change_id))
        for other in self.history.changes.values():
            if other.split_from_id == change_id and other.created_at > effect.at:
                found |= self.fields_then(effect, other.id)
        return found

    def family(self, change_id):
        """The fields of a change and of what was split off from it."""
        found = self.fields_of(change_id)
        for other in self.history.changes.values():
            if other.split_from_id == change_id:
                found |= self.family(other.id)
        return found

    @cached_property
    def timelines(self):
        """By campaign and path: the values over time, as (since, value, effect)."""
        made = defaultdict(list)
        for campaign, document in self.history.first.items():
            for path, value in values.leaves(document).items():
                made[campaign, path].append((None, value, None))
        for effect in self.history.effects:
            for path, (_, new) in values.moved(effect.before, effect.after).items():
                made[effect.campaign, path].append((effect.at, new, effect))
        return made

    def was(self, campaign, path, value, since, until):
        """Whether the platform truly held that value at some moment between."""
        line = self.timelines.get((campaign, path), [])
        for index, (start, held, _) in enumerate(line):
            end = line[index + 1][0] if index + 1 < len(line) else None
            is_then = start is None or start <= until + SKEW
            is_then &= end is None or end >= since - SKEW
            if is_then and values.same(held, value):
                return True
        return not line and values.is_nothing(value)

    def writer(self, campaign, path, order):
        """The last effect on a path before the one with this order."""
        line = self.timelines.get((campaign, path), [])
        before = [e for _, _, e in line if e is not None and e.order < order]
        return before[-1] if before else None

    def is_known_to_be_ours(self, effect, path):
        """Whether what this replaced was ours, and we knew before we sent.

        Where nothing is read, only the platform's answer tells that it arrived.
        """
        writer = self.writer(effect.campaign, path, effect.order)
        if writer is None or self.attempt_for(writer) is None:
            return False
        if writer.is_repeated or self.is_late(writer) or self.is_after_answer(writer):
            return False
        sent = self.attempt_for(effect).started_at
        heard = self._heard(writer)
        is_told = heard is not None and heard < sent - SKEW
        is_read = self.history.policy != "blind" and self.reads_of(
            effect.campaign, path, sent
        )
        return is_told or any(read.start > writer.at for read in is_read or ())

    def is_newer_of_ours(self, effect, path, value):
        """Whether a send between the last writer's and this one asked for that value.

        The platform said yes to it, or may have, and had not done it yet.
        """
        attempt = self.attempt_for(effect)
        writer = self.attempt_for(self.writer(effect.campaign, path, effect.order))
        return any(
            row is not None and values.same(value, values.said(row.wanted))
            for one in self.sends
            if writer is not None and writer.id < one.id < attempt.id
            for row in [self.fields_of(one.change_id).get(path)]
        )

    def reads_of(self, campaign, path, until):
        """The reads before then that showed this field, alone or in the list."""
        root = path.split(".")[0]
        return [
            entry
            for entry in self.history.seen
            if entry.method == "GET"
            and entry.status == 200
            and entry.start < until
            and (entry.campaign == campaign or (not entry.campaign and root in LISTED))
        ]

    def was_shown(self, campaign, path, value, until):
        """Whether a snapshot could tell of it: some read showed it, maybe a stale one.

        A snapshot stands in for a read on a thrifty connection only.
        """
        return self.history.policy == "thrifty" and any(
            self.was(campaign, path, value, read.start - self.settle, read.end or until)
            for read in self.reads_of(campaign, path, until)
            if read.start > until - SNAPSHOT
        )

    def is_veiled(self, campaign, moment, since=None):
        """Whether reads of a campaign still showed something older then.

        With `since`: what was there before that moment, too.
        """
        return any(
            effect.campaign == campaign
            and effect.stale
            and effect.at <= (since or moment)
            and effect.at <= moment < effect.at + timedelta(seconds=effect.stale)
            for effect in self.history.effects
        )

    def now(self, campaign, path):
        return documents.get(self.history.last[campaign], path)
