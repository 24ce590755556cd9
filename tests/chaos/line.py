"""The platform of the simulator: a strict stand-in's rules on the virtual clock.

`Line` takes the place of the HTTP line under the real clients, so that requests,
tokens and answers are judged by the code that judges them in life.
"""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace

from campaigns import clock, documents
from campaigns.gateway import failures
from campaigns.gateway.answers import UNREAD
from campaigns.gateway.answers import Answer as Judged
from campaigns.gateway.contract import Exchange
from campaigns.gateway.sockets import Stage as Step
from campaigns.gateway.standin.faults import Fault
from campaigns.gateway.standin.host import _bent, _delivery
from campaigns.gateway.standin.messages import Request, Write, html_answer
from campaigns.gateway.standin.running import found
from campaigns.gateway.standin.world import World

ANSWER_KEPT = 20_000
HARMLESS = Fault({}, {})
UNREADABLE = Fault({}, {"refuse": {"status": 404}})
"""What reads of one campaign meet while nobody may look at it."""
LONG_TARGET = re.compile(r'"target":\s*\d+\.\d+')
"""Shown with one more zero than it was sent with: the same number, spelt otherwise."""


@dataclass
class Counted:
    """The turn of a fault: it befalls the nth request of this method."""

    method: str
    nth: int
    do: dict


class Site:
    """One platform: campaigns, journal, faults; everything by the virtual clock."""

    def __init__(self, key, stage, campaigns, **options):
        self.stage, self.stand_in = stage, found(key)()
        seed = {k: v for k, v in self.stand_in.seed().items() if k in campaigns}
        self.world = World(seed, self.stand_in.options, now=stage.monotonic)
        self.world.configure(options)
        self.world.origin = "http://127.0.0.1:1"
        self.first = self.world.everything()
        self.journal = []
        self.faults = []
        self.used = []
        self.outage = ()
        self.dark = {}
        self.rival = lambda campaign: None
        self._counts = {}
        self._orders = 0

    def take(self, request, patience):
        """Judge a request as the fault whose turn it is bends it.

        None when no whole answer comes within `patience` seconds.
        """
        entry = self._arrive("request", request.method, request.campaign, request)
        fault = self._choose(request)
        self._note(fault, entry)
        if "rival" in fault.do and request.campaign:
            self.rival(request.campaign)
        answer = self.stand_in.answer(request, self.world)
        if answer.write and fault.applied:
            self._effect(_bent(answer.write, fault), fault, entry)
        if "rival_after" in fault.do and request.campaign:
            self.stage.later(0.001, lambda: self.rival(request.campaign))
        self._travel(entry, fault.seconds("late") or self.pause(), patience)
        delivery = _delivery(self._said(answer, fault), fault, entry)
        is_whole = delivery.answer is not None and delivery.cut is None
        if is_whole and entry["ended"] == self.stage.seconds:
            entry["status"] = delivery.answer.status
            return delivery.answer
        return None

    def _note(self, fault, entry):
        """What befalls this request; dark lasts, for the reads of one campaign."""
        if fault is not HARMLESS:
            entry["fault"] = fault.do
            self.used += [fault.do] if fault is not UNREADABLE else []
        if "dark" in fault.do:
            until = self.stage.seconds + fault.seconds("dark")
            self.dark[entry["campaign"]] = until

    def _travel(self, entry, seconds, patience):
        """The platform takes its time; the client does not wait for ever."""
        entry["ended"] = self.stage.seconds + seconds
        self.stage.sleep(min(seconds, patience))

    def pause(self):
        """How long one way over the network takes: mostly short."""
        dice = self.stage.dice
        return dice.uniform(0.005, 0.2) if dice.random() < 0.9 else dice.uniform(1, 4)

    def edit(self, campaign, changes):
        """Somebody else changes a campaign."""
        entry = self._arrive("edit", "EDIT", campaign, None)
        self._write(Write(campaign, changes), entry, 0.0)
        entry["ended"] = self.stage.seconds

    def _arrive(self, kind, method, campaign, request):
        entry = {
            "number": len(self.journal) + 1,
            "kind": kind,
            "method": method,
            "path": request.target if request else "",
            "campaign": campaign,
            "body": request.text if request else "",
            "at": self.stage.now(),
            "started": self.stage.seconds,
            "ended": None,
            "status": None,
            "fault": None,
            "effects": [],
        }
        self.journal.append(entry)
        return entry

    def _choose(self, request):
        nth = self._counts[request.method] = self._counts.get(request.method, 0) + 1
        turn = next(
            (f for f in self.faults if (f.method, f.nth) == (request.method, nth)), None
        )
        if turn is not None:
            return Fault({}, turn.do)
        if self.outage and self.outage[0] <= self.stage.seconds < self.outage[1]:
            return Fault({}, self.outage[2])
        is_read = request.method == "GET" and request.campaign
        if is_read and self.stage.seconds < self.dark.get(request.campaign, 0):
            return UNREADABLE
        return HARMLESS

    def _effect(self, write, fault, entry):
        stale = fault.seconds("stale")
        delays = [fault.seconds("late_effect")]
        if "twice" in fault.do:
            delays.append(delays[0] + fault.seconds("twice"))
        for delay in delays:
            if delay:
                self.stage.later(delay, lambda: self._write(write, entry, stale))
            else:
                self._write(write, entry, stale)

    def _write(self, write, entry, stale):
        effect = self.world.write(write.campaign, write.changes, stale)
        self._orders += 1
        line = {"order": self._orders, "at": self.stage.now()}
        line |= {"before": effect.before, "after": effect.after}
        entry["effects"].append(line | {"campaign": effect.campaign})

    def _said(self, answer, fault):
        do = fault.do
        if "refuse" in do:
            said = do["refuse"]
            refusal = self.stand_in.refusal(
                self.world, said["status"], said.get("type", ""), ""
            )
            refusal.headers.update(said.get("headers", {}))
            return refusal
        if "html" in do:
            return html_answer(do["html"])
        return replace(answer, body=LONG_TARGET.sub(r"\g<0>0", answer.body))


