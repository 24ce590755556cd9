"""Histories made by hand, line by line, for what the checker says of them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from tests.chaos.case import Case
from tests.chaos.history import Effect, History, Seen

BEGIN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
HALF = {"partly": ["ttr"], "lost": "after"}


def at(seconds):
    return BEGIN + timedelta(seconds=seconds)


class Past:
    """A history of one campaign and one change, line by line."""

    def __init__(self, policy="careful", seen="1"):
        self.journal, self.attempts, self.effects = [], [], []
        self.entries = []
        self.policy, self.others = policy, {}
        self.row = SimpleNamespace(
            field="ttr", seen=seen, wanted="9", readable=True, state="confirmed"
        )

    def read(self, second, campaign="c"):
        self.journal.append(self._line(second, "GET", campaign, status=200))
        return self

    def foreign(self, second, **moved):
        entry = self._line(second, "EDIT", "c", kind="edit")
        self.journal.append(entry)
        self._effect(second, moved, None)
        return self

    def send(self, second, fault=None, *, change=1, after=0.0, **moved):
        """`moved` holds (before, after) by key; nothing where it did nothing."""
        body = f'{{"ttr":{second}}}'
        attempt = {"id": len(self.attempts) + 1, "change_id": change, "kind": "patch"}
        attempt |= {"campaign": "c", "request_body": body, "started_at": at(second)}
        attempt |= {"deadline": at(second + 22), "status": 200, "seconds": 0.1}
        self.attempts.append(SimpleNamespace(**attempt))
        entry = self._line(second, "PATCH", "c", body=body, status=200, fault=fault)
        self.journal.append(entry)
        self._effect(second + after, moved, entry)
        return self

    def tell(self, event, state):
        """An entry of the history about the change."""
        entry = {"event": event, "state": state, "change_id": 1}
        self.entries.append(SimpleNamespace(**entry))
        return self

    def _line(self, second, method, campaign, **more):
        given = {"kind": "request", "path": "", "body": "", "status": None}
        given |= {"fault": None, "end": at(second + 0.1)} | more
        number = len(self.journal) + 1
        return Seen(number, method=method, campaign=campaign, start=at(second), **given)

    def _effect(self, second, moved, request):
        before = {key: old for key, (old, _) in moved.items()}
        after = {key: new for key, (_, new) in moved.items()}
        order = len(self.effects) + 1
        self.effects.append(Effect(order, at(second), "c", before, after, request))

    def case(self):
        changes = {
            number: SimpleNamespace(
                id=number,
                campaign="c",
                sequence=number,
                split_from_id=None,
                state="confirmed",
                held_with_id=None,
                waits_for_person=False,
            )
            for number in (1, 2, 3)
        }
        self.effects.sort(key=lambda effect: effect.at)
        return Case(
            History(
                told=[],
                seen=self.journal,
                effects=self.effects,
                first={"c": {"ttr": 1, "name": "a"}},
                last={},
                changes=changes,
                fields={1: [self.row]} | self.others,
                attempts=self.attempts,
                entries=self.entries,
                lanes=[],
                settle=30,
                policy=self.policy,
            )
        )


def found(invariant, past):
    return [violation.code for violation in invariant(past.case())]
