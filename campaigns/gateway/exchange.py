"""One HTTP exchange: the only place that knows the HTTP library.

Never follows, never retries, never waits past its deadline, never lets a credential
into what it records, and says of every request whether a byte of it had left.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from campaigns import clock, documents
from campaigns.gateway import failures
from campaigns.gateway.answers import UNREAD, Answer, Request
from campaigns.gateway.contract import Account, Exchange
from campaigns.gateway.masking import Mask
from campaigns.gateway.places import CONNECTION, Place
from campaigns.gateway.sockets import POOLS, Trip, travelling

VERSION: Final = "0.1.0"
AGENT: Final = f"CampaignDesk/{VERSION}"
KEPT_LIMIT: Final = 64 * 1024
LONGEST_SECRET: Final = 16 * 1024
CHUNK: Final = 16 * 1024


@dataclass(slots=True)
class _Received:
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    trouble: str = ""


class _Session(requests.Session):
    """A session that takes nothing from its surroundings and follows nothing."""

    def __init__(self, ca_bundle: str | None) -> None:
        super().__init__()
        self.trust_env = False
        self.verify = ca_bundle or True
        for prefix in POOLS:
            self.mount(f"{prefix}://", _Adapter(max_retries=0))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Know no target: the library would read the whole answer to prepare one."""


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS


class Line:
    """The way to one platform for one account: keeps its connections open."""

    def __init__(
        self,
        mask: Mask,
        account: Account,
        *,
        who: str,
        agent: str = "",
        ca_bundle: str | None = None,
        place: Place = CONNECTION,
    ) -> None:
        self._who = who
        self._place = place
        self._mask = mask
        self._timeout = account.timeout
        self._loopback_allowed = account.loopback_allowed
        self._agent = agent or AGENT
        self._session = _Session(ca_bundle)

    def deadline(self) -> float:
        """Return the moment at which an exchange that starts now must be over."""
        return monotonic() + self._timeout.total

    def send(self, request: Request, deadline: float) -> Answer:
        """Make one exchange; several may share one deadline.

        Returns as soon as a status line arrived, whatever it says. Without one it
        raises `OutcomeUnknown` when bytes of a changing request had left, else
        `Unavailable`.
        """
        trip = Trip(self._timeout, deadline, self._loopback_allowed)
        received, started_at, begun = _Received(), clock.now(), monotonic()
        self._travel(request, trip, received)
        exchange = Exchange(
            method=request.method,
            url=self._mask.hide(request.url),
            request_body=self._mask.hide(request.body),
            status=received.status,
            answer=_kept(self._mask, received.body),
            started_at=started_at,
            seconds=monotonic() - begun,
            calls=request.earlier + trip.left,
        )
        if received.status is None:
            raise failures.unanswered(
                trip,
                exchange,
                who=self._who,
                changes=request.changes,
                place=self._place,
            )
        return _answer(exchange, received)

    def close(self) -> None:
        """Drop the open connections; the next exchange opens a new one."""
        self._session.close()

    def _travel(self, request: Request, trip: Trip, received: _Received) -> None:
        try:
            with travelling(trip):
                self._converse(request, trip, received)
        except (requests.RequestException, HTTPError):
            received.trouble = failures.broken_off(trip)
        if received.trouble or _has_stray_body(received):
            self.close()

    def _converse(self, request: Request, trip: Trip, received: _Received) -> None:
        response = self._session.send(
            _prepared(request, self._agent),
            stream=True,
            allow_redirects=False,
            timeout=(self._timeout.connect, self._timeout.read),
        )
        with closing(response):
            if trip.ended:
                return  # the library takes a head that was cut off for a whole one
            received.status = response.status_code
            received.headers = response.headers
            _take(response, received, request.answer_limit)


def _prepared(request: Request, agent: str) -> requests.PreparedRequest:
    headers = {
        "User-Agent": agent,
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
        **({"Content-Type": request.content_type} if request.body else {}),
        **request.headers,
    }
    body = request.body.encode() or None
    return requests.Request(request.method, request.url, headers, data=body).prepare()


def _take(response: requests.Response, received: _Received, limit: int) -> None:
    while chunk := response.raw.read1(CHUNK, decode_content=True):
        received.body += chunk
        if len(received.body) > limit:
            received.trouble = f"more than {limit // 1024} KiB"
            return


def _has_stray_body(received: _Received) -> bool:
    """Tell whether bytes follow an answer that must have none.

    They would be taken for the start of the next answer on the same connection.
    """
    has_body = received.headers.get("Content-Length", "0") != "0"
    return received.status == 204 and (
        has_body or "Transfer-Encoding" in received.headers
    )


def _answer(exchange: Exchange, received: _Received) -> Answer:
    document: Any = UNREAD
    trouble = received.trouble
    if received.body and not trouble:
        try:
            document = documents.clean(documents.loads(bytes(received.body)))
        except documents.Unreadable:
            trouble = _nature(received)
    return Answer(exchange, exchange.status or 0, received.headers, document, trouble)


def _nature(received: _Received) -> str:
    is_page = bytes(received.body[:1024]).lstrip().startswith(b"<")
    return "a web page instead of data" if is_page else "text that is not JSON"


def _kept(mask: Mask, body: bytearray) -> str:
    """The begin of an answer, masked. Looks no further: lists are long."""
    text = mask.hide(body[: 2 * KEPT_LIMIT].decode(errors="replace"))
    if len(body) > 2 * KEPT_LIMIT:
        text = text[:-LONGEST_SECRET]  # a credential may have been cut in two there
    clean: str = documents.clean(text)
    return clean.encode()[:KEPT_LIMIT].decode(errors="ignore")
