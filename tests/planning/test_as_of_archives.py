"""Removing texts leaves every later moment, every why and every undo as it was."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from campaigns import audit, changes, clock
from campaigns.audit import Event, Told, archive, months, removal, seal, verify
from campaigns.audit.verify import Request
from campaigns.changes import Fate
from campaigns.lifecycle import State
from campaigns.models import ArchivedMonth, AuditEntry, Change, ChangeSet
from campaigns.planning import as_of, causes, histories, rests, undo
from tests.asked import ask, edit
from tests.audit.conftest import own_place
from tests.planning.played import Played

pytestmark = pytest.mark.django_db
ACTS = 120
EDGE, FEBRUARY = datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)
PLATFORMS = ["indeed", "microworkers"]
JANUARY = months.Month(2024, 1)
own_place = own_place


class Aged(Played):
    """A history of which about half lies before the end of January."""

    def __init__(self, platform, seed, acts=ACTS):
        super().__init__(platform, seed)
        self.at = EDGE - timedelta(seconds=16 * acts * self.dice.uniform(0.3, 0.9))


def remove(upto=JANUARY):
    """Archive months and remove what may go; how many texts went and stay."""
    seal.run_once()
    with archive.folder(None) as place:
        for one in months.due(upto):
            archive.make(one, place)
        rows = list(ArchivedMonth.objects.order_by("first"))
        done = list(removal.run(rows, place, rests.kept))
    return sum(one.now for one in done), sum(one.kept for one in done)


def moments(played, count, edge=EDGE):
    """So many moments from an edge on, chosen by chance."""
    whole = (max(played.at, edge) - edge).total_seconds() + 60
    chosen = [played.dice.uniform(0, whole) for _ in range(count - 1)]
    return [edge, *(edge + timedelta(seconds=each) for each in chosen)]


def told(played, at, window=as_of.WINDOW):
    fields = played.platform.form.declared()
    return [as_of.state_at(played.campaign, fields, each, window=window) for each in at]


def present(played):
    """Every why, and every undo as it would be sorted out."""
    fields = played.platform.form.declared()
    whys = {path: causes.why(played.campaign, path) for path in fields}
    undos = [
        [(line.key, line.pile, str(line.because)) for line in planned(played, each)]
        for each in ChangeSet.objects.order_by("pk")
    ]
    return whys, undos


def planned(played, change_set):
    return undo.plan(played.person, list(change_set.changes.order_by("pk"))).lines


@pytest.fixture(autouse=True)
def little_is_looked_at(monkeypatch):
    """Otherwise all of so short a history would be what the present looks at."""
    monkeypatch.setattr(as_of, "OF_A_FIELD", 3)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("seed", range(6))
def test_every_later_moment_every_why_and_every_undo_stay(platform, seed):
    played = Aged(platform, seed)
    played.play(ACTS)
    at = moments(played, 84)
    before = told(played, at), present(played)

    went, _ = remove()

    assert went == AuditEntry.objects.filter(body="").count() > 0
    assert told(played, at) == before[0]
    assert present(played) == before[1]
    seal.run_once()
    assert verify.run(Request()).findings.kept == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_short_window_tells_the_same(platform, monkeypatch):
    monkeypatch.setattr(as_of, "OF_A_FIELD", 40)
    played = Aged(platform, 200)
    played.play(ACTS)
    at = moments(played, 40)
    before = [values(one) for one in told(played, at)]
    monkeypatch.setattr(as_of, "OF_A_FIELD", 3)

    went, _ = remove()

    monkeypatch.setattr(as_of, "OF_A_FIELD", 40)
    assert went > 0
    assert [values(one) for one in told(played, at, window=6)] == before


def values(one):
    return {path: known.value for path, known in one.items()}


def test_texts_go_month_after_month():
    played = Aged("microworkers", 7)
    played.play(ACTS)
    went, kept = remove()
    played.at = FEBRUARY - timedelta(minutes=20)
    played.play(ACTS)
    at = moments(played, 50, FEBRUARY)
    before = told(played, at), present(played)

    again, left = remove(months.Month(2024, 2))

    rows = AuditEntry.objects.filter(body="")
    assert went + again == rows.count() and again > 0
    assert rows.filter(at__lt=EDGE).count() > went  # February needs less of January
    assert told(played, at) == before[0]
    assert present(played) == before[1]


def test_what_was_changed_outside_since_a_set_stays_for_its_undo(monkeypatch):
    """Also where its field was split off later: an undo looks from the set on."""
    monkeypatch.setattr(as_of, "OF_A_FIELD", 0)
    with clock.replaced(ticking(EDGE - timedelta(days=9))):
        change = ask(State.WAITING, edits=[edit("ttr"), edit("name", '"a"', '"b"')])
        campaign = change.campaign
        outside(campaign, "ttr", "7", "8")
        changes.split(change, {"ttr": Fate(State.CLASH, "8", "8 days")})
        for value in range(9, 12):
            outside(campaign, "ttr", str(value - 1), str(value))
        outside(campaign, "groupId", "1", "2")
        outside(campaign, "groupId", "2", "3")
        Change.objects.update(waits_for_person=False)
    before = histories.touches([campaign.pk], ["ttr"], change.change_set.created_at)

    went, _ = remove()

    assert went > 0
    since = change.change_set.created_at
    assert histories.touches([campaign.pk], ["ttr"], since) == before
    assert len(before) == 4


def ticking(start):
    seconds = itertools.count()
    return lambda: start + timedelta(seconds=next(seconds))


def outside(campaign, path, seen, wanted):
    told = [Told(path, path, seen, wanted, seen, wanted)]
    stream = f"campaign:{campaign.pk}"
    with transaction.atomic():
        words = {"at": clock.now(), "campaign": campaign, "fields": told}
        audit.append(Event.OUTSIDE, stream, **words)
