"""Verification: silent about an honest history, however it was written."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from campaigns import audit, changes, clock, documents
from campaigns.audit import Event, Told, anchors, keys, seal, stored, verify
from campaigns.audit.verify import NoSuchCheckpoint, Request
from campaigns.changes import Fate
from campaigns.lifecycle import State
from campaigns.models import AuditEntry
from tests.asked import ROADS, ask, edit
from tests.factories import CampaignFactory, PersonFactory

pytestmark = pytest.mark.django_db


def verified(**request):
    report = verify.run(Request(**request))
    return [str(finding) for finding in report.findings.kept]


def told(report_entry):
    return documents.loads(report_entry.body)["facts"]


@pytest.mark.parametrize("state", ROADS)
def test_a_change_on_each_road_fits(state):
    ask(state, reason="Zürich – 10 €\u2028")
    seal.run_once()

    assert verified() == []


def test_a_split_change_fits():
    change = ask(edits=[edit("ttr"), edit("name", '"a"', '"b"')])
    changes.split(change, {"ttr": Fate(State.CLASH, "9", "9 days")})

    assert verified() == []


def test_nothing_at_all_fits():
    assert verified() == []


def test_what_is_not_sealed_yet_fits(sealed, append):
    campaign = CampaignFactory()
    append(campaign=campaign, person=PersonFactory(), fields=[Told("a", "A", "1", "2")])

    report = verify.run(Request())

    assert (report.findings.kept, report.size, report.pending) == ([], 12, 1)


def test_a_changed_key_fits(sealed, append):
    keys.rotate()
    append()
    seal.run_once()

    assert verified() == []


def test_anchors_of_this_history_fit(sealed, settings, append):
    settings.AUDIT_ANCHORS = {"file": "0"}
    anchors.place_due()
    append()
    seal.run_once()
    anchors.place_due()

    report = verify.run(Request())

    assert (report.findings.kept, report.anchors) == ([], 2)


@pytest.mark.parametrize("piece", [1, 2, 5, 100])
def test_pieces_of_any_size_give_the_same(sealed, monkeypatch, piece):
    monkeypatch.setattr(stored, "PIECE", piece)

    report = verify.run(Request())

    assert (report.findings.kept, report.root) == ([], root())


def root():
    return seal.Checkpoint.objects.get(size=12).root


def test_part_of_the_history_fits(sealed):
    report = verify.run(Request(since=7))

    assert (report.findings.kept, report.entries, report.root) == ([], 5, root())


def test_a_part_begins_at_a_checkpoint(sealed):
    with pytest.raises(NoSuchCheckpoint):
        verify.run(Request(since=8))


def test_a_sample_is_proven(sealed):
    report = verify.run(Request(sample=5))

    assert (report.findings.kept, report.entries) == ([], 5)


def test_the_result_is_an_entry(sealed):
    verify.run(Request())

    entry = AuditEntry.objects.get(event=Event.CHECKED)
    assert told(entry)["size"] == 12
    assert told(entry)["says"] == "Everything fits."


def test_an_interrupted_verification_goes_on_where_it_was(sealed, monkeypatch):
    monkeypatch.setattr(stored, "PIECE", 3)
    monkeypatch.setattr(verify, "SAVE_EVERY", 1)
    seen = []

    def stop(at, end):
        if at == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify.run(Request(), stop)
    report = verify.run(Request(resume=True), lambda at, end: seen.append(at))

    assert (report.findings.kept, report.root, seen) == ([], root(), [9, 12])


def test_an_entry_that_was_passed_over_is_named(append):
    append("campaign:1")
    append("campaign:2")
    newest = AuditEntry.objects.order_by("pk").last()
    seal._seal([(newest.pk, newest.leaf)])

    with clock.replaced(lambda: newest.at + timedelta(minutes=6)):
        found = verified()

    assert len(found) == 1
    assert found[0].startswith("entry left without a seal: entry")


def test_that_nobody_seals_is_told_once_and_as_that(append):
    first = append("campaign:1")
    append("campaign:2")

    with clock.replaced(lambda: first.at + timedelta(minutes=6)):
        found = verified()

    assert found == [
        f"sealing is behind: entry {first.pk} (campaign:1 1): it and 1 more have "
        "waited for more than five minutes; does a worker run?"
    ]


@pytest.mark.django_db(transaction=True)
def test_writers_and_a_sealer_raise_no_false_alarm():
    campaigns = [CampaignFactory() for _ in range(4)]
    stop = threading.Event()
    threads = [threading.Thread(target=write, args=[stop, one]) for one in campaigns]
    threads.append(threading.Thread(target=keep_sealing, args=[stop]))
    [thread.start() for thread in threads]

    requested = AuditEntry.objects.filter(event=Event.REQUESTED)
    found = [verified()]
    while (len(found) < 5 or requested.count() <= 8) and len(found) < 200:
        found.append(verified())
    stop.set()
    [thread.join() for thread in threads]

    assert [*found, verified()] == [[]] * (len(found) + 1)
    assert requested.count() > 8


def write(stop, campaign):
    person = PersonFactory()
    while not stop.is_set():
        ask(State.CONFIRMED, campaign=campaign, person=person)
        with transaction.atomic():
            audit.append(Event.TESTED, "system", at=clock.now())
    connection.close()


def keep_sealing(stop):
    while not stop.is_set():
        seal.run_once()
    connection.close()
