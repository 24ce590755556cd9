"""The people of a history: they edit, click twice, cancel, hold, decide, release."""

from django.core.exceptions import ValidationError

from campaigns import changes, clock, connections, documents, holds
from campaigns.changes import LostRace, NotAllowed, Wish
from campaigns.changes.decisions import AGAIN, UNREAD, AlreadySent
from campaigns.lifecycle import NOT_SENT, State
from campaigns.models import Campaign, Change, Connection, Hold
from campaigns.planning import decisions
from campaigns.planning.drafts import Stale, open_desk
from tests.chaos.history import Told

DAY = 1200
OFFERED = (
    (changes.send_again, AGAIN),
    (changes.look_again, UNREAD),
    (changes.put_aside, {State.UNKNOWN}),
)
"""What can be decided about a change by itself, and in which states."""


class People:
    """Everyone at their screens. `told` is what they were told."""

    def __init__(self, stage, site, menu, persons):
        self.stage, self.site, self.menu = stage, site, menu
        self.persons = persons
        self.told = []
        begin = stage.dice.uniform(10, 60)
        self.away = begin, begin + stage.dice.choice((0, 0, 60, 150))
        self.overtime = stage.dice.choice((0, 0, 0, 300))
        self.acting = 0
        self.cancels = 0.12
        self._keys = 0

    def work(self, person, edits):
        """A day at work: until all have saved so many edits; second thoughts too."""

        def act():
            while self.saved < edits and self.stage.seconds < DAY:
                self.stage.sleep(self.stage.dice.expovariate(1 / 7))
                self.stage.sleep(max(0, self._break_until() - self.stage.seconds))
                if self.stage.dice.random() < self.cancels:
                    self._cancel(person)
                else:
                    self._edit(person)
            self.acting -= 1

        self.acting += 1
        self.stage.enter(f"person {person.pk}", act, mortal=False)

    def manage(self):
        """Somebody who releases what is held, decides what clashes, and the rest."""

        def act():
            while self.acting > 1 or self.stage.seconds < self.overtime:
                self.stage.sleep(self.stage.dice.uniform(10, 40))
                for click in (self._hold_or_release, self._decide, self._take_up):
                    self.stage.enter(f"web {click.__name__}", click)
                    self.stage.sleep(0.5)
            self.acting -= 1

        self.acting += 1
        self.stage.enter("manager", act, mortal=False)

    def _break_until(self):
        """All leave their screens at once for a while: much comes to its end then."""
        begin, end = self.away
        return end if begin <= self.stage.seconds < end else 0

    def release_all(self):
        for scope in Hold.objects.values_list("scope", flat=True):
            holds.release(scope, self.persons[0])
        for connection in Connection.objects.filter(held_at__isnull=False):
            connections.release(connection, self.persons[0])
        self.stage.call()

    @property
    def saved(self):
        """How many edits were acknowledged so far."""
        return sum(len(told.edits) for told in self.told)

    # --- editing ----------------------------------------------------------------

    def _edit(self, person):
        dice = self.stage.dice
        chosen = list(Campaign.objects.select_related("connection").order_by("pk"))
        wishes = []
        for campaign in dice.sample(chosen, 2 if dice.random() < 0.2 else 1):
            edits = self._wanted(person, campaign)
            if edits:
                wishes.append(Wish(campaign, edits))
        if wishes:
            self.stage.sleep(dice.choice((0, 0.3, 2, 20)))  # they read it once more
            self._send(person, wishes)

    def _wanted(self, person, campaign):
        desk = open_desk(person, campaign)
        paths = self.stage.dice.sample(
            sorted(self.menu.fields), self.stage.dice.choice((1, 1, 2, 3))
        )
        declared = desk.form.declared()
        wanted = {
            path: declared[path].canonical(self.menu.value(path)) for path in paths
        }
        plan = desk.form.plan(desk.document, wanted)
        return () if plan.errors else plan.edits

    def _send(self, person, wishes):
        """Click until it says saved; now and then the click is a double one."""
        self._keys += 1
        key, dice = f"intent-{self._keys}", self.stage.dice
        for turn in range(4):
            clicks = 2 if dice.random() < 0.15 else 1
            for _ in range(clicks):
                act = self._click(person, wishes, key)
                self.stage.enter(f"web {key}", act, after=dice.uniform(0, 0.02))
            self.stage.sleep(1.0 + turn)
            if any(told.key == key for told in self.told):
                return

    def _click(self, person, wishes, key):
        def act():
            try:
                done = changes.request(person, wishes, key=key)
            except NotAllowed:
                return
            self._acknowledge(person, wishes, key, done)

        return act

    def _acknowledge(self, person, wishes, key, done):
        edits = tuple(
            (wish.campaign.remote_id, edit.field, edit.seen, edit.wanted)
            for wish in wishes
            for edit in wish.edits
        )
        made = tuple(done.changes.filter(split_from=None).values_list("pk", flat=True))
        self._tell("sent", person, key=key, changes=tuple(sorted(made)), edits=edits)
        if self.stage.dice.random() < 0.7:
            self.stage.call(0.05)  # the hint; the others are lost
        else:
            self.stage.call()

    def _tell(self, kind, person, **more):
        self.told.append(Told(kind, clock.now(), person.pk, **more))

    # --- second thoughts -----------------------------------------------------------

    def _cancel(self, person):
        mine = Change.objects.filter(
            change_set__person=person, state__in=NOT_SENT
        ).select_related("campaign__connection", "change_set")
        change = mine.order_by("-pk").first()
        if change is None:
            return
        self.stage.sleep(self.stage.dice.choice((0, 0.01, 0.5)))
        try:
            changes.cancel(change, person)
        except (LostRace, AlreadySent):
            return
        if change.state == State.CANCELLED:  # else it may have arrived before
            self._tell("cancelled", person, changes=(change.pk,))

    def _hold_or_release(self):
        """A click may be the last thing that its process does."""
        connection, wide = Connection.objects.first(), Hold.objects.first()
        me, why = self.persons[0], "Looking into it"
        try:
            if wide is not None:
                holds.release(wide.scope, me)
            elif connection.is_held:
                connections.release(connection, me)
            elif self.stage.dice.random() < 0.08:
                connections.hold(connection, me, why)
            elif self.stage.dice.random() < 0.08:
                scopes = (Hold.EVERYTHING, connection.platform)
                holds.hold(self.stage.dice.choice(scopes), me, why)
        except ValidationError:
            return  # an earlier click got there first
        self.stage.call()

    def _take_up(self):
        """What is lost from sight, or was refused by itself: once more, or never."""
        left = Change.objects.filter(state__in=AGAIN | UNREAD, waits_for_person=True)
        rows = left.select_related("campaign__connection", "change_set")
        change = rows.order_by("pk").first()
        if change is None or self.stage.dice.random() < 0.5:
            return
        offered = [act for act, states in OFFERED if change.state in states]
        try:
            self.stage.dice.choice(offered)(change, self.persons[0])
        except LostRace:
            return
        self.stage.call()

    def _decide(self):
        waiting = Change.objects.filter(
            state__in=(State.CLASH, State.DIFFERENT), waits_for_person=True
        ).select_related("campaign__connection", "change_set__person")
        for change in waiting.order_by("pk")[:2]:
            row = next(iter(decisions.undecided(change)), None)
            if row is None or self.stage.dice.random() < 0.4:
                continue
            choice = self.stage.dice.choice(("theirs", "mine"))
            desk = open_desk(self.persons[0], change.campaign)
            seen = decisions.known(desk, row.field)
            try:
                decisions.decide(
                    self.persons[0], change, row.field, choice, {}, seen=seen
                )
            except (LostRace, Stale, decisions.NothingToDecide):
                continue
            except decisions.NotAcceptable:
                continue
            self.stage.call()


class Menu:
    """What can be edited on a platform here, with values that tell themselves apart."""

    def __init__(self, fields, dice):
        self.fields, self.dice = fields, dice
        self._count = 0

    def value(self, path):
        self._count += 1
        return self.fields[path](self.dice, self._count)

    def foreign(self, stored):
        """What somebody else writes: one root key of the document."""
        there = [p for p in sorted(self.fields) if _has_place(stored, p)]
        path = self.dice.choice(there)
        changed = documents.put(stored, path, self.value(path))
        root = path.split(".")[0]
        return {root: changed[root]}

    @property
    def keys(self):
        return sorted({path.split(".")[0] for path in self.fields})


def _has_place(stored, path):
    """A value inside an object needs the object."""
    root, _, inside = path.partition(".")
    return not inside or bool(stored.get(root))
