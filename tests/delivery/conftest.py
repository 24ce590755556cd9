"""A whole road in one process: real stand-ins over HTTP, real rows, real delivery."""

from contextlib import ExitStack
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Min

from campaigns import clock
from campaigns.changes import Wish
from campaigns.delivery import lanes
from campaigns.delivery.deliver import attend, deliver
from campaigns.delivery.links import opened
from campaigns.delivery.syncing import sync
from campaigns.gateway.standin import serve
from campaigns.models import Campaign, Change, Connection, Lane
from campaigns.planning import decisions, drafts, proposals
from campaigns.platforms.indeed.sandbox import demo
from tests.factories import ConnectionFactory, IndeedFactory, PersonFactory


class Time:
    """A clock that stands still, but for a millisecond at each look."""

    def __init__(self):
        self.at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)

    def now(self):
        self.at += timedelta(milliseconds=1)
        return self.at

    def advance(self, seconds):
        self.at += timedelta(seconds=seconds)


class Road:
    """One connection to a running stand-in, and a marketer who edits there."""

    def __init__(self, platform, sandbox):
        self.sandbox = sandbox
        make = IndeedFactory if platform == "indeed" else ConnectionFactory
        addresses = {"base_url": sandbox.base_url}
        if sandbox.token_url:
            addresses["token_url"] = sandbox.token_url
        self.connection = make(**addresses)
        self.person = PersonFactory()

    def sync(self):
        self.connection.sync_due_at = self.connection.created_at
        self.connection.save(update_fields=["sync_due_at"])
        sync(self.connection.pk)

    def campaign(self, remote_id):
        return Campaign.objects.get(remote_id=remote_id)

    def edit(self, remote_id, path, value, person=None):
        person = person or self.person
        desk = drafts.open_desk(person, self.campaign(remote_id))
        data = value if isinstance(value, dict) else {path: value}
        return drafts.edit(desk, person, path, data, desk.seen(path))

    def send(self, person=None, key="key"):
        proposal = proposals.propose(person or self.person)
        return proposals.send(proposal, key=key, digest=proposal.digest)

    def ask(self, remote_id, path, value, person=None, key=None):
        """Edit and send one field; returns the change."""
        assert self.edit(remote_id, path, value, person) == []
        sent = self.send(person, key or f"{path}={value}"[:64])
        return sent.changes.get()

    def decide(self, change, path, choice, **given):
        """Choose as who has just opened the page; `seen` is what an older one said."""
        change = Change.objects.select_related(
            "campaign__connection", "change_set__person"
        ).get(pk=change.pk)
        seen = drafts.open_desk(self.person, change.campaign).seen(path)
        data = {path: given.pop("value")} if "value" in given else {}
        given = {"seen": seen} | given
        return decisions.decide(self.person, change, path, choice, data, **given)

    def deliver(self):
        return deliver(self.connection.pk)

    def let_pass(self, time, seconds):
        """Serve this connection as pollers do, until so much virtual time is over."""
        end = time.at + timedelta(seconds=seconds)
        while True:
            self.deliver()
            sync(self.connection.pk)
            due = Lane.objects.filter(due_at__isnull=False).aggregate(at=Min("due_at"))
            soon = time.at + timedelta(seconds=1)
            time.at = max(soon, due["at"] or end)
            if time.at >= end:
                time.at = end
                return

    def wake(self):
        """Let whatever waits for its time be due now."""
        Change.objects.update(due_at=None)
        Lane.objects.update(due_at=self.connection.created_at, settle_until=None)

    def requests(self):
        """What reached the platform, but for requests of a token."""
        seen = [e for e in self.sandbox.journal() if e["kind"] == "request"]
        return [e for e in seen if "/oauth" not in e["path"]]

    def patches(self):
        return [e for e in self.sandbox.journal() if e["method"] == "PATCH"]


SOURCE = "27ab10c4e5d6f708"


def copies(number):
    """So many campaigns of Indeed's stand-in, alike but for their names."""
    one = demo.campaigns()[SOURCE]
    named = ({**deepcopy(one), "name": f"Campaign {i}"} for i in range(number))
    return {f"{i:016x}": made for i, made in enumerate(named, 1)}


def tokens(road, name="x"):
    """A wish for another tracking token on each campaign that can have one."""
    wishes = []
    for campaign in Campaign.objects.filter(is_deleted=False).order_by("pk"):
        desk = drafts.open_desk(road.person, campaign)
        wanted = {"trackingToken": f'"{name}-{campaign.pk}"'}
        plan = desk.form.plan(desk.document, wanted)
        if not plan.errors:
            wishes.append(Wish(campaign, plan.edits))
    return wishes


def thrifty(road, time):
    """The road where only lists confirm, and the next comes in six hours."""
    Connection.objects.update(
        read_policy="thrifty",
        settle_seconds=30,
        calls_per_minute=60,
        sync_every_seconds=6 * 3600,
        sync_due_at=time.at + timedelta(hours=6),
    )
    return road


@pytest.fixture
def road(transactional_db):
    with ExitStack() as stack:

        def build(platform, **options):
            return Road(platform, stack.enter_context(serve(platform, **options)))

        yield build


@pytest.fixture
def indeed(road):
    """Indeed's stand-in, listed once; the clock runs as it does."""
    made = road("indeed")
    made.sync()
    return made


@pytest.fixture
def time():
    """The time that the whole pipeline reads: it passes when a test says so."""
    now = Time()
    with clock.replaced(now.now):
        yield now


@pytest.fixture
def here(db, time):
    """Roads on one thread and on virtual time."""
    with ExitStack() as stack:

        def build(platform, **options):
            made = Road(platform, stack.enter_context(serve(platform, **options)))
            made.sync()
            return made

        yield build


@pytest.fixture
def microworkers(here):
    """A road to Microworkers of which each campaign was read by itself."""
    made = here("microworkers")
    made.connection.campaigns.update(read_due_at=made.connection.created_at)
    for _ in range(3):
        made.sync()
    return made


def fields(change):
    change.refresh_from_db()
    return {row.field: row.state for row in change.fields.all()}


def die_after_intent(road, remote_id="ee4d641cab17b22c"):
    """A worker that is killed between its intent and the first byte."""

    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    claim = lanes.claim(Lane.objects.get(campaign__remote_id=remote_id).pk)
    with opened(road.connection) as link, pytest.raises(Killed):
        link.client.patch = killed
        attend(link, claim)
