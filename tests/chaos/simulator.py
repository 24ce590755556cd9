"""Plays whole histories of delivery on a virtual clock, from a seed, and judges them.

`python -m tests.chaos.simulator --seed N` plays one again; `--count N` plays many.
"""

import os

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.chaos.settings"
    import django

    django.setup()

import argparse
import json
import random
import sys
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import structlog
from django.core.management import call_command
from django.db import connection as database
from django.db.models import Q

from campaigns import changes, clock
from campaigns.delivery import accounts, deliver, policy, poll, sending, syncing
from campaigns.lifecycle import OPEN
from campaigns.models import Change, Connection
from campaigns.platforms.indeed import client as indeed
from campaigns.platforms.microworkers import client as microworkers
from tests.chaos import checker, faults, history
from tests.chaos.line import Line, Site
from tests.chaos.menus import GROUPS, MENUS
from tests.chaos.people import Menu, People
from tests.chaos.stage import BEGIN, Killed, Stage
from tests.factories import ConnectionFactory, IndeedFactory, PersonFactory

EDITS = 20
FAULTS = 5
QUIET = 300
LONGEST_CALL = 25
SWEEP = 120
WATCHED = 800
SPELT = {
    "indeed": {"name": "SHOUTED", "trackingToken": "lower"},
    "microworkers": {"ttr": 30, "groupId": GROUPS[0]},
}
CAMPAIGNS = {
    "indeed": ("3141592653589793", "ee4d641cab17b22c"),
    "microworkers": ("b5f1c2d3e4a6", "a4c0b1d2e3f5"),
}

LANES = (
    "SELECT due_at, lease_until FROM campaigns_lane WHERE due_at",
    "SELECT moved_at FROM campaigns_change JOIN campaigns_connection "
    "ON campaigns_connection.id = held_with_id WHERE held_at IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM campaigns_hold) AND moved_at",
)
SYNCS = (
    "SELECT sync_due_at, sync_lease_until FROM campaigns_connection WHERE sync_due_at",
    "SELECT read_due_at FROM campaigns_campaign WHERE read_due_at",
)


class Template:
    """An empty database with its tables, copied in before each history."""

    def __init__(self):
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
        call_command("migrate", verbosity=0)
        database.ensure_connection()
        raw = database.connection
        self.kept = type(raw)(":memory:")
        raw.backup(self.kept)

    def restore(self):
        self.kept.backup(database.connection)


