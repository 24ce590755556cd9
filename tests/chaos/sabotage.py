"""The checker's own test: without each guard of delivery it must find a violation.

`python -m tests.chaos.sabotage [NAME …]` takes the guards away one by one, each in
histories whose weather brings it to light.
"""

import os

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.chaos.settings"
    import django

    django.setup()

import json
import sys
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from unittest import mock
from uuid import uuid4

from django.db import connection as database

from campaigns import clock, documents
from campaigns.changes import Fate, moves, requests
from campaigns.delivery import (
    accounts,
    attempts,
    deliver,
    lanes,
    outcomes,
    sending,
    verifying,
    watching,
)
from campaigns.delivery.comparing import Comparison
from campaigns.fields import PlatformField
from campaigns.gateway.contract import GatewayError
from campaigns.lifecycle import State
from campaigns.models import Change, ChangeSet, Lane
from tests.chaos.faults import Weather

HISTORIES = 40
put = mock.patch.object


@dataclass(frozen=True)
class Guard:
    """A guard, how to take it away, and the weather in which that shows."""

    name: str
    remove: Callable
    weather: Weather = field(default_factory=Weather)
    codes: tuple[str, ...] = ()
    words: str = ""
    beside: Callable | None = None
    first: int = 1
    """The first seed: some play for minutes once a guard is gone."""


@contextmanager
def no_fence():
    """A worker whose claim is gone writes on as if nothing had happened."""
    with put(lanes, "keep", lambda claim: None):
        yield


@contextmanager
def no_compare():
    """Everything is sent as it was asked for, whatever the platform has now."""

    def compare(link, change, document):
        result = Comparison()
        rows = list(change.fields.all())
        wanted = {row.field: row.wanted for row in rows if row.origin != "implied"}
        result.plan = link.form.plan(document or {}, wanted)
        for row in rows:
            if row.field not in {edit.field for edit in result.plan.edits}:
                result.already[row.field] = Fate(State.ALREADY_SO)
        return result

    with put(sending, "compare", compare):
        yield


@contextmanager
def no_settle():
    """An unknown outcome is looked at at once, and at once taken for the truth."""
    zero = property(lambda link: timedelta(0))
    with ExitStack() as stack:
        stack.enter_context(put(verifying.Link, "settle", zero))
        stack.enter_context(put(attempts, "deadline", lambda a: clock.now()))
        yield


@contextmanager
def no_watch():
    """Nobody looks again where an outcome was once unknown."""
    again = watching._again
    with put(watching, "watch", lambda link, claim, change: again(claim, change, None)):
        yield


@contextmanager
def no_intent_first():
    """The attempt is written down when the answer is there."""

    def dispatch(link, claim, change, comparison, looked_at):
        body = documents.wire(comparison.plan.body)
        try:
            exchange = link.client.patch(
                change.campaign.remote_id, comparison.plan.body
            )
        except GatewayError as error:
            sending.killpoint("after-answer")
            attempt = sending._intend(
                claim, change, comparison.already, body, clock.now()
            )
            outcomes.refused(link, claim, change, attempt, error)
        else:
            sending.killpoint("after-answer")
            attempt = sending._intend(
                claim, change, comparison.already, body, clock.now()
            )
            outcomes.accepted(link, claim, change, attempt, exchange)

    with put(sending, "_dispatch", dispatch):
        yield


@contextmanager
def no_idempotency_key():
    """Each click is an intent of its own."""
    make = ChangeSet.objects.get_or_create

    def anew(**given):
        return make(**given | {"key": uuid4().hex})

    with put(requests.ChangeSet.objects, "get_or_create", anew):
        yield


@contextmanager
def no_head_of_line():
    """A change that cannot go on lets the next ones of its lane go first."""

    def step(link, claim):
        under_way = lanes.open_changes(claim.campaign_id)
        for change in under_way:
            if deliver._take(link, claim, change, under_way):
                return True
        return deliver._watch(link, claim)

    def next_due(campaign_id, settle_until):
        moments = [lanes._due(c, None) for c in lanes.open_changes(campaign_id)]
        return min(moments, default=None)

    with ExitStack() as stack:
        stack.enter_context(put(deliver, "step", step))
        stack.enter_context(put(lanes, "waits_for_unseen", lambda *_: False))
        stack.enter_context(put(lanes, "_next_due", next_due))
        yield


@contextmanager
def no_verify():
    """What was accepted, or lost from sight, is taken for confirmed."""

    def believe(link, claim, change):
        fates = {row.field: Fate(State.CONFIRMED) for row in change.fields.all()}
        verifying._end(claim, change, fates)

    with put(verifying, "verify", believe), put(verifying, "settle", believe):
        yield


