"""A line to a raw server: patient, or so hasty that its end can be waited for."""

import time

import pytest

from campaigns.gateway.answers import Request
from campaigns.gateway.contract import Account, GatewayError, Timeout
from campaigns.gateway.exchange import Line
from campaigns.gateway.masking import Mask
from campaigns.gateway.tokens import MemoryTokens
from tests.gateway import raw

PATIENT = Timeout(connect=5.0, read=5.0, total=10.0)
HASTY = Timeout(connect=0.5, read=0.5, total=1.0)


def account(base_url="", *, timeout=PATIENT, **changed):
    given = {
        "token_url": "",
        "secrets": {},
        "employer": "",
        "tokens": MemoryTokens(),
        "loopback_allowed": True,
    }
    return Account(base_url, timeout=timeout, **given | changed)


class Caller:
    """Sends one request after the other over one line."""

    def __init__(self, mask, account, **line):
        self.line = Line(mask, account, who="The platform", **line)

    def __call__(self, url, method="PATCH", body='{"a":1}', **request):
        changes = method == "PATCH"
        asked = Request(method, url, {}, body, changes=changes, **request)
        return self.line.send(asked, self.line.deadline())


def timed(work, *arguments):
    """The error that `work` must end with, and after how many seconds it came."""
    begun = time.monotonic()
    with pytest.raises(GatewayError) as caught:
        work(*arguments)
    return caught.value, time.monotonic() - begun


@pytest.fixture
def server():
    with raw.raw_server(raw.answer()) as server:
        yield server


@pytest.fixture
def calling():
    callers = []

    def make(*secrets, ca_bundle=None, **changed):
        given = account(**changed)
        callers.append(Caller(Mask(secrets), given, ca_bundle=ca_bundle))
        return callers[-1]

    yield make
    for caller in callers:
        caller.line.close()


@pytest.fixture
def call(calling):
    return calling()


@pytest.fixture
def hasty(calling):
    return calling(timeout=HASTY)
