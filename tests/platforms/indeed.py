"""Indeed's envelopes as bytes, and a client that speaks to a given server."""

import json
from datetime import timedelta

import pytest

from campaigns import clock
from campaigns.gateway.contract import Account, GatewayError, Timeout, Token
from campaigns.gateway.tokens import MemoryTokens
from campaigns.platforms.indeed import platform
from tests.gateway import raw

EMPLOYER = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
ID = "ee4d641cab17b22c"
SECRETS = {"client_id": "the-client", "client_secret": "the-secret"}
PATIENT = Timeout(connect=5.0, read=5.0, total=10.0)
HASTY = Timeout(connect=0.5, read=0.5, total=1.0)
HTML = raw.answer(403, "<html>Forbidden</html>", kind="text/html")
GRANTED = raw.answer(200, '{"access_token":"fresh","expires_in":3600}')


def account(**changed):
    given = {
        "base_url": "",
        "token_url": "",
        "secrets": SECRETS,
        "employer": EMPLOYER,
        "tokens": MemoryTokens(),
        "loopback_allowed": True,
        "timeout": PATIENT,
    }
    return Account(**given | changed)


def opened(server, **changed):
    """A client for a raw server; it has no token yet, unless one is given."""
    addresses = {
        "base_url": f"{server.url}/ads",
        "token_url": f"{server.url}/oauth/v2/tokens",
    }
    return platform.open(account(**addresses | changed))


def guest(sandbox, **changed):
    """A client for the sandbox, with what it accepts."""
    given = {
        "base_url": sandbox.base_url,
        "token_url": sandbox.token_url,
        "secrets": platform.demo_secrets(),
    }
    return platform.open(account(**given | changed))


def stored():
    """A store that holds a token for the next hour."""
    tokens = MemoryTokens()
    tokens.renew(None, lambda: Token("stored", clock.now() + timedelta(hours=1)))
    return tokens


def said(status=200, errors=None, links=None, told=None, root="", **rest):
    """An answer in Indeed's envelope; `data` is left out unless given."""
    kinds = [{"type": kind, "description": text} for kind, text in errors or []]
    meta = {"status": told or status, "errors": kinds or None, "rootLocation": root}
    body = {"meta": meta | {"perPage": None, "links": links}, **rest}
    return raw.answer(status, json.dumps(body))


APPLIED = said(data={"campaignId": ID}, links=[{"rel": "up", "href": "/v1/campaigns"}])


def refused(client, body=None):
    with pytest.raises(GatewayError) as caught:
        client.patch(ID, body or {"name": "x"})
    return caught.value


def page(root, rows, next_href="", **meta):
    links = [{"rel": "up", "href": "/v1"}]
    links += [{"rel": "next", "href": next_href}] if next_href else []
    return said(data={"Campaigns": rows}, links=links, root=root, **meta)


def row(remote_id, **more):
    return {"Id": remote_id, "Name": f"Campaign {remote_id}", "Status": "ACTIVE"} | more
