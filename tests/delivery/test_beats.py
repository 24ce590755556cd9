"""A worker shows that it lives, cheaply, and takes its leave when it is stopped."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.delivery import poll
from campaigns.delivery.beats import Beat
from campaigns.models import WorkerBeat
from tests.services import wait_until


@pytest.fixture
def beat(db, time):
    return Beat()


def test_a_beat_is_written_and_renewed(beat, time):
    beat.show()
    began = WorkerBeat.objects.get().began_at
    time.advance(11)

    beat.show()

    shown = WorkerBeat.objects.get()
    assert shown.began_at == began
    assert shown.at - began == pytest.approx(
        timedelta(seconds=11), abs=timedelta(seconds=1)
    )


def test_between_two_beats_the_database_is_left_alone(beat, time):
    beat.show()

    with CaptureQueriesContext(connection) as queries:
        time.advance(5)
        beat.show()

    assert len(queries) == 0


def test_a_clock_that_was_set_back_does_not_silence_a_worker(beat, time):
    beat.show()
    time.advance(-7200)

    beat.show()

    assert WorkerBeat.objects.get().at <= time.at


def test_workers_that_are_long_gone_are_forgotten(beat, time):
    old = time.at - timedelta(days=2)
    WorkerBeat.objects.create(name="gone:1", began_at=old, at=old)

    beat.show()

    assert not WorkerBeat.objects.filter(name="gone:1").exists()


def test_the_poller_beats_and_takes_its_leave(transactional_db):
    stop = threading.Event()
    runner = threading.Thread(target=poll.run, args=[stop])
    runner.start()
    wait_until(WorkerBeat.objects.exists, "a beat", 30)

    stop.set()
    runner.join(60)

    assert not WorkerBeat.objects.exists()
