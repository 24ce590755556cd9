"""Takes a request through the fault script, the rules and the journal.

The only place where a stand-in's campaigns change.
"""

import threading
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from campaigns import documents
from campaigns.documents import Document
from campaigns.gateway.standin.contract import StandIn
from campaigns.gateway.standin.faults import Fault, Script
from campaigns.gateway.standin.journal import ANSWER_KEPT, Journal
from campaigns.gateway.standin.messages import Answer, Request, Write, html_answer
from campaigns.gateway.standin.world import World

_HARMLESS = Fault({}, {})


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer and how it is to travel. Without an answer the line is cut."""

    answer: Answer | None
    entry: Document
    raw: bytes | None = None
    reset: bool = False
    cut: int | None = None
    drip: int | None = None

    @property
    def way(self) -> str:
        """How it travels, in a word for the journal."""
        if self.raw is not None:
            return "raw"
        if self.answer is None:
            return "lost"
        if self.cut is not None:
            return "cut"
        return "dripped" if self.drip else "whole"


class Host:
    """One running stand-in without its web server."""

    def __init__(self, stand_in: StandIn, world: World) -> None:
        self.stand_in = stand_in
        self.world = world
        self.journal = Journal()
        self.script = Script()
        self.stopping = threading.Event()
        self._later: list[threading.Timer] = []

    def take(self, request: Request) -> Delivery:
        """Judge, apply and answer one request, as the fault script bends it."""
        entry = self.journal.arrive("request", **self._seen(request))
        fault = self.script.choose(request) or _HARMLESS
        if fault is not _HARMLESS:
            entry["fault"] = deepcopy(fault.do)
        self._rival(request, fault)
        answer = self._effect(request, fault, entry)
        self.stopping.wait(fault.seconds("late"))
        delivery = _delivery(answer, fault, entry)
        self._leave(delivery)
        return delivery

    def broken(self, delivery: Delivery) -> None:
        """Note that the client was gone before it had the whole answer."""
        self.journal.end(delivery.entry, delivered="broken")

    def edit(self, campaign: str, changes: Document) -> None:
        """Somebody else changes a campaign, past every rule. Raises KeyError."""
        self.world.stored(campaign)
        entry = self.journal.arrive("edit", method="EDIT", campaign=campaign)
        self._write(Write(campaign, changes), entry, 0.0)
        self.journal.end(entry)

    def after(self, seconds: float, act: Any, *args: Any) -> None:
        """Do something later, unless the stand-in stops first."""
        if self.stopping.is_set():
            return
        timer = threading.Timer(seconds, act, args)
        timer.daemon = True
        self._later = [one for one in self._later if one.is_alive()] + [timer]
        timer.start()

    def stop(self) -> None:
        """Wake whoever waits and forget what was to happen later."""
        self.stopping.set()
        for timer in self._later:
            timer.cancel()

    def _leave(self, delivery: Delivery) -> None:
        """Close the entry before the first byte leaves: who has the answer in hand
        finds it in the journal."""
        answer = delivery.answer
        said = self.stand_in.masked(answer.body)[:ANSWER_KEPT] if answer else None
        status = answer.status if answer else None
        self.journal.end(
            delivery.entry, status=status, answer=said, delivered=delivery.way
        )

    def _seen(self, request: Request) -> Document:
        mask = self.stand_in.masked
        secret = request.headers.get(self.stand_in.secret_header, "")
        return {
            "method": request.method,
            "path": mask(request.target),
            "campaign": request.campaign,
            "body": mask(request.text),
            "token": f"…{secret[-4:]}" if len(secret) > 8 else "",
            "user_agent": request.headers.get("user-agent", ""),
        }

    def _rival(self, request: Request, fault: Fault) -> None:
        if "rival" in fault.do and request.campaign:
            self.edit(request.campaign, fault.do["rival"])

    def _effect(self, request: Request, fault: Fault, entry: Document) -> Answer:
        """Answer and write as one; a late effect leaves the answer as it is."""
        with self.world.lock:
            answer = self.stand_in.answer(request, self.world)
            write = _bent(answer.write, fault) if answer.write else None
            if write and fault.applied:
                self._apply(write, fault, entry)
        return self._said(answer, fault)

    def _apply(self, write: Write, fault: Fault, entry: Document) -> None:
        delay, stale = fault.seconds("late_effect"), fault.seconds("stale")
        if delay:
            self.after(delay, self._write, write, entry, stale)
        else:
            self._write(write, entry, stale)
        if "twice" in fault.do:
            again = delay + fault.seconds("twice")
            self.after(again, self._write, write, entry, stale)

    def _write(self, write: Write, entry: Document, stale: float) -> None:
        with self.world.lock:
            effect = self.world.write(write.campaign, write.changes, stale)
            self.journal.effect(entry, effect)

    def _said(self, answer: Answer, fault: Fault) -> Answer:
        do = fault.do
        if "refuse" in do:
            return _amended(self._refusal(do["refuse"]), do["refuse"])
        if "html" in do:
            return html_answer(do["html"])
        if "redirect" in do:
            return Answer(307, headers={"Location": do["redirect"]})
        return _amended(answer, do.get("answer", {}))

    def _refusal(self, said: Document) -> Answer:
        status = said.get("status", 400)
        kind, words = said.get("type", ""), said.get("description", "")
        return self.stand_in.refusal(self.world, status, kind, words)


def _amended(answer: Answer, said: Document) -> Answer:
    """The answer with the status, headers and literal body a fault asks for."""
    body = said.get("body", answer.body)
    return replace(
        answer,
        status=said.get("status", answer.status),
        body=body if isinstance(body, str) else documents.wire(body),
        headers={**answer.headers, **said.get("headers", {})},
        content_type=said.get("content_type", answer.content_type),
    )


def _bent(write: Write, fault: Fault) -> Write:
    """The write as far as the fault lets it through."""
    changes = dict(write.changes)
    if "partly" in fault.do:
        changes = {key: changes[key] for key in fault.do["partly"] if key in changes}
    for path, value in fault.do.get("normalise", {}).items():
        if path.split(".")[0] in changes:
            changes = documents.put(changes, path, value)
    return Write(write.campaign, changes)


def _delivery(answer: Answer, fault: Fault, entry: Document) -> Delivery:
    do = fault.do
    return Delivery(
        answer=None if "lost" in do or "raw" in do else answer,
        entry=entry,
        raw=do["raw"].encode() if "raw" in do else None,
        reset=bool(do.get("reset")),
        cut=do.get("cut"),
        drip=do.get("drip"),
    )
