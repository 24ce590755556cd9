"""Visits to the review desk: what came since the last, and what stays."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.lifecycle import State
from campaigns.models import AuditEntry, DeskVisit
from tests.asked import ask
from tests.views.desk.cards import at, listed, question, see

pytestmark = pytest.mark.django_db


def test_looking_writes_nothing(client, me):
    before = AuditEntry.objects.count()

    see(client)

    assert not DeskVisit.objects.exists()
    assert AuditEntry.objects.count() == before


def test_a_new_visit_shows_what_came_since_the_last(client, me):
    now = datetime.now(UTC)
    old = now - timedelta(days=3)
    at(old, ask, State.CONFIRMED)
    at(old + timedelta(minutes=5), client.post, "/desk/visit")
    new = at(now - timedelta(hours=1), ask, State.CONFIRMED)

    assert at(now, listed, client) == [new.change_set_id]


def test_loading_the_page_again_does_not_end_the_visit(client, me):
    now = datetime.now(UTC)
    at(now - timedelta(days=2), client.post, "/desk/visit")
    change = at(now - timedelta(days=1), ask, State.CONFIRMED)
    at(now - timedelta(minutes=20), client.post, "/desk/visit")
    at(now - timedelta(minutes=10), client.post, "/desk/visit")

    assert at(now, listed, client) == [change.change_set_id]


def test_an_open_question_stays_whatever_the_span(client, me, mara):
    long_ago = datetime.now(UTC) - timedelta(days=90)
    change = at(long_ago, ask, State.CONFIRMED, person=mara)
    at(long_ago, question, change, me)

    assert listed(client, span="day", pile="question") == [change.change_set_id]
