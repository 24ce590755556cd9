"""Whole histories of one campaign in memory: sets, outside edits, undos.

Rows are those of the app, unsaved; values move as the forms say they would.
"""

import itertools
import random
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from campaigns import documents, registry
from campaigns.lifecycle import State
from campaigns.models import (
    Campaign,
    Change,
    ChangeSet,
    Connection,
    FieldChange,
    Person,
)
from campaigns.planning import piles
from campaigns.planning.drafts import Desk
from campaigns.planning.touches import TOUCHING, Touch, replay, touch_of

START = datetime(2026, 1, 1, tzinfo=UTC)
DOCUMENTS = {
    "indeed": {
        "name": "Night nurses",
        "trackingToken": "tok",
        "status": "ACTIVE",
        "jobsToInclude": "QUERY",
        "jobsQuery": "title:nurse",
        "jobsTitle": None,
        "jobsCompany": None,
        "jobsLocation": "Graz",
        "jobsLocationRadius": 25,
        "objective": {"objectiveType": "TARGET_APPLICATIONS", "target": 10},
        "FundingSource": "PAID",
    },
    "microworkers": {
        "ttr": 7,
        "groupId": "5e6b1a09c3d4",
        "qtRequired": False,
        "maximumJobLimit": {"enabled": True, "limitPerDay": 90},
        "autoSkipTask": {"enabled": False, "timeLimit": 5},
        "notificationSettings": [],
        "internalTemplate": {"id": "t1", "ratingMethodId": 1},
    },
}
VALUES = {
    "indeed": {
        "name": ['"a"', '"b"', '"c"'],
        "trackingToken": ['"one"', '"two"'],
        "status": ['"ACTIVE"', '"PAUSED"'],
        "jobsToInclude": ['"ALL"', '"QUERY"'],
        "jobsQuery": ['"title:a"', '"title:b"'],
        "jobsTitle": ['"cook"', '"line cook"'],
        "jobsCompany": ['"Harborline"', '"Other"'],
        "jobsLocation": ['"Wien"', '"Linz"'],
        "jobsLocationRadius": ["5", "50", "100"],
        "objective.target": ["11", "12", "13"],
    },
    "microworkers": {
        "ttr": ["1", "3", "5"],
        "groupId": ['"5e6b1a09c3d5"', '"5e6b1a09c3d6"'],
        "maximumJobLimit.enabled": ["true", "false"],
        "maximumJobLimit.limitPerDay": ["10", "20"],
        "autoSkipTask.enabled": ["true", "false"],
        "autoSkipTask.timeLimit": ["3", "9"],
        "autoRateOkTask": ["true", "false"],
        "autoRefillPositions": ["true", "false"],
    },
}


class World:
    """One campaign, and everything that was ever written to it."""

    def __init__(self, platform, seed):
        self.random = random.Random(seed)  # noqa: S311
        self.platform = registry.get(platform)
        self.document = DOCUMENTS[platform]
        self.values = VALUES[platform]
        connection = Connection(pk=1, platform=platform, name="c")
        self.campaign = Campaign(pk=1, connection=connection, read_at=START)
        self.person = Person(pk=1, is_marketer=True)
        self.sent = {}
        self.touches = []
        self.keys = itertools.count(1)

    # --- what happens -----------------------------------------------------------

    def edit(self, paths=None):
        """A set of some fields, sent and applied; None when the form refuses it."""
        several = self.random.sample(sorted(self.values), self.random.randint(1, 4))
        wanted = {path: self.any_value(path) for path in paths or several}
        plan = self.desk().form.plan(self.document, wanted)
        return None if plan.errors or not plan.edits else self.apply(plan)

    def apply(self, plan, undoes=None):
        """What sending a plan leaves behind: rows, touches, values."""
        refused = undoes is None and self.random.random() < 0.1
        blind = not refused and State.UNCONFIRMABLE
        change = self.change(undoes)
        rows = [
            self.row(change, edit, State.REJECTED if refused else self.end(edit, blind))
            for edit in plan.edits
        ]
        self.sent[change.change_set_id] = rows
        for row in rows:
            if row.state in TOUCHING:
                self.write(row.field, row.wanted)
                self.touches.append(touch_of(row))
        return change.change_set_id

    def outside(self):
        """Somebody else sets one field on the platform itself."""
        path = self.random.choice(sorted(self.values))
        wanted = self.any_value(path)
        plan = self.desk().form.plan(self.document, {path: wanted})
        for edit in () if plan.errors else plan.edits:
            if edit.readable and edit.seen is not None:
                self.write(edit.field, edit.wanted)
                place = (self.campaign.pk, edit.field)
                at = self.later()
                self.touches.append(Touch(place, at, edit.seen, edit.wanted, since=at))

    def sort_out(self, change_set, ticked=()):
        """The undo of one set as the app plans it."""
        ledger = replay(self.touches)
        return piles.sort_out(self.desk(), self.sent[change_set], ledger, ticked)

    def undo(self, change_set, ticked=()):
        """Plan the undo and send it; the new set and what was planned."""
        planned = self.sort_out(change_set, ticked)
        sent = self.apply(planned.plan, change_set) if planned.plan.edits else None
        return sent, planned

    # --- what stands ------------------------------------------------------------

    def state(self):
        """What every field is: as reported, else as last written."""
        ledger = replay(self.touches)
        fields = self.platform.form.declared()
        return {
            path: field.read(self.document)
            if field.read(self.document) is not None
            else ledger.value((self.campaign.pk, path))
            for path, field in fields.items()
        }

    def desk(self):
        live = self.document
        return Desk(self.campaign, self.platform, live, live, {}, self.person)

    # --- inside -----------------------------------------------------------------

    def any_value(self, path):
        return self.random.choice(self.values[path])

    def later(self):
        return START + timedelta(minutes=next(self.keys))

    def end(self, edit, blind):
        return State.CONFIRMED if edit.readable else blind

    def change(self, undoes):
        key, at = next(self.keys), self.later()
        before = ChangeSet(pk=undoes) if undoes else None
        of = ChangeSet(pk=key, person=self.person, undoes=before)
        return Change(
            pk=key,
            change_set=of,
            campaign=self.campaign,
            sequence=key,
            accepted_at=at,
            created_at=at,
        )

    def row(self, change, edit, state):
        words = asdict(edit) | {"origin": edit.origin.value}
        return FieldChange(change=change, state=state, **words)

    def write(self, path, text):
        field = self.platform.form.declared()[path]
        if field.read(self.document) is None:
            return
        value = field.parse(text)
        value = None if value is None else field.json(value)
        self.document = documents.put(self.document, path, value)
