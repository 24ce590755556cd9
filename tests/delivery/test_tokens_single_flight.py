"""One token for all workers of a connection: one of them fetches, the others wait."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from campaigns import clock
from campaigns.delivery.accounts import RowTokens
from campaigns.gateway.contract import Token, Unavailable
from campaigns.lifecycle import State
from campaigns.models import Connection
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"


@pytest.fixture
def indeed(road):
    made = road("indeed")
    made.sync()
    return made


def at_once(act, times):
    gate = threading.Barrier(times)

    def run(_):
        gate.wait(10)
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def asked_for_tokens(road):
    return [e for e in road.sandbox.journal() if "/oauth" in e["path"]]


def test_many_who_need_a_token_fetch_one(indeed):
    fetched = []

    def fetch():
        fetched.append(1)
        return Token(f"token {len(fetched)}", clock.now() + timedelta(hours=1))

    stale = RowTokens(indeed.connection.pk).current().value
    got = at_once(lambda: RowTokens(indeed.connection.pk).renew(stale, fetch), 6)

    assert {token.value for token in got} == {"token 1"}
    assert len(fetched) == 1


def test_a_token_refused_in_mid_work_is_renewed_once_for_all_workers(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Renewed")
    before = len(asked_for_tokens(indeed))
    refuse = {"refuse": {"status": 401}}
    indeed.sandbox.script({"match": {"method": "GET"}, "do": refuse})

    at_once(indeed.deliver, 4)

    assert len(asked_for_tokens(indeed)) == before + 1
    assert fields(change) == {"name": State.CONFIRMED}


def test_a_worker_that_dies_while_fetching_does_not_block_for_ever(indeed):
    mine = Connection.objects.filter(pk=indeed.connection.pk)
    mine.update(token_lease_until=clock.now() - timedelta(seconds=1))
    stale = RowTokens(indeed.connection.pk).current().value
    new = Token("new", clock.now() + timedelta(hours=1))

    assert RowTokens(indeed.connection.pk).renew(stale, lambda: new).value == "new"


def test_nobody_waits_for_a_token_without_bound(indeed):
    mine = Connection.objects.filter(pk=indeed.connection.pk)
    mine.update(token_lease_until=clock.now() + timedelta(seconds=30))
    stale = RowTokens(indeed.connection.pk).current().value

    with pytest.raises(Unavailable):
        RowTokens(indeed.connection.pk, patience=0.3).renew(stale, lambda: None)


def test_refused_client_credentials_hold_the_connection(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Refused")
    indeed.sandbox.configure(token_seconds=0)
    body = {"error": "invalid_client"}
    refuse = {"refuse": {"status": 401, "body": body}}
    indeed.sandbox.script({"match": {"path": "/oauth"}, "do": refuse, "times": 0})

    indeed.deliver()

    assert fields(change) == {"name": State.HELD}
    assert Connection.objects.get().is_held
