"""Reaches the handbills of one account. Never retries."""

from urllib.parse import urlencode

from campaigns.documents import wire
from campaigns.gateway import addresses, checks, credentials, failures, paging
from campaigns.gateway.answers import Request
from campaigns.gateway.contract import (
    GatewayError,
    Hold,
    Page,
    Reading,
    Rejected,
    Row,
    Secret,
    Unavailable,
)
from campaigns.gateway.exchange import Line
from campaigns.gateway.masking import Mask

WHO = "Handbills"
ODD = "Handbills answered in a form that Campaign Desk does not understand."
KEY_HEADER = "X-Handbills-Key"
API_KEY = Secret("api_key", "API key", "From the printer's office.", demo="demo-key")
REFUSED = {
    401: ("An admin must enter the current API key.", Hold.CONNECTION),
    403: ("An admin must ask the printer for access.", Hold.CHANGE),
}


class HandbillsClient:
    """Speaks to Handbills for one account."""

    def __init__(self, account):
        allowed = account.loopback_allowed
        base = addresses.checked(account.base_url, loopback_allowed=allowed)
        key = credentials.given(account, API_KEY)
        self._sheets = addresses.join(base, "handbills")
        self._headers = {KEY_HEADER: key}
        self._mask = Mask([key], names=[KEY_HEADER])
        self._line = Line(self._mask, account, who=WHO)

    def pages(self):
        trail, after = paging.Trail(WHO), "0"
        while after:
            trail.step(after)
            with paging.without_rejection(WHO):
                query = urlencode({"after": after})
                answer = self._call("GET", f"{self._sheets}?{query}")
            rows = member(answer, "handbills", list)
            yield Page(tuple(row(one, answer) for one in rows), answer.exchange)
            after = answer.document.get("next") or ""

    def read(self, remote_id):
        answer = self._call("GET", addresses.join(self._sheets, remote_id))
        return Reading(row(member(answer, "handbill", dict), answer), answer.exchange)

    def patch(self, remote_id, body):
        address = addresses.join(self._sheets, remote_id)
        return self._call("PATCH", address, wire(body)).exchange

    def check(self):
        try:
            return checks.passed(WHO, next(self.pages()))
        except GatewayError as error:
            return checks.failed(WHO, error)

    def close(self):
        self._line.close()

    def _call(self, method, address, body=""):
        changes = method == "PATCH"
        request = Request(method, address, self._headers, body, changes=changes)
        answer = self._line.send(request, self._line.deadline())
        error = failures.by_status(answer, who=WHO, changes=changes) or refusal(answer)
        if error is not None:
            raise self._mask.covered(error)
        return answer


def refusal(answer):
    if answer.status < 400:
        return None
    if answer.status in REFUSED:
        words, hold = REFUSED[answer.status]
        return Unavailable(words, exchange=answer.exchange, hold=hold)
    said = answer.document.get("wrong") if isinstance(answer.document, dict) else None
    return Rejected(
        "Handbills refused the change. Correct it and send again.",
        exchange=answer.exchange,
        fields={path: [text] for path, text in (said or {}).items()},
        status=answer.status,
    )


def member(answer, key, kind):
    found = answer.document.get(key) if isinstance(answer.document, dict) else None
    if not isinstance(found, kind):
        raise Unavailable(ODD, exchange=answer.exchange)
    return found


def row(sheet, answer):
    if not isinstance(sheet, dict) or not isinstance(sheet.get("number"), str):
        raise Unavailable(ODD, exchange=answer.exchange)
    document = {key: value for key, value in sheet.items() if key != "number"}
    title, state = str(sheet.get("title", "")), str(sheet.get("state", ""))
    return Row(sheet["number"], title, state, document)
