"""Reaches the campaigns of one Indeed employer. Never retries but with a new token.

Source: docs/platforms.md 1 to 2.7. Calls may cost money: nothing is asked twice.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Final
from urllib.parse import urlencode

from campaigns.documents import Document, wire
from campaigns.gateway import addresses, checks, paging
from campaigns.gateway.answers import Answer, Request
from campaigns.gateway.contract import (
    Account,
    Check,
    Exchange,
    GatewayError,
    Hold,
    Page,
    Reading,
    Token,
    Unavailable,
)
from campaigns.gateway.exchange import Line
from campaigns.gateway.masking import Mask
from campaigns.platforms.indeed import assumptions, errors, reading
from campaigns.platforms.indeed.grant import Grant, is_due

CAMPAIGNS: Final = ("v1", "campaigns")
PROMPT: Final = 1.0
"""Seconds that a change may wait for a token before it must be compared anew."""


class IndeedClient:
    """Speaks to Indeed for one account; obtains its tokens by itself."""

    def __init__(self, account: Account) -> None:
        allowed = account.loopback_allowed
        self._base = addresses.checked(account.base_url, loopback_allowed=allowed)
        token_url = addresses.checked(account.token_url, loopback_allowed=allowed)
        account = replace(account, employer=_employer(account))
        self._employer = account.employer
        self._mask = Mask()
        agent = assumptions.user_agent()
        self._line = Line(self._mask, account, who=errors.WHO, agent=agent)
        self._grant = Grant(account, token_url, self._line, self._mask)
        self._tokens = account.tokens

    def pages(self) -> Iterator[Page]:
        """Walk all campaigns, deleted ones too, at most 500 a page."""
        query = {"perPage": reading.PAGE_SIZE, "fields": ",".join(reading.LIST_FIELDS)}
        address = f"{self._list_address()}?{urlencode(query, safe=',')}"
        trail = paging.Trail(errors.WHO)
        while address:
            trail.step(address)
            answer = self._listed(address)
            yield Page(reading.listed(answer), answer.exchange)
            address = self._following(answer)

    def read(self, remote_id: str) -> Reading:
        """Read one campaign. An objective it does not mention is none."""
        answer = self._call(Request("GET", self._address(remote_id), headers={}))
        return Reading(reading.single(answer, remote_id), answer.exchange)

    def patch(self, remote_id: str, body: Document) -> Exchange:
        """Send the changes once; returning means HTTP 200 without errors."""
        address = self._address(remote_id)
        request = Request("PATCH", address, {}, body=wire(body), changes=True)
        answer = self._call(request)
        if reading.echo(answer)[1] not in (None, remote_id):
            raise errors.doubted(answer, changes=True)
        return answer.exchange

    def check(self) -> Check:
        """Ask for a fresh token, then for the first page of the list."""
        current = self._tokens.current()
        try:
            self._renewed(current, self._line.deadline())
            page = next(self.pages())
        except GatewayError as error:
            return checks.failed(errors.WHO, error)
        return checks.passed(errors.WHO, page)

    def close(self) -> None:
        """Drop the connections that are kept open."""
        self._line.close()

    def _list_address(self) -> str:
        return addresses.join(self._base, *CAMPAIGNS)

    def _address(self, remote_id: str) -> str:
        return addresses.join(self._base, *CAMPAIGNS, remote_id)

    def _listed(self, address: str) -> Answer:
        request = Request("GET", address, headers={}, answer_limit=paging.ANSWER_LIMIT)
        with paging.without_rejection(errors.WHO):
            return self._call(request)

    def _following(self, answer: Answer) -> str:
        address = reading.next_address(answer)
        if address and not addresses.same_origin(address, self._base):
            raise Unavailable(
                "Indeed's list goes on at an address that is not this connection's; it "
                "was not followed. Correct the base address under Connections.",
                exchange=answer.exchange,
                hold=Hold.CONNECTION,
            )
        return address

    def _call(self, request: Request) -> Answer:
        """Make one call within one deadline; a refused token is replaced once."""
        begun, deadline = monotonic(), self._line.deadline()
        token = self._token(deadline)
        _check_promptness(request, begun)
        answer = self._send(request, token, deadline)
        if answer.status == 401:
            token = self._renewed(token, deadline)
            _check_promptness(request, begun, answer)
            answer = self._send(replace(request, earlier=1), token, deadline)
        error = errors.sort(answer, self._employer, changes=request.changes)
        if error is not None:
            raise self._mask.covered(error)
        return answer

    def _send(self, request: Request, token: Token, deadline: float) -> Answer:
        self._mask.learn(token.value)
        headers = {"Authorization": f"Bearer {token.value}"}
        return self._line.send(replace(request, headers=headers), deadline)

    def _token(self, deadline: float) -> Token:
        token = self._tokens.current()
        return self._renewed(token, deadline) if not token or is_due(token) else token

    def _renewed(self, stale: Token | None, deadline: float) -> Token:
        value = stale.value if stale else None
        return self._tokens.renew(value, partial(self._grant.fetch, deadline))


def _check_promptness(
    request: Request, begun: float, refused: Answer | None = None
) -> None:
    """What changes a campaign was compared just now: it leaves soon, or not at all."""
    if request.changes and monotonic() - begun > PROMPT:
        raise Unavailable(
            "Indeed took long to issue a token; nothing was sent with it. The campaign "
            "is read once more before that.",
            exchange=refused.exchange if refused else None,
        )


def _employer(account: Account) -> str:
    employer = account.employer.strip()
    if not employer:
        raise Unavailable(
            "“Employer id” of this connection is missing. Enter it again.",
            hold=Hold.CONNECTION,
        )
    return employer
