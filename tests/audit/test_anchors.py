"""Anchors: the newest checkpoint lies where the database does not reach."""

import socket
import threading
from datetime import timedelta

import pytest

from campaigns import clock
from campaigns.audit import anchors, keys, notes, seal, upkeep, verify
from campaigns.audit.verify import Request
from campaigns.delivery import poll
from campaigns.models import Anchor, Seal
from tests.factories import PersonFactory
from tests.services import wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_tried():
    anchors._Tried.after.clear()


def laid_down(settings):
    return notes.find(settings.AUDIT_ANCHOR_FILE.read_text())


def test_the_file_holds_the_signed_checkpoint(sealed, settings):
    settings.AUDIT_ANCHORS = {"file": "60"}

    assert anchors.place_due() == 1

    assert laid_down(settings) == [seal.newest().note]
    assert notes.is_signed(laid_down(settings)[0], keys.trusted()[0])


def test_an_anchor_waits_its_time(sealed, append, settings):
    settings.AUDIT_ANCHORS = {"file": "60"}
    anchors.place_due()
    append()
    seal.run_once()
    later = clock.now() + timedelta(minutes=61)

    assert anchors.place_due() == 0
    with clock.replaced(lambda: later):
        assert anchors.place_due() == 1

    assert len(laid_down(settings)) == 2


def test_nothing_new_is_not_laid_down_twice(sealed, settings):
    settings.AUDIT_ANCHORS = {"file": "0"}

    assert [anchors.place_due(), anchors.place_due()] == [1, 0]


def test_a_row_lost_to_a_kill_is_made_up_for(sealed, append, settings):
    settings.AUDIT_ANCHORS = {"file": "0"}
    anchors._file(seal.newest().note)
    append()
    seal.run_once()

    assert verify.run(Request()).is_intact
    anchors.place_due()

    assert list(Anchor.objects.values_list("size", flat=True)) == [12, 13]
    assert verify.run(Request()).is_intact


def test_managers_get_it_by_mail(sealed, settings, mailoutbox):
    settings.AUDIT_ANCHORS = {"mail": "1440"}
    manager = PersonFactory(manager=True)
    PersonFactory()

    anchors.place_due()

    assert [mail.bcc for mail in mailoutbox] == [[manager.email]]
    assert notes.find(mailoutbox[0].body) == [seal.newest().note]


def test_syslog_gets_it_on_one_line(sealed, settings):
    settings.AUDIT_ANCHORS = {"syslog": "60"}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        settings.AUDIT_SYSLOG = f"127.0.0.1:{server.getsockname()[1]}"

        anchors.place_due()

        line = server.recv(4096).decode()
    assert line.endswith(seal.newest().note.strip().replace("\n", "|"))


def test_a_place_out_of_reach_stops_nothing_and_is_tried_again(append, settings):
    settings.AUDIT_ANCHORS = {"syslog": "60", "file": "60"}
    settings.AUDIT_SYSLOG = "/nowhere/at/all"
    append()

    assert upkeep.run_once() == 1

    assert list(Anchor.objects.values_list("kind")) == [("file",)]
    assert "syslog" in anchors._Tried.after


@pytest.mark.django_db(transaction=True)
def test_the_poller_seals_within_two_seconds(append):
    append()
    stop = threading.Event()
    poller = threading.Thread(target=poll.run, args=[stop])
    poller.start()
    try:
        wait_until(Seal.objects.exists, "the entry is sealed", 5)
    finally:
        stop.set()
        poller.join()
