"""Reaches the hire-group campaigns of one Microworkers account. Never retries.

Source: docs/platforms.md 3 and 4. The key goes into a header of its own, without a
scheme.
"""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

from campaigns.documents import Document, wire
from campaigns.gateway import addresses, checks, credentials, paging
from campaigns.gateway.answers import Answer, Request
from campaigns.gateway.contract import (
    Account,
    Check,
    Exchange,
    GatewayError,
    Page,
    Reading,
    Secret,
)
from campaigns.gateway.exchange import Line
from campaigns.gateway.masking import Mask
from campaigns.platforms.microworkers import assumptions, errors, reading

CAMPAIGNS: Final = "hire-group-campaigns"
KEY_HEADER: Final = "MicroworkersApiKey"
API_KEY: Final = Secret(
    name="api_key",
    label="API key",
    help="From the account page of Microworkers. Access is opened on request.",
    demo="demo-key",
)


class MicroworkersClient:
    """Speaks to Microworkers for one account."""

    def __init__(self, account: Account) -> None:
        self._base = addresses.checked(
            account.base_url, loopback_allowed=account.loopback_allowed
        )
        key = credentials.given(account, API_KEY)
        self._headers = {KEY_HEADER: key}
        self._mask = Mask([key], names=[KEY_HEADER])
        self._line = Line(self._mask, account, who=errors.WHO)

    def pages(self) -> Iterator[Page]:
        """Walk all hire-group campaigns by the tokens that each page hands over."""
        trail, token = paging.Trail(errors.WHO), ""
        while True:
            trail.step(token)
            answer = self._listed(token)
            yield Page(reading.listed(answer), answer.exchange)
            token = reading.next_token(answer)
            if not token:
                return

    def read(self, remote_id: str) -> Reading:
        """Read one campaign; five fields are never reported."""
        answer = self._call(Request("GET", self._address(remote_id), self._headers))
        return Reading(reading.single(answer, remote_id), answer.exchange)

    def patch(self, remote_id: str, body: Document) -> Exchange:
        """Send the changes once; returning means any HTTP 2xx, usually 204."""
        address = self._address(remote_id)
        request = Request("PATCH", address, self._headers, wire(body), changes=True)
        return self._call(request).exchange

    def check(self) -> Check:
        """Ask for the first page of the list."""
        try:
            page = next(self.pages())
        except GatewayError as error:
            return checks.failed(errors.WHO, error)
        return checks.passed(errors.WHO, page)

    def close(self) -> None:
        """Drop the connections that are kept open."""
        self._line.close()

    def _address(self, remote_id: str) -> str:
        return addresses.join(self._base, CAMPAIGNS, remote_id)

    def _listed(self, token: str) -> Answer:
        query = {"pageSize": str(reading.PAGE_SIZE)}
        query |= {assumptions.page_token_parameter(): token} if token else {}
        address = f"{addresses.join(self._base, CAMPAIGNS)}?{urlencode(query)}"
        limit = paging.ANSWER_LIMIT
        with paging.without_rejection(errors.WHO):
            return self._call(
                Request("GET", address, self._headers, answer_limit=limit)
            )

    def _call(self, request: Request) -> Answer:
        answer = self._line.send(request, self._line.deadline())
        error = errors.sort(answer, changes=request.changes)
        if error is not None:
            raise self._mask.covered(error)
        return answer