@contextmanager
def leaking_claims():
    """Two other guards are gone: a lane has two owners, who pass each other by."""
    true_claim = lanes.claim

    def claim(lane_id):
        Lane.objects.filter(pk=lane_id).update(lease_until=None)
        return true_claim(lane_id)

    def take(link, claim, change, under_way):
        if change.state == State.SENDING:
            return None
        return true_take(link, claim, change, under_way)

    def due(change, settle_until):
        # What is passed by is looked at once a second, not at each turn.
        at = true_due(change, settle_until)
        soon = clock.now() + timedelta(seconds=1)
        return max(at, soon) if change.state == State.SENDING else at

    true_take, true_due = deliver._take, lanes._due
    with ExitStack() as stack:
        stack.enter_context(put(lanes, "claim", claim))
        stack.enter_context(put(lanes, "_due", due))
        stack.enter_context(put(lanes, "free", lambda now: lanes.Q()))
        stack.enter_context(put(lanes, "keep", lambda claim: None))
        stack.enter_context(put(deliver, "_take", take))
        yield


@contextmanager
def no_in_flight_constraint():
    """The database lets two requests of one campaign be under way."""
    name = "one_request_in_flight_per_campaign"
    with leaking_claims():
        with database.cursor() as cursor:
            cursor.execute(f"DROP INDEX {name}")
        yield


@contextmanager
def no_single_flight():
    """Whoever misses a token fetches one, at the same time as everybody else."""

    def renew(self, stale, fetch):
        token = fetch()
        sealed = accounts.keyring.seal({"token": token.value})
        self._mine.update(sealed_token=sealed, token_expires_at=token.expires_at)
        return token

    with put(accounts.RowTokens, "renew", renew):
        yield


@contextmanager
def no_cancel_check():
    """A move does not ask whether the change is still what it was."""

    def write(change, before, after, entry, columns):
        Change.objects.filter(pk=change.pk).update(state=after, entry=entry, **columns)
        change.state, change.entry = after, entry

    def fields(change, before):
        return list(change.fields.all())

    with put(moves, "_write", write), put(moves, "_locked", fields):
        yield


@contextmanager
def no_typed_equality():
    """Values are compared by how they are spelt."""

    def read(self, document):
        value = documents.get(document, self.path)
        if value is documents.MISSING:
            return None
        return documents.wire(value)

    with put(PlatformField, "read", read):
        yield


GUARDS = [
    Guard("fence", no_fence, Weather(freezes=9, kills=0, freezes_last=(70, 120))),
    Guard("compare", no_compare, Weather(rivals=12)),
    Guard("settle", no_settle, Weather(patches=14, only=("lost, late soon", "stale"))),
    Guard(
        "watch",
        no_watch,
        Weather(patches=14, only=("lost, late",)),
        words="a late effect replaced it",
    ),
    Guard("intent first", no_intent_first, Weather(kills=6), codes=("C5",)),
    Guard("idempotency key", no_idempotency_key),
    Guard("head of line", no_head_of_line, Weather(patches=12, only=("429", "5xx"))),
    Guard("verify", no_verify, Weather(patches=10, only=("ignored", "half"))),
    Guard(
        "in-flight constraint",
        no_in_flight_constraint,
        Weather(patches=10, only=("slow",), facts={"workers": 4}),
        codes=("C9",),
        beside=leaking_claims,
        first=5,
    ),
    Guard(
        "single flight of tokens",
        no_single_flight,
        Weather(facts={"platform": "indeed", "workers": 4}),
        codes=("C9",),
    ),
    Guard(
        "cancel check",
        no_cancel_check,
        Weather(patches=0, reads=14, only=("slow",), facts={"cancels": 0.5}),
        words="cancelled",
    ),
    Guard(
        "typed equality",
        no_typed_equality,
        Weather(facts={"platform": "indeed", "policy": "careful"}),
    ),
]


def first_caught(template, guard, played, seeds):
    """The first seed in which the loss of a guard is found, and what shows it.

    Where other guards had to go as well, they alone must not show the same.
    """
    for seed in seeds:
        found = telling(template, guard, played, seed, guard.remove)
        if found and guard.beside:
            found = found[: not telling(template, guard, played, seed, guard.beside)]
        if found:
            return seed, found[0]
    return None, None


def telling(template, guard, played, seed, remove):
    """The violations of one history that speak of this guard."""
    violations, _, _ = played(template, seed, guard.weather, remove)
    return [
        violation
        for violation in violations
        if (not guard.codes or violation.code in guard.codes)
        and violation.code != "C8"
        and guard.words in violation.words
    ]


def main():
    from tests.chaos.simulator import Template, played

    template = Template()
    asked = sys.argv[1:]
    caught = {}
    for guard in GUARDS:
        if asked and guard.name not in asked:
            continue
        seeds = range(guard.first, guard.first + HISTORIES)
        seed, violation = first_caught(template, guard, played, seeds)
        caught[guard.name] = seed
        print(f"{guard.name}: seed {seed}: {violation}", flush=True)
    print(json.dumps(caught))
    sys.exit(0 if all(caught.values()) else 1)


if __name__ == "__main__":
    main()
