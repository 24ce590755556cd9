"""Watch reads: an effect that comes after everybody stopped waiting is shown, with
what speaks for it, and mended only by a person."""

import pytest

from campaigns import documents
from campaigns.lifecycle import State
from campaigns.models import Attempt, AuditEntry, Change, Connection
from tests.delivery.conftest import fields
from tests.delivery.doubt.steps import PATCH, WAREHOUSE


@pytest.fixture
def overtaken(indeed, time):
    """A change that was lost from sight, and a newer one that is Confirmed."""
    indeed.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    lost = indeed.ask(WAREHOUSE, "name", "Lost from sight")
    indeed.let_pass(time, 55)
    assert fields(lost) == {"name": State.CONFIRMED}
    newer = indeed.ask(WAREHOUSE, "name", "Newer")
    indeed.let_pass(time, 3)
    assert fields(newer) == {"name": State.CONFIRMED}
    return lost, newer


def come_back(indeed):
    """The platform applies the lost request once more, late."""
    indeed.sandbox.edit(WAREHOUSE, {"name": "Lost from sight"})


@pytest.mark.parametrize("after", [20, 400])
def test_a_lost_value_that_comes_back_over_a_newer_one_is_different(
    indeed, time, overtaken, after
):
    lost, newer = overtaken
    indeed.let_pass(time, after)
    come_back(indeed)

    indeed.let_pass(time, 700)

    assert fields(newer) == {"name": State.DIFFERENT}
    assert newer.waits_for_person
    assert newer.fields.get().found_text == "Lost from sight"


def test_the_evidence_names_the_lost_change(indeed, time, overtaken):
    lost, newer = overtaken
    come_back(indeed)

    indeed.let_pass(time, 700)

    told = AuditEntry.objects.filter(change_id=newer.pk).latest("number")
    assert documents.loads(told.body)["facts"]["late"] == lost.pk
    newer.refresh_from_db()
    assert f"Change {lost.pk} was lost from sight" in newer.says


def test_nothing_heals_by_itself(indeed, time, overtaken):
    come_back(indeed)
    sent = len(indeed.patches())

    indeed.let_pass(time, 3600)

    assert len(indeed.patches()) == sent
    assert indeed.sandbox.document(WAREHOUSE)["name"] == "Lost from sight"


def test_one_click_sends_ours_again(indeed, time, overtaken):
    _, newer = overtaken
    come_back(indeed)
    indeed.let_pass(time, 700)

    newer.refresh_from_db()
    again = indeed.decide(newer, "name", "mine")
    indeed.let_pass(time, 60)

    assert fields(again.changes.get()) == {"name": State.CONFIRMED}
    assert indeed.sandbox.document(WAREHOUSE)["name"] == "Newer"


def test_two_watch_reads_are_made_and_no_more(indeed, time, overtaken):
    lost, _ = overtaken
    before = Attempt.objects.filter(change=lost, kind="verify").count()

    indeed.let_pass(time, 4000)

    assert Attempt.objects.filter(change=lost, kind="verify").count() == before + 2
    assert Change.objects.get(pk=lost.pk).watch_at is None


def test_the_first_look_is_a_minute_later_the_last_after_ten(indeed, time):
    indeed.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    lost = indeed.ask(WAREHOUSE, "name", "Lost from sight")
    indeed.let_pass(time, 55)
    settled = Change.objects.get(pk=lost.pk).moved_at

    indeed.let_pass(time, 4000)

    looks = Attempt.objects.filter(change=lost, kind="verify", started_at__gt=settled)
    after = [(a.started_at - settled).total_seconds() for a in looks]
    assert after[-2:] == [pytest.approx(60, abs=3), pytest.approx(600, abs=5)]


def test_a_campaign_that_is_gone_is_not_watched_for_ever(indeed, time, overtaken):
    gone = {"refuse": {"status": 404}}
    match = {"method": "GET", "campaign": WAREHOUSE}
    indeed.sandbox.script({"match": match, "do": gone, "times": 0})

    indeed.let_pass(time, 700)

    assert not Change.objects.filter(watch_at__isnull=False).exists()


def test_nobody_watches_what_was_never_in_doubt(indeed, time):
    change = indeed.ask(WAREHOUSE, "name", "In sight")

    indeed.let_pass(time, 60)

    assert fields(change) == {"name": State.CONFIRMED}
    assert Change.objects.get().watch_at is None


def watching(indeed, do, times=1):
    match = {"method": "GET", "campaign": WAREHOUSE}
    indeed.sandbox.script({"match": match, "do": do, "times": times})


def reads(indeed):
    return [e for e in indeed.requests() if e["method"] == "GET" and e["campaign"]]


def test_a_watch_read_that_fails_is_made_again_a_minute_later(indeed, time, overtaken):
    watching(indeed, {"refuse": {"status": 503}})
    due = Change.objects.get(watch_at__isnull=False).watch_at
    indeed.let_pass(time, (due - time.at).total_seconds() + 1)
    seen = len(reads(indeed))

    indeed.let_pass(time, 55)
    assert len(reads(indeed)) == seen

    come_back(indeed)
    indeed.let_pass(time, 10)
    assert len(reads(indeed)) == seen + 1
    assert fields(overtaken[1]) == {"name": State.DIFFERENT}


def test_credentials_refused_at_a_watch_read_hold_the_connection(
    indeed, time, overtaken
):
    watching(indeed, {"refuse": {"status": 401, "body": {}}}, times=0)

    indeed.let_pass(time, 120)

    assert Connection.objects.get().is_held


def test_a_watch_read_that_came_late_does_not_put_off_the_last(indeed, time, overtaken):
    lost = overtaken[0]
    time.advance(300)

    indeed.let_pass(time, 2)

    lost.refresh_from_db()
    assert (lost.watch_at - lost.moved_at).total_seconds() == pytest.approx(600, abs=5)
