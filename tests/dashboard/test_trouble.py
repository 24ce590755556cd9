"""A database that is away, locked, full or read-only: pages say so, nothing is lost."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from django.db import OperationalError, connection, transaction

from campaigns.models import Person
from tests.dashboard import hindrance
from tests.views.conftest import mara, nurses, tab
from tests.views.tab import Review, drafts, text, words

__all__ = ("mara", "nurses", "tab")

pytestmark = pytest.mark.django_db(transaction=True)
on_sqlite = pytest.mark.skipif("not hindrance.is_sqlite()", reason="SQLite's own way")
on_postgres = pytest.mark.skipif("hindrance.is_sqlite()", reason="PostgreSQL's own way")
BAD_DAYS = [
    pytest.param(hindrance.locked, marks=on_sqlite),
    pytest.param(hindrance.full, marks=on_sqlite),
    hindrance.read_only,
]


@pytest.fixture
def client(client):
    """A browser: it gets the answer that the server makes of an error."""
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("bad_day", BAD_DAYS)
@pytest.mark.parametrize("htmx", [True, False])
def test_an_edit_that_cannot_be_kept_says_so_and_is_kept_afterwards(tab, bad_day, htmx):
    seen = tab.seen("name")
    long = "Typed with care. " * 5
    with bad_day():
        refused = tab.keep("name", long, seen=seen, htmx=False)
    assert refused.status_code == 503
    assert "may not be kept" in words(text(refused))
    assert "load this page again" in words(text(refused))
    assert drafts() == {}

    assert tab.keep("name", long, seen=seen, htmx=False).status_code == 302
    assert list(drafts()) == ["name"]


@pytest.mark.parametrize("bad_day", BAD_DAYS)
def test_a_send_that_cannot_be_kept_is_made_once_by_the_same_form(tab, bad_day):
    tab.keep("name", "Day nurses")
    review = Review(tab.client)
    with bad_day():
        refused = review.send()
    assert refused.status_code == 503
    assert "Saved" not in text(refused)
    assert list(drafts()) == ["name"]

    assert review.send().status_code == review.send().status_code == 302
    assert tab.campaign.changes.count() == 1


@on_postgres
def test_a_page_does_not_notice_that_its_session_was_ended(tab):
    connection.close()  # into the pool, as at the end of each request
    hindrance.end_sessions()

    assert tab.page().status_code == 200


@on_postgres
def test_no_page_waits_for_the_sessions_that_a_restart_has_ended(tab):
    with ThreadPoolExecutor(6) as threads:
        together = Barrier(6)
        list(threads.map(lambda _: keep_a_session(together), range(6)))
    connection.close()
    hindrance.end_sessions()
    began = time.perf_counter()

    assert tab.page().status_code == 200
    assert time.perf_counter() - began < 1


def keep_a_session(together):
    """Use one session beside others, and give it back to the pool."""
    connection.ensure_connection()
    together.wait(10)
    connection.close()


@on_postgres
def test_a_session_that_ends_under_a_page_is_told_and_the_next_has_another(tab):
    tab.page()
    hindrance.end_sessions()

    assert tab.page().status_code == 503
    connection.close()
    assert tab.page().status_code == 200


def test_what_came_of_a_database_that_was_away_is_no_error_of_a_page(tab, monkeypatch):
    def stumble(*_):
        with transaction.atomic():
            with suppress(OperationalError):
                connection.needs_rollback = True
                connection.rollback_exc = OperationalError("the server is gone")
                raise connection.rollback_exc
            Person.objects.count()

    monkeypatch.setattr("campaigns.views.campaign.desk", stumble)

    assert tab.page().status_code == 503


@pytest.mark.parametrize("kind", ["OperationalError", "InterfaceError"])
def test_an_error_of_the_driver_itself_is_told_too(tab, monkeypatch, kind):
    """What the end of a cursor on the server raises is not one of Django's."""

    def stumble(*_):
        raise getattr(connection.Database, kind)("the server is gone")

    monkeypatch.setattr("campaigns.views.campaign.desk", stumble)

    assert tab.page().status_code == 503


def test_another_error_is_still_ours(tab, monkeypatch):
    monkeypatch.setattr("campaigns.views.campaign.desk", None)

    assert tab.page().status_code == 500
