"""Microworkers' answers as bytes, and a client that speaks to a given server."""

import json

import pytest

from campaigns.gateway.contract import Account, GatewayError, Timeout
from campaigns.gateway.tokens import MemoryTokens
from campaigns.platforms.microworkers import platform
from tests.gateway import raw

ID = "5f7b6c8d9ea0"
PATIENT = Timeout(connect=5.0, read=5.0, total=10.0)


def opened(url, key="the-key"):
    return platform.open(
        Account(
            base_url=url,
            token_url="",
            secrets={"api_key": key},
            employer="",
            tokens=MemoryTokens(),
            loopback_allowed=True,
            timeout=PATIENT,
        )
    )


def problem(status, title, **more):
    about = "https://ttv.microworkers.com/apidocs2/handle-errors"
    body = {"type": about, "title": title, "status": status, **more}
    return raw.answer(status, json.dumps(body))


def invalid(*violations):
    keys = ("title", "detail", "pointer")
    shown = [dict(zip(keys, one, strict=True)) for one in violations]
    return problem(
        400, "ValidationFailed", detail="Validation Failed", violations=shown
    )


def refused(client):
    with pytest.raises(GatewayError) as caught:
        client.patch(ID, {"ttr": 7})
    return caught.value


def page(items, **more):
    return raw.answer(200, json.dumps({"items": items, "perPage": 50, **more}))


def item(remote_id, **more):
    return {
        "id": remote_id,
        "title": f"Campaign {remote_id}",
        "status": "RUNNING",
    } | more
