"""Tokens of a connection: kept sealed, fetched by one, never for old credentials."""

import threading
from datetime import timedelta

import pytest
from django.db import connections as databases

from campaigns import clock, connections
from campaigns.delivery import accounts
from campaigns.gateway.contract import Timeout, Token, Unavailable
from tests.factories import IndeedFactory

pytestmark = pytest.mark.django_db


def token(value, minutes=60):
    return Token(value, clock.now() + timedelta(minutes=minutes))


def test_a_token_is_stored_sealed_and_found_again():
    connection = IndeedFactory()

    accounts.account_of(connection).tokens.renew(None, lambda: token("first"))

    connection.refresh_from_db()
    found = accounts.account_of(connection).tokens.current()
    assert found.value == "first"
    assert "first" not in connection.sealed_token


def test_who_finds_a_newer_token_fetches_none():
    tokens = accounts.account_of(IndeedFactory()).tokens
    tokens.renew(None, lambda: token("newer"))

    found = tokens.renew("older", lambda: pytest.fail("fetched"))

    assert found.value == "newer"


def test_an_expired_token_is_no_newer_token():
    tokens = accounts.account_of(IndeedFactory()).tokens
    tokens.renew(None, lambda: token("expired", minutes=-1))

    assert tokens.renew(None, lambda: token("fresh")).value == "fresh"


def refuse():
    raise Unavailable("The token address does not answer.")


def test_a_failed_fetch_lets_the_next_one_try():
    tokens = accounts.account_of(IndeedFactory()).tokens
    with pytest.raises(Unavailable):
        tokens.renew(None, refuse)

    assert tokens.renew(None, lambda: token("second")).value == "second"


def test_a_dead_fetcher_blocks_only_until_its_lease_ends():
    connection = IndeedFactory(token_lease_until=clock.now() + accounts.LEASE)
    later = clock.now() + 2 * accounts.LEASE

    with clock.replaced(lambda: later):
        found = accounts.account_of(connection).tokens.renew(None, lambda: token("a"))

    assert found.value == "a"


def test_waiting_for_another_fetcher_has_an_end():
    connection = IndeedFactory(token_lease_until=clock.now() + accounts.LEASE)
    account = accounts.account_of(connection, Timeout(total=0.2))

    with pytest.raises(Unavailable, match="Another worker"):
        account.tokens.renew(None, lambda: token("a"))


def test_a_token_for_replaced_credentials_is_not_stored():
    connection = IndeedFactory()

    def replaced_meanwhile():
        connections.set_credentials(connection, {"client_secret": "new"}, None)
        return token("for the old secret")

    accounts.account_of(connection).tokens.renew(None, replaced_meanwhile)

    assert accounts.account_of(connection).tokens.current() is None


@pytest.mark.django_db(transaction=True)
def test_of_many_who_need_a_token_one_fetches():
    connection, fetched, found = IndeedFactory(), [], []
    start = threading.Barrier(4)

    def fetch():
        fetched.append(1)
        return token("the one")

    def renew():
        start.wait(10)
        found.append(accounts.account_of(connection).tokens.renew(None, fetch).value)
        databases.close_all()

    threads = [threading.Thread(target=renew) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(fetched) == 1
    assert found == ["the one"] * 4
