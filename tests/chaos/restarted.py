"""The scene of `restarts.py`: real workers and a web process on a server in trouble."""

import os
import time
from contextlib import suppress

from django.core.management import call_command
from django.db import OperationalError
from django.db import connection as database
from django.test import Client

from campaigns import changes, clock
from campaigns.delivery import syncing
from campaigns.gateway.standin import serve
from campaigns.lifecycle import OPEN
from campaigns.models import Change
from dashboard.up import ports
from tests import services
from tests.chaos import checker, crew, history
from tests.chaos.restarts import (
    BLOWS,
    CAMPAIGNS,
    DRAIN_SECONDS,
    ROUNDS,
    SETTLE,
    Visitor,
)
from tests.delivery.conftest import copies, tokens
from tests.factories import IndeedFactory, PersonFactory

WORKERS = 2
PACE = 1200
"""Calls a minute: slow enough for each blow to find work under way."""


class Scene:
    """Everything is asked for first; then the server is struck, and all must end."""

    def __init__(self, server, folder, stack):
        self.server, self.folder, self.stack = server, folder, stack
        self.told = []

    def play(self):
        call_command("migrate", verbosity=0)
        self.sandbox = self.stack.enter_context(serve("indeed", seed=copies(CAMPAIGNS)))
        self.person = PersonFactory()
        self._connect()
        first = self.sandbox._host.world.everything()
        for turn in range(ROUNDS):
            self._ask(f"round-{turn}")
        self._start()
        for share, blow in BLOWS:
            self._wait(share)
            blow(self.server)
        drained = self._drain()
        self.visitor.leaving.set()
        self.visitor.join(30)
        return self._judge(first, drained)

    def _connect(self):
        addresses = {
            "base_url": self.sandbox.base_url,
            "token_url": self.sandbox.token_url,
        }
        self.connection = IndeedFactory(
            **addresses, settle_seconds=SETTLE, sync_due_at=clock.now()
        )
        syncing.sync(self.connection.pk)
        type(self.connection).objects.update(calls_per_minute=PACE)

    def _ask(self, key):
        """One set of changes over all campaigns, as if it had been sent on a page."""
        wishes = tokens(self, key)
        made = changes.request(self.person, wishes, key=key)
        edits = tuple(
            (wish.campaign.remote_id, edit.field, edit.seen, edit.wanted)
            for wish in wishes
            for edit in wish.edits
        )
        pks = tuple(sorted(made.changes.values_list("pk", flat=True)))
        told = history.Told("sent", clock.now(), self.person.pk, key, pks, edits)
        self.told.append(told)

    def _start(self):
        port, environment = ports.any_free(), dict(os.environ)
        self.members = [
            crew.worker(f"worker{n}", environment, self.folder) for n in range(WORKERS)
        ]
        self.members.append(crew.web(port, environment, self.folder))
        for member in self.members:
            self.stack.callback(member.end)
        browser = Client()
        browser.force_login(self.person)
        services.wait_until(lambda: ports.answers(port), "the web server", 90)
        session = browser.cookies["sessionid"].value
        self.visitor = Visitor(f"http://127.0.0.1:{port}/campaigns/", session)
        self.visitor.start()

    def _wait(self, share):
        """Until so many of all sends have reached the platform."""
        enough = share * CAMPAIGNS * ROUNDS
        services.wait_until(lambda: self._patches() >= enough, f"{share:.0%} sent", 90)

    def _patches(self):
        return sum(one["method"] == "PATCH" for one in self.sandbox.journal())

    def _drain(self):
        began = time.monotonic()
        database.close()
        services.wait_until(self._is_quiet, "everything ends", DRAIN_SECONDS)
        return round(time.monotonic() - began, 1)

    def _is_quiet(self):
        time.sleep(0.2)
        with suppress(OperationalError):
            return not Change.objects.filter(state__in=OPEN).exists()
        return database.close()

    def _judge(self, first, drained):
        lived = [member.is_running() for member in self.members]
        for member in self.members:
            member.end()
        seen, effects = history.seen(self.sandbox.journal())
        past = history.History(
            told=self.told,
            seen=seen,
            effects=effects,
            first=first,
            last=self.sandbox._host.world.everything(),
            settle=SETTLE,
            **history.rows(self.connection),
        )
        violations, apart = checker.check(past)
        states = Change.objects.values_list("state", flat=True)
        return {
            "violations": len(violations),
            "found": [str(one) for one in violations[:20]],
            "apart": apart,
            "edits": sum(len(told.edits) for told in self.told),
            "patches": self._patches(),
            "states": {state: [*states].count(state) for state in set(states)},
            "lived on": all(lived),
            "answers": dict(self.visitor.answers),
            "drained after": drained,
        }
