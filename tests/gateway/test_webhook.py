"""What is said of an address of a notice: it stands in no connection."""

from datetime import UTC, datetime

import pytest

from campaigns.gateway import addresses, webhook
from campaigns.gateway.contract import Rejected, Unavailable
from campaigns.gateway.webhook import Hook
from tests.gateway import raw
from tests.gateway.conftest import timed

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Rude:
    """Ends each handshake before it has begun."""

    def wrap_socket(self, connection, **_):
        raw.shut(connection)
        raise OSError


def refused(url, *, loopback_allowed=True, error=Unavailable):
    """What is said when this address cannot be told."""
    hook = Hook(url, "secret", loopback_allowed=loopback_allowed)
    with pytest.raises(error) as caught:
        webhook.post(hook, "{}", at=NOON, delivery="1")
    return caught.value.message


def test_an_address_that_cannot_be_told_is_not_looked_for_among_connections():
    said = refused("http://partner.example/hook")

    assert said == "The address must begin with https://."


def test_an_address_of_a_connection_is_looked_for_there():
    with pytest.raises(Unavailable) as caught:
        addresses.checked("http://platform.example", loopback_allowed=False)

    assert caught.value.message == (
        "The address of this connection must begin with https://. "
        "Correct it under Connections."
    )


def test_what_cannot_be_reached_asks_to_check_one_address():
    assert refused(f"http://127.0.0.1:{raw.free_port()}/hook") == (
        "127.0.0.1 could not be reached. Check the address and the network. "
        "Nothing was sent."
    )


def test_what_is_not_secure_asks_to_check_one_address():
    with raw.raw_server(raw.answer(), context=Rude()) as rude:
        said = refused(f"https://127.0.0.1:{rude.port}/hook")

    assert said == (
        "No secure connection to 127.0.0.1 could be made (the handshake failed). "
        "Check the address. Nothing was sent."
    )


def test_a_connection_that_is_not_secure_asks_to_check_its_addresses(call):
    with raw.raw_server(raw.answer(), context=Rude()) as rude:
        error, _ = timed(call, f"https://127.0.0.1:{rude.port}/")

    assert error.message == (
        "No secure connection to 127.0.0.1 could be made (the handshake failed). "
        "Check the addresses of this connection. Nothing was sent."
    )


def test_what_points_elsewhere_is_said_without_a_way_to_connections():
    with raw.raw_server(raw.answer(302, Location="/elsewhere")) as server:
        said = refused(f"{server.url}/hook")

    assert said == (
        "The receiver pointed to another address (HTTP 302), which was not followed."
    )


def test_an_address_that_leads_where_it_may_not_is_only_named():
    assert refused("https://10.0.0.1/hook", loopback_allowed=False) == (
        "10.0.0.1 leads to a private network, which the settings do not allow. "
        "Nothing was sent."
    )


def test_a_refusal_is_that_of_the_receiver():
    with raw.raw_server(raw.answer(410)) as server:
        said = refused(f"{server.url}/hook", error=Rejected)

    assert said == "The receiver refused the notice (HTTP 410)."
