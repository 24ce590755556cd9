"""How the tests speak to a stand-in: plain HTTP, as any program would."""

import json
import time
from decimal import Decimal

import requests

from campaigns.gateway.standin import RunningSandbox
from campaigns.platforms.indeed.sandbox import DEMO_EMPLOYER

SCOPES = "employer.advertising.campaign employer.advertising.account.read"


class Talk:
    """A session with headers of its own; answers keep exact decimals."""

    def __init__(self, sandbox: RunningSandbox, **headers: str) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update({"User-Agent": "tests/1"} | headers)

    def get(self, path: str = "", **query: object) -> requests.Response:
        return self.session.get(self.sandbox.base_url + path, params=query, timeout=10)

    def patch(self, path: str, body: object, **more: object) -> requests.Response:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | more.pop("headers", {})
        return self.session.patch(
            self.sandbox.base_url + path,
            data=text,
            headers=headers,
            timeout=more.pop("timeout", 10),
        )

    def control(self, method: str, name: str, body: object = None) -> requests.Response:
        url = f"{self.sandbox.control_url}/{name}"
        return self.session.request(method, url, json=body, timeout=10)


def exact(answer: requests.Response) -> dict:
    return json.loads(answer.text, parse_float=Decimal)


def token_form(**changes: str | None) -> dict[str, str]:
    form = {
        "client_id": "demo-client",
        "client_secret": "demo-secret",
        "grant_type": "client_credentials",
        "scope": SCOPES,
        "employer": DEMO_EMPLOYER,
    }
    return {key: value for key, value in (form | changes).items() if value is not None}


def token(sandbox: RunningSandbox, **changes: str | None) -> requests.Response:
    headers = {"User-Agent": "tests/1"}
    form = token_form(**changes)
    return requests.post(sandbox.token_url, data=form, headers=headers, timeout=10)


def signed_in(sandbox: RunningSandbox, **changes: str | None) -> Talk:
    value = token(sandbox, **changes).json()["access_token"]
    return Talk(sandbox, Authorization=f"Bearer {value}")


def problems(answer: requests.Response) -> list[str]:
    """The descriptions of an Indeed refusal."""
    return [error["description"] for error in answer.json()["meta"]["errors"]]


def eventually(condition, seconds: float = 5.0) -> bool:
    """Wait for a condition, with a bound."""

    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True
