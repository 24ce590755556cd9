"""Real delivery against a platform in memory, on a virtual clock, from a seed.

After each act it notes what the tables hold, to be compared with what entries say.
"""

import itertools
import random
from datetime import UTC, datetime, timedelta

from campaigns import changes, clock, documents, registry
from campaigns.changes import Wish
from campaigns.delivery import lanes, snapshots
from campaigns.delivery.deliver import attend
from campaigns.delivery.links import Link
from campaigns.gateway.contract import (
    Exchange,
    OutcomeUnknown,
    Reading,
    Rejected,
    Row,
    Unavailable,
)
from campaigns.lifecycle import State
from campaigns.models import Change, FieldChange, Lane
from campaigns.planning.drafts import open_desk
from tests.factories import CampaignFactory, ConnectionFactory, PersonFactory
from tests.planning.world import DOCUMENTS, VALUES


class Memory:
    """A platform that keeps one document, and fails as the dice say."""

    def __init__(self, form, document, dice):
        self.form, self.document, self.dice = form, document, dice

    def read(self, remote_id):
        return Reading(self.row(), self.exchange("GET"))

    def row(self, only=None):
        shown = {k: v for k, v in self.document.items() if only is None or k in only}
        return Row("remote", "Campaign", "ACTIVE", shown)

    def patch(self, remote_id, body):
        luck = self.dice.random()
        if luck < 0.1:
            raise Rejected("Refused.", exchange=self.exchange("PATCH"))
        if luck < 0.2:
            raise Unavailable("Nobody there.", exchange=self.exchange("PATCH"))
        if luck < 0.95:
            self.apply(body)
        if luck > 0.85:
            raise OutcomeUnknown("Cut off.", exchange=self.exchange("PATCH"))
        return self.exchange("PATCH")

    def apply(self, body):
        known = self.document.keys()
        self.document = self.document | {k: v for k, v in body.items() if k in known}
        if body.get("jobsToInclude") == "ALL":
            gone = dict.fromkeys(k for k in known if k.startswith("jobs"))
            self.document |= gone | {"jobsToInclude": "ALL"}

    def exchange(self, method):
        return Exchange(method, "http://127.0.0.1:9", "", 200, "{}", clock.now(), 0.1)


class Played:
    """One campaign with a person, a worker and a world outside."""

    def __init__(self, platform, seed):
        self.at = datetime(2026, 11, 1, tzinfo=UTC)
        self.dice = random.Random(seed)  # noqa: S311
        self.platform, self.values = registry.get(platform), VALUES[platform]
        self.keys = itertools.count()
        form, document = self.platform.form, DOCUMENTS[platform]
        self.memory = Memory(form, document, self.dice)
        made = ConnectionFactory(platform=platform, settle_seconds=5)
        self.campaign = CampaignFactory(connection=made, document="{}")
        Lane.objects.get_or_create(campaign=self.campaign)
        self.person = PersonFactory()
        self.noted = []

    def play(self, acts):
        """Do this many things; the moments with what was stored at each."""
        verbs = [self.ask, self.ask, self.serve, self.serve, self.serve]
        verbs += [self.outside, self.show, self.list, self.withhold]
        with clock.replaced(self.now):
            self.note()
            self.list()
            for _ in range(acts):
                self.at += timedelta(seconds=self.dice.randint(1, 30))
                self.dice.choice(verbs)()
                self.note()
        return self.noted

    def now(self):
        self.at += timedelta(milliseconds=1)
        return self.at

    # --- acts -------------------------------------------------------------------

    def ask(self):
        several = self.dice.sample(sorted(self.values), self.dice.randint(1, 3))
        wanted = {path: self.dice.choice(self.values[path]) for path in several}
        desk = open_desk(self.person, self.fresh())
        plan = desk.form.plan(desk.document, wanted)
        if plan.edits and not plan.errors:
            wish = Wish(desk.campaign, plan.edits)
            changes.request(self.person, [wish], key=f"k{next(self.keys)}")

    def serve(self):
        Change.objects.update(due_at=None)
        Lane.objects.update(settle_until=None)
        claim = lanes.claim(self.campaign.lane.pk)
        link = Link(self.fresh().connection, self.platform, self.memory)
        attend(link, claim)

    def outside(self):
        path = self.dice.choice(sorted(self.values))
        plan = self.platform.form.plan(
            self.memory.document, {path: self.dice.choice(self.values[path])}
        )
        self.memory.apply(plan.body)

    def show(self):
        snapshots.keep(
            self.fresh(),
            self.memory.row(),
            self.platform.form,
            whole=True,
            asked=clock.now(),
        )

    def list(self):
        shown = self.memory.row(self.platform.capabilities.list_keys)
        snapshots.keep(
            self.fresh(), shown, self.platform.form, whole=False, asked=clock.now()
        )

    def withhold(self):
        """A read that leaves a field out, as platforms do now and then."""
        only = self.memory.document.keys() - {self.dice.choice(sorted(self.values))}
        row = self.memory.row(only)
        snapshots.keep(
            self.fresh(), row, self.platform.form, whole=True, asked=clock.now()
        )

    # --- what the tables hold ---------------------------------------------------

    def note(self):
        self.noted.append((self.now(), self.stored()))

    def stored(self):
        document = documents.loads(self.fresh().document)
        fields = self.platform.form.declared()
        stored = {path: field.read(document) for path, field in fields.items()}
        return stored | self.sent()

    def sent(self):
        """Over what was read: what was accepted and not seen, or never is."""
        rows = FieldChange.objects.filter(change__campaign=self.campaign)
        rows = rows.order_by("change__sequence", "pk")
        accepted = {r.field: r.wanted for r in rows.filter(state=State.ACCEPTED)}
        blind = rows.filter(state=State.UNCONFIRMABLE, readable=False)
        return {row.field: row.wanted for row in blind} | accepted

    def fresh(self):
        return type(self.campaign).objects.select_related("connection").get()