class Line:
    """What the clients take for the way to their platform."""

    site = None

    def __init__(self, mask, account, *, who, **_):
        self._mask, self._account, self._who = mask, account, who

    def deadline(self):
        return self.site.stage.monotonic() + self._account.timeout.total

    def send(self, request, deadline):
        stage, begun = self.site.stage, self.site.stage.seconds
        started_at = clock.now()
        stage.point("before the bytes")
        if stage.monotonic() > deadline:
            self._fail(request, started_at, begun, Step.CONNECT)
        stage.sleep(self.site.pause() / 4)
        stage.point("on the way")
        answer = self.site.take(_as_sent(request), deadline - stage.monotonic())
        if answer is None:
            stage.point("no answer")
            self._fail(request, started_at, begun, Step.ANSWER)
        stage.point("the answer is here")
        return self._judged(request, answer, started_at, begun)

    def close(self):
        """There is nothing to close."""

    def _exchange(self, request, status, answer, started_at, begun):
        hide = self._mask.hide
        return Exchange(
            method=request.method,
            url=hide(request.url),
            request_body=hide(request.body),
            status=status,
            answer=hide(answer)[:ANSWER_KEPT],
            started_at=started_at,
            seconds=self.site.stage.seconds - begun,
        )

    def _fail(self, request, started_at, begun, step):
        trip = SimpleNamespace(
            trouble=None, left=step is Step.ANSWER, stage=step, is_over=True
        )
        exchange = self._exchange(request, None, "", started_at, begun)
        raise failures.unanswered(
            trip, exchange, who=self._who, changes=request.changes
        )

    def _judged(self, request, answer, started_at, begun):
        document, trouble = UNREAD, ""
        if answer.body:
            try:
                document = documents.loads(answer.body)
            except documents.Unreadable:
                trouble = "a web page instead of data"
        exchange = self._exchange(
            request, answer.status, answer.body, started_at, begun
        )
        return Judged(exchange, answer.status, answer.headers, document, trouble)


def _as_sent(request):
    headers = {
        "user-agent": "CampaignDesk/simulated",
        "content-type": request.content_type,
    }
    headers |= {name.lower(): value for name, value in request.headers.items()}
    target = request.url.split("127.0.0.1:1", 1)[1]
    return Request(request.method, target, headers, request.body.encode())


def retry_after(stage, seconds, dice):
    """Both forms of the header."""
    if dice.random() < 0.5:
        return str(int(seconds))
    until = stage.now() + timedelta(seconds=seconds)
    return until.strftime("%a, %d %b %Y %H:%M:%S GMT")
