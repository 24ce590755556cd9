"""One run of real processes: the set-up, the trouble, the drain, the judgement."""

import random
import time
from collections import Counter

from django.core.management import call_command
from django.db import connection as database

from campaigns import clock
from campaigns.delivery import syncing
from campaigns.gateway.standin import serve
from campaigns.lifecycle import OPEN
from campaigns.models import AuditEntry, Campaign, Change, Connection
from campaigns.planning.drafts import open_desk
from dashboard.up import ports
from tests import services
from tests.chaos import checker, crew, history, story
from tests.chaos.menus import MENUS
from tests.chaos.office import Clerk, Office
from tests.chaos.people import Menu
from tests.chaos.proxy import Proxy
from tests.factories import ConnectionFactory, IndeedFactory, PersonFactory

SETTLE = 10
"""The wires here are late by three seconds at most; the usual 30 s only take longer."""
DRAIN_SECONDS = 300
WORKERS = 3


class Run:
    """Builds everything, lets it happen, waits for the end, asks the checker."""

    def __init__(self, asked, folder, environment, stack):
        self.asked, self.folder = asked, folder
        self.environment, self.stack = environment, stack
        self.dice = random.Random(asked.seed)
        self.began = time.monotonic()
        self.sites = {}

    def play(self):
        call_command("migrate", verbosity=0)
        self.people = [PersonFactory() for _ in range(self.asked.clerks)]
        for key in ("indeed", "microworkers"):
            self._connect(key)
        self._start()
        office = self._work()
        drained = self._drain()
        self._end()
        return self._judge(office, drained)

    # --- the set-up ---------------------------------------------------------------

    def _connect(self, key):
        sandbox = self.stack.enter_context(serve(key))
        proxy = Proxy(sandbox.port, self.asked.seed, share=0.0)
        self.stack.callback(proxy.close)
        make = IndeedFactory if key == "indeed" else ConnectionFactory
        swap = lambda url: url.replace(str(sandbox.port), str(proxy.port))  # noqa: E731
        more = {"token_url": swap(sandbox.token_url)} if sandbox.token_url else {}
        row = make(
            base_url=swap(sandbox.base_url),
            settle_seconds=SETTLE,
            sync_due_at=clock.now(),
            **more,
        )
        syncing.sync(row.pk)
        while syncing.is_due(Connection.objects.get(pk=row.pk)):
            syncing.sync(row.pk)
        first = sandbox._host.world.everything()
        self.sites[key] = (row, sandbox, proxy, first)

    def _start(self):
        self.port = ports.any_free()
        members = [
            crew.worker(f"worker{n}", self.environment, self.folder)
            for n in range(WORKERS)
        ]
        members.append(crew.web(self.port, self.environment, self.folder))
        if self.asked.redis == "killed":
            socket = self.folder / "redis.sock"
            members.append(crew.redis(socket, self.environment, self.folder))
        self.members = members
        for member in members:
            self.stack.callback(member.end)
        services.wait_until(lambda: ports.answers(self.port), "the web server", 90)

    def _editable(self):
        rows = Campaign.objects.select_related("connection").order_by("pk")
        return [row.pk for row in rows if not open_desk(self.people[0], row).locks()]

    # --- the trouble ---------------------------------------------------------------

    def _work(self):
        base = f"http://127.0.0.1:{self.port}"
        office = Office(base, self._editable(), self.asked.edits)
        menus = {key: Menu(fields, self.dice) for key, fields in MENUS.items()}
        clerks = [
            Clerk(office, person, menus, self.asked.seed * 100 + n)
            for n, person in enumerate(self.people)
        ]
        for _, _, proxy, _ in self.sites.values():
            proxy.share = 0.04
        havoc = crew.Havoc(
            self.members,
            self.asked.seed,
            kills=self.asked.kills,
            progress=lambda: office.saved / self.asked.edits,
        )
        for thread in (*clerks, havoc):
            thread.start()
        while not office.is_done() or havoc.is_alive():
            time.sleep(self.dice.uniform(0.2, 1.0))
            self._rival(menus)
        havoc.stopping.set()
        for thread in (*clerks, havoc):
            thread.join(60)
        self.havoc, self.clerks = havoc, clerks
        return office

    def _rival(self, menus):
        key = self.dice.choice(sorted(self.sites))
        row, sandbox, _, _ = self.sites[key]
        remote_ids = row.campaigns.filter(pk__in=self._some()).values_list("remote_id")
        for (remote_id,) in remote_ids[:1]:
            sandbox.edit(remote_id, menus[key].foreign(sandbox.document(remote_id)))

    def _some(self):
        pks = list(Campaign.objects.values_list("pk", flat=True))
        return self.dice.sample(pks, min(8, len(pks)))

    # --- the end --------------------------------------------------------------------

    def _drain(self):
        """No more trouble: how long until nothing moves by itself any more."""
        for _, _, proxy, _ in self.sites.values():
            proxy.share = 0.0
        began, longest = time.monotonic(), DRAIN_SECONDS + SETTLE * self._places()
        for member in self.members:
            if not member.is_running():
                member.start()
        try:
            services.wait_until(self._is_quiet, "everything ends", longest)
        except TimeoutError:
            return None
        return round(time.monotonic() - began, 1)

    def _places(self):
        """The longest row in one lane of what no read can show: each has to settle."""
        hidden = self._open().filter(fields__readable=False).distinct()
        lanes = Counter(lane for _, lane in hidden.values_list("pk", "campaign_id"))
        return max(lanes.values(), default=0)

    def _is_quiet(self):
        time.sleep(0.5)
        return not (self._open().exists() or history.forgotten().exists())

    def _open(self):
        return Change.objects.filter(state__in=[*OPEN], waits_for_person=False).exclude(
            state="held"
        )

    def _end(self):
        for member in self.members:
            member.end()

    def _judge(self, office, drained):
        still_open = set(self._open().values_list("pk", flat=True))
        found, apart = [], Counter()
        for key in self.sites:
            past = self._history(key, office, still_open)
            violations, extra = checker.check(past)
            found += [f"{key} {violation}" for violation in violations]
            if violations:
                name = f"{database.vendor}-{self.asked.seed}-{key}-{time.time():.0f}"
                found.append(f"told in {story.keep(name, past, violations)}")
            apart.update(extra)
        return {
            "database": database.vendor,
            "seed": self.asked.seed,
            "redis": self.asked.redis,
            "edits": office.saved,
            "kills": self.havoc.kills,
            "freezes": self.havoc.freezes,
            "killed": Counter(
                name for _, what, name in self.havoc.log if what == "kill"
            ),
            "wires harmed": sum(proxy.harmed for _, _, proxy, _ in self.sites.values()),
            "violations": sum(not one.startswith("told in") for one in found),
            "found": found[:20],
            "apart": dict(apart),
            "worked": office.worked,
            "drained after": drained,
            "states": Counter(Change.objects.values_list("state", flat=True)),
            "answers": office.answers,
            "trouble": [t for clerk in self.clerks for t in clerk.trouble],
            "dead worker to decision": self._decisions(),
            "seconds": round(time.monotonic() - self.began, 1),
        }

    def _history(self, key, office, still_open):
        row, sandbox, _, first = self.sites[key]
        seen, effects = history.seen(sandbox.journal())
        remote_ids = set(row.campaigns.values_list("remote_id", flat=True))
        mine = set(
            Change.objects.filter(campaign__connection=row).values_list("pk", flat=True)
        )
        told = [
            history.Told(
                one.kind,
                one.at,
                one.person,
                one.key,
                one.changes,
                tuple(edit for edit in one.edits if edit[0] in remote_ids),
            )
            for one in office.told
        ]
        return history.History(
            told=told,
            seen=seen,
            effects=effects,
            first=first,
            last=sandbox._host.world.everything(),
            settle=SETTLE,
            still_open=tuple(still_open & mine),
            frozen=self._frozen(),
            **history.rows(row),
        )

    def _frozen(self):
        """Anything may have stood still while a member was stopped."""
        moments = [at for at, what, _ in self.havoc.log if what == "freeze"]
        return tuple((_moment(at), _moment(at + 13)) for at in moments)

    def _decisions(self):
        """Seconds from the intent to the decision, of sends whose worker died."""
        sent, lost, took = {}, {}, []
        entries = AuditEntry.objects.exclude(state="").order_by("pk")
        for change, state, event, at in entries.values_list(
            "change_id", "state", "event", "at"
        ):
            if state == "sending":
                sent[change] = at
            elif state == "unknown" and event == "moved on":
                lost[change] = sent.get(change, at)
            elif change in lost:
                took.append((at - lost.pop(change)).total_seconds())
        took.sort()
        if not took:
            return {"count": 0}
        worst = took[min(len(took) - 1, int(len(took) * 0.99))]
        return {"count": len(took), "median": took[len(took) // 2], "p99": worst}


def _moment(seconds):
    return clock.datetime.fromtimestamp(seconds, clock.UTC)
