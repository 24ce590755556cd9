"""A stage for virtual processes: one runs at a time, on a clock of its own.

Each actor is a greenlet. It gives way at network calls, kill points and database
statements outside a transaction; who goes on, who is killed there and who freezes is
drawn from the seed, so that the same seed plays the same piece again.
"""

import heapq
import itertools
from datetime import UTC, datetime, timedelta

import greenlet
from django.db import connection

BEGIN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
STEPS_LIMIT = 400_000
KEPT_WHEN_DEAD = ("ROLLBACK", "RELEASE")


class Killed(BaseException):
    """Ends an actor as SIGKILL would: nothing it still tries reaches the database."""


class Endless(Exception):
    """A history that does not come to an end."""


class Actor(greenlet.greenlet):
    """One virtual process."""

    def __init__(self, stage, name, act, *, mortal=True):
        super().__init__(lambda: _played(act), stage.hub)
        self.name, self.mortal = name, mortal
        self.is_dead = False
        self.is_idle = False

    def __repr__(self):
        return self.name


def _played(act):
    try:
        act()
    except Killed:
        return  # the others play on


class Stage:
    """The scheduler and its clock. `odds` is the chance to give way at a statement."""

    def __init__(self, dice, *, odds=0.15):
        self.dice, self.odds = dice, odds
        self.seconds = 0.0
        self.frozen = []
        self.kills = self.freezes = 0
        self.is_over = False
        self.blows = {}
        self.passed = 0
        self.hub = greenlet.getcurrent()
        self._turns = []
        self._actors = []
        self._number = itertools.count()
        self._idle = set()

    # --- time -------------------------------------------------------------------

    def now(self):
        return BEGIN + timedelta(seconds=self.seconds)

    def monotonic(self):
        return 1000.0 + self.seconds

    def sleep(self, seconds):
        """What `time.sleep` is for whoever acts here; the hub just moves on."""
        actor = greenlet.getcurrent()
        if not isinstance(actor, Actor):
            self.seconds += seconds
            return
        self.later(seconds, actor)
        self._give_way(actor)

    def later(self, seconds, act):
        """Let an actor go on, or a function be called, after so many seconds."""
        turn = (self.seconds + max(0.0, seconds), next(self._number), act)
        heapq.heappush(self._turns, turn)

    # --- who acts ---------------------------------------------------------------

    def enter(self, name, act, *, after=0.0, mortal=True):
        actor = Actor(self, name, act, mortal=mortal)
        self._actors = [one for one in self._actors if not one.dead] + [actor]
        self.later(after, actor)
        return actor

    def idle(self, longest):
        """Wait until somebody calls, at most so long."""
        actor = greenlet.getcurrent()
        actor.is_idle = True
        self._idle.add(actor)
        self.later(longest, (actor, self._mark(actor)))
        self._give_way(actor)

    def _mark(self, actor):
        actor.turn = next(self._number)
        return actor.turn

    def call(self, longest=1.2):
        """A hint, or the next poll: whoever idles goes on soon."""
        for actor in sorted(self._idle, key=lambda actor: actor.name):
            self.later(self.dice.uniform(0.0, longest), (actor, actor.turn))

    def run(self, until):
        """Play until that second, or until nobody has a turn."""
        for _ in range(STEPS_LIMIT):
            if not self._turns or self._turns[0][0] > until:
                self.seconds = max(self.seconds, until)
                return
            at, _, act = heapq.heappop(self._turns)
            self.seconds = max(self.seconds, at)
            self._let(act)
        raise Endless(f"not over after {STEPS_LIMIT} turns")

    def end(self):
        """End every actor where it stands, as a kill would."""
        self.is_over = True
        for actor in self._actors:
            if actor and not actor.dead:
                actor.is_dead = True
                actor.throw(Killed)

    def _let(self, act):
        if isinstance(act, tuple):
            actor, turn = act
            if not actor.is_idle or actor.turn != turn:
                return
            actor.is_idle = False
            self._idle.discard(actor)
            act = actor
        if not isinstance(act, Actor):
            act()
        elif not act.dead:
            act.switch()

    def _give_way(self, actor):
        if connection.in_atomic_block:
            raise RuntimeError("a transaction is open while somebody else may act")
        self.hub.switch()

    # --- what befalls them --------------------------------------------------------

    def point(self, name=""):
        """A place where an actor may be killed, frozen or overtaken."""
        actor = greenlet.getcurrent()
        if not isinstance(actor, Actor):
            return
        if actor.is_dead:
            raise Killed
        if actor.mortal:
            self._befall(actor)
        if not connection.in_atomic_block and self.dice.random() < self.odds:
            self.sleep(self.dice.choice((0.0, 0.001, 0.01)))

    def _befall(self, actor):
        self.passed += 1
        blow = self.blows.pop(self.passed, None)
        if blow is None:
            return
        if blow == "kill":
            self.kills += 1
            actor.is_dead = True
            raise Killed
        if connection.in_atomic_block:
            self.blows[self.passed + 1] = blow  # freeze as soon as the lock is free
            return
        since = self.now()
        self.freezes += 1
        self.frozen.append((since, since + timedelta(seconds=blow)))
        self.sleep(blow)

    def watch_database(self, execute, sql, params, many, context):
        """The wrapper around every statement."""
        actor = greenlet.getcurrent()
        is_dead = isinstance(actor, Actor) and actor.is_dead
        if not (is_dead and sql.startswith(KEPT_WHEN_DEAD)):
            self.point()
        return execute(sql, params, many, context)
