"""Cancelling raced against sending: two processes, one change at a time."""

import multiprocessing
import random
import time

from django.db import connection as database

from campaigns import changes, clock, documents, registry
from campaigns.changes import LostRace, Wish
from campaigns.changes.decisions import AlreadySent
from campaigns.delivery import deliver, lanes
from campaigns.delivery.links import Link
from campaigns.gateway.contract import Exchange, Reading, Row
from campaigns.models import Attempt, Campaign, Change, Lane
from campaigns.planning.drafts import open_desk
from tests.factories import CampaignFactory, ConnectionFactory, PersonFactory

CAMPAIGNS = 50
PATIENCE = 60
FIRST_GUESS = 0.02
BOTH = multiprocessing.get_context("fork")


class Quick:
    """A platform that answers at once, and remembers what reached it."""

    def __init__(self):
        self.documents = {}
        self.heard = []

    def read(self, remote_id):
        document = self.documents.setdefault(remote_id, {"ttr": 1})
        row = Row(remote_id, remote_id, "RUNNING", dict(document))
        return Reading(row, exchange("GET", remote_id, ""))

    def patch(self, remote_id, body):
        self.documents.setdefault(remote_id, {}).update(body)
        self.heard.append(remote_id)
        return exchange("PATCH", remote_id, documents.wire(body), 204)


def exchange(method, remote_id, body, status=200):
    return Exchange(
        method=method,
        url=f"http://127.0.0.1/{remote_id}",
        request_body=body,
        status=status,
        answer="",
        started_at=clock.now(),
        seconds=0.0,
    )


def cancel(count, folder, stack):
    """`count` pairs; nobody may be told "cancelled" of what was sent, or of neither."""
    connection = ConnectionFactory(settle_seconds=0, calls_per_minute=10**9)
    person = PersonFactory()
    documented = documents.wire({"ttr": 1})
    for number in range(CAMPAIGNS):
        campaign = CampaignFactory(
            connection=connection, remote_id=f"c{number}", document=documented
        )
        Lane.objects.get_or_create(campaign=campaign)
    leave_database()
    turn = BOTH.Value("q", 0)
    window = BOTH.Value("d", FIRST_GUESS)
    gate = BOTH.Barrier(2)
    told = BOTH.Queue()
    other = BOTH.Process(target=withdraw, args=(person, turn, window, gate, told))
    other.start()
    began = time.monotonic()
    sent = race(count, connection, person, (turn, window, gate))
    cancelled = set(told.get(timeout=PATIENCE))
    other.join(PATIENCE)
    return judged(count, sent, cancelled) | {
        "seconds": round(time.monotonic() - began, 1)
    }


def leave_database():
    """Keep nothing open that a child would share, not in a pool either."""
    database.close()
    getattr(database, "close_pool", lambda: None)()


def race(count, connection, person, shared):
    """The worker's side; the numbers of the changes that reached the platform."""
    turn, window, gate = shared
    platform = registry.get(connection.platform)
    client, sent = Quick(), set()
    link = Link(connection, platform, client)
    campaigns = list(Campaign.objects.select_related("connection").order_by("pk"))
    for number in range(count):
        campaign = campaigns[number % CAMPAIGNS]
        change = asked(person, campaign, number)
        turn.value = change.pk
        gate.wait(PATIENCE)
        before = len(client.heard)
        began = time.perf_counter()
        claim = lanes.claim(Lane.objects.get(campaign=campaign).pk)
        deliver.attend(link, claim)
        if len(client.heard) > before:
            sent.add(change.pk)
            took = time.perf_counter() - began
            window.value = 0.95 * window.value + 0.05 * took
        gate.wait(PATIENCE)
    turn.value = -1
    gate.wait(PATIENCE)
    return sent


def asked(person, campaign, number):
    """A change that waits to be sent."""
    campaign.refresh_from_db()
    desk = open_desk(person, campaign)
    plan = desk.form.plan(desk.document, {"ttr": str(2 + number // CAMPAIGNS % 29)})
    done = changes.request(person, [Wish(campaign, plan.edits)], key=f"pair {number}")
    return done.changes.get()


def withdraw(person, turn, window, gate, told):
    """The person's side: cancels at some moment of the worker's work."""
    dice, cancelled = random.Random(1), []
    while True:
        gate.wait(PATIENCE)
        if turn.value < 0:
            break
        change = Change.objects.select_related("campaign__connection", "change_set")
        mine = change.get(pk=turn.value)
        time.sleep(dice.uniform(0, window.value))
        try:
            changes.cancel(mine, person)
        except (LostRace, AlreadySent):
            pass
        else:
            cancelled.append(mine.pk)
        gate.wait(PATIENCE)
    told.put(cancelled)


def judged(count, sent, cancelled):
    everything = set(Change.objects.values_list("pk", flat=True))
    written = Attempt.objects.filter(kind="patch").values_list("change_id", flat=True)
    return {
        "pairs": count,
        "changes": len(everything),
        "sent": len(sent),
        "cancelled": len(cancelled),
        "both": len((sent | set(written)) & cancelled),
        "neither": len(everything - sent - cancelled),
        "sent without an attempt": len(sent - set(written)),
    }