class Simulation:
    """One history: its stage, its platform, its people, its workers."""

    def __init__(self, seed, weather=None):
        self.dice = random.Random(seed)
        self.stage = Stage(self.dice, odds=self.dice.choice((0.05, 0.15, 0.3)))
        self.weather = weather or faults.Weather(
            patches=self.dice.randint(5, 12),
            kills=self.dice.randint(1, 4),
            freezes=self.dice.randint(0, 2),
            rivals=self.dice.randint(1, 5),
        )
        key = self.dice.choice(("indeed", "microworkers"))
        self.key = self.weather.facts.get("platform", key)
        self.menu = Menu(MENUS[self.key], self.dice)
        options = {"report_jobs": True} if self.key == "indeed" else {}
        if self.key == "indeed":
            options["token_seconds"] = self.dice.choice((90, 150, 3600))
        self.site = Site(self.key, self.stage, CAMPAIGNS[self.key], **options)
        self.site.rival = self._rival
        self.trouble = []

    def play(self):
        """The whole piece; returns its `History`."""
        with ExitStack() as stack:
            for change in self._surroundings():
                stack.enter_context(change)
            self._set()
            stack.enter_context(database.execute_wrapper(self.stage.watch_database))
            self._act()
            still_open = self._settle_down()
            self._curtain()
        return self._history(still_open)

    # --- before -----------------------------------------------------------------

    def _surroundings(self):
        line = type("Line", (Line,), {"site": self.site})
        here = SimpleNamespace(monotonic=self.stage.monotonic, sleep=self.stage.sleep)
        put = mock.patch.object
        return [
            clock.replaced(self.stage.now),
            put(indeed, "Line", line),
            put(microworkers, "Line", line),
            put(accounts, "time", here),
            put(syncing, "time", here),
            put(policy, "random", self.dice),
            put(deliver, "killpoint", self.stage.point),
            put(sending, "killpoint", self.stage.point),
        ]

    def _set(self):
        make = IndeedFactory if self.key == "indeed" else ConnectionFactory
        self.policy = (
            self.weather.facts.get("policy")
            or self.dice.choices(
                ("careful", "thrifty", "blind"),
                (12, 4, 0 if self.key == "indeed" else 4),
            )[0]
        )
        base = "http://127.0.0.1:1" + self.site.stand_in.base_path
        token = self.site.stand_in.token_path
        more = {"token_url": f"http://127.0.0.1:1{token}"} if token else {}
        self.connection = make(
            base_url=base,
            settle_seconds=30,
            calls_per_minute=self.dice.choice((60, 600, 600, 6000)),
            read_policy="careful",
            sync_every_seconds=SWEEP,
            sync_due_at=self.stage.now(),
            **more,
        )
        persons = [PersonFactory(is_admin=True), PersonFactory(), PersonFactory()]
        self.people = People(self.stage, self.site, self.menu, persons)
        self.people.cancels = self.weather.facts.get("cancels", 0.12)
        syncing.sync(self.connection.pk)
        syncing.sync(self.connection.pk)
        Connection.objects.update(read_policy=self.policy, pace_ms=0)

    def _rival(self, campaign):
        stored = self.site.world.stored(campaign)
        self.site.edit(campaign, self.menu.foreign(stored))

    # --- the piece ----------------------------------------------------------------

    def _act(self):
        faults.plant(
            self.site, self.stage, self.weather, self.menu.keys, SPELT[self.key]
        )
        edits = self.weather.facts.get("edits", EDITS)
        for person in self.people.persons:
            self.people.work(person, edits)
        self.people.manage()
        for _ in range(self.weather.rivals):
            campaign = self.dice.choice(CAMPAIGNS[self.key])
            at = self.dice.uniform(5, 90)
            self.stage.later(at, lambda campaign=campaign: self._rival(campaign))
        for number in range(self.weather.facts.get("workers", 3)):
            self.stage.enter(f"worker {number}", self._worker)
        limit = self.stage.seconds + 1800
        while self.people.acting and self.stage.seconds < limit:
            self.stage.run(self.stage.seconds + 20)

    def _worker(self):
        """A worker process: polls, serves, dies, is started again."""
        try:
            while True:
                served = self._poll(deliver.deliver, poll._delivering, LANES)
                served += self._poll(syncing.sync, poll._syncing, SYNCS)
                wait = 1.0 if served else self._until_due()
                self.stage.idle(wait * self.dice.uniform(0.8, 1.2))
        except Killed:
            if self.stage.is_over:
                return
            again = f"worker again {self.stage.kills}"
            self.stage.enter(again, self._worker, after=self.dice.uniform(0.5, 3))

    def _poll(self, job, find, signs):
        """Do what a poll finds; where nothing can be due it only takes its turn."""
        now = self.stage.now().replace(tzinfo=None)
        if any(_plain(f"{sql} <= ?", now) for sql in signs):
            return self._do(job, find())
        self.stage.point("the poll's statement")
        return 0

    def _do(self, job, connection_ids):
        for connection_id in connection_ids:
            try:
                job(connection_id)
            except Exception as error:  # noqa: BLE001  the outermost place
                self._note(error)
        return len(connection_ids)

    def _note(self, error):
        frames, trace = [], error.__traceback__
        while trace:
            code = trace.tb_frame.f_code
            if "/campaigns/" in code.co_filename:
                frames.append(f"{code.co_name}:{trace.tb_lineno}")
            trace = trace.tb_next
        self.trouble.append(f"{type(error).__name__}: {error} in {' '.join(frames)}")
        self.stage.sleep(1.0)

    def _until_due(self):
        """Until the earliest moment at which a poll would find something."""
        now, moments = self.stage.now().replace(tzinfo=None), []
        for sql in (*LANES, SYNCS[0]):
            self.stage.point("a look")
            moments += [max(filter(None, row)) for row in _plain(f"{sql} IS NOT NULL")]
        wait = min(((at - now).total_seconds() for at in moments), default=600.0)
        return min(max(wait, 0.0), 600.0) + 0.8

    def _settle_down(self):
        """No more faults: whatever waits for no person must come to its end."""
        self.site.faults.clear()
        self.site.outage = ()
        self.site.dark.clear()
        self.stage.blows.clear()
        self.stage.run(self._last_fault() + LONGEST_CALL)  # its answer may hold, too
        self.people.release_all()
        self.stage.run(self.stage.seconds + QUIET + self._sweeps())
        open_now = Change.objects.filter(
            state__in=[*OPEN], waits_for_person=False
        ).exclude(Q(state="held") | changes.LEFT)
        still_open = tuple(open_now.values_list("pk", flat=True))
        self.stage.run(self.stage.seconds + WATCHED)
        return still_open

    def _last_fault(self):
        """When the last fault is over: whoever stands still goes on first."""
        frozen = [(until - BEGIN).total_seconds() for _, until in self.stage.frozen]
        return max([self.stage.seconds, *frozen])

    def _sweeps(self):
        """Where sweeps confirm, each place further back in a lane has one more."""
        if self.policy != "thrifty":
            return 0
        rows = Change.objects.filter(state__in=[*OPEN], waits_for_person=False)
        lanes = Counter(rows.values_list("campaign_id", flat=True))
        return SWEEP * (max(lanes.values(), default=1) - 1)

    def _curtain(self):
        """End every actor where it stands, as a kill would."""
        self.stage.end()

    def _history(self, still_open):
        seen, effects = history.seen(self.site.journal)
        edits = sum(len(told.edits) for told in self.people.told)
        used = len(self.site.used) + self.stage.kills + self.stage.freezes
        used += sum(entry["kind"] == "edit" for entry in self.site.journal)
        return history.History(
            told=self.people.told,
            seen=seen,
            effects=effects,
            first=self.site.first,
            last=self.site.world.everything(),
            settle=30,
            policy=self.policy,
            still_open=still_open,
            frozen=tuple(self.stage.frozen),
            trouble=tuple(self.trouble),
            facts={
                "edits": edits,
                "faults": used,
                "kills": self.stage.kills,
                "freezes": self.stage.freezes,
                "patches": sum(e["method"] == "PATCH" for e in self.site.journal),
            },
            **history.rows(),
        )


def _plain(sql, *values):
    """Rows without the ORM and without a chance for others: it is asked so often."""
    return database.connection.execute(sql, values).fetchall()


@contextmanager
def _as_it_is():
    yield


def played(template, seed, weather=None, sabotage=_as_it_is):
    """One history, judged: (violations, counted apart, facts)."""
    template.restore()
    with sabotage():
        past = Simulation(seed, weather).play()
    violations, apart = checker.check(past)
    return violations, apart, past.facts


def say(words):
    print(words, flush=True)


def play_many(seeds, keep=None, stop_after=20):
    """Play seed after seed; returns the sums. `keep` is called with each result."""
    template = Template()
    sums = {"histories": 0, "full": 0, "violations": 0, "failed": [], "apart": {}}
    began = time.monotonic()
    for seed in seeds:
        violations, apart, facts = played(template, seed)
        add(sums, seed, violations, apart, facts)
        if keep is not None:
            keep({"seed": seed, "violations": len(violations), **facts})
        for violation in violations[:3]:
            say(f"seed {seed}: {violation}")
        if len(sums["failed"]) >= stop_after:
            break
    sums["seconds"] = round(time.monotonic() - began, 1)
    return sums


def add(sums, seed, violations, apart, facts):
    sums["histories"] += 1
    sums["full"] += facts["edits"] >= EDITS and facts["faults"] >= FAULTS
    sums["violations"] += len(violations)
    sums["failed"] += [seed] if violations else []
    for name, count in facts.items():
        sums[name] = sums.get(name, 0) + count
    for name, count in apart.items():
        sums["apart"][name] = sums["apart"].get(name, 0) + count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--count", type=int, default=1, help="how many histories")
    parser.add_argument("--shard", default="0/1", help="every nth seed: k/n")
    parser.add_argument("--keep", type=Path, help="a folder for the results")
    parser.add_argument("--code", default="", help="the state of the code, kept too")
    asked = parser.parse_args()
    shard, shards = map(int, asked.shard.split("/"))
    seeds = range(asked.seed + shard, asked.seed + asked.count, shards)
    if asked.keep is None:
        sums = play_many(seeds)
    else:
        sums = play_and_keep(seeds, asked.keep, shard, asked.code)
    print(json.dumps(sums))
    sys.exit(1 if sums["failed"] else 0)


def play_and_keep(seeds, folder, shard, code):
    """Play what no sitting has played yet; a line of JSON for each seed."""
    done = {
        json.loads(line)["seed"]
        for file in folder.glob("seeds-*.jsonl")
        for line in file.read_text().splitlines()
    }
    with (folder / f"seeds-{shard}.jsonl").open("a") as file:

        def keep(row):
            file.write(json.dumps(row | {"code": code}) + "\n")
            file.flush()

        return play_many((s for s in seeds if s not in done), keep)


if __name__ == "__main__":
    main()
