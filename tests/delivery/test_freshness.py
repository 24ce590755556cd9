"""Nothing is sent on a compare answer that has grown old."""

from datetime import timedelta

from campaigns import clock
from campaigns.delivery import reading, sending
from tests.delivery.conftest import fields

WAREHOUSE = "ee4d641cab17b22c"


def test_an_answer_that_grew_old_while_the_database_was_busy_is_read_again(
    road, monkeypatch
):
    indeed = road("indeed")
    indeed.sync()
    change = indeed.ask(WAREHOUSE, "name", "Fresh")
    late, true_keep, true_now = [timedelta(0)], sending.lanes.keep, clock._Clock.source
    waits = iter([0, 3])  # to sort out; to write the intent, behind somebody's lock

    def keep(claim):
        late[0] += timedelta(seconds=next(waits, 0))
        true_keep(claim)

    monkeypatch.setattr(sending.lanes, "keep", keep)
    with clock.replaced(lambda: true_now() + late[0]):
        indeed.deliver()
        indeed.wake()
        indeed.deliver()

    kinds = list(change.attempts.values_list("kind", flat=True))
    assert kinds == ["compare", "compare", "patch", "verify"]
    assert fields(change) == {"name": "confirmed"}


def test_an_answer_is_as_old_as_its_arrival_however_long_it_is_written_down(
    here, time, monkeypatch
):
    indeed = here("indeed")
    change = indeed.ask(WAREHOUSE, "name", "Fresh")
    true_learn, waits = reading.rates.learn, iter([3])

    def learn(*given):
        time.advance(next(waits, 0))  # behind somebody's lock
        true_learn(*given)

    monkeypatch.setattr(reading.rates, "learn", learn)
    indeed.let_pass(time, 10)

    kinds = list(change.attempts.values_list("kind", flat=True))
    assert kinds == ["compare", "compare", "patch", "verify"]


def test_a_worker_that_stood_still_after_its_intent_sends_nothing(
    here, time, monkeypatch
):
    indeed = here("indeed")
    change = indeed.ask(WAREHOUSE, "name", "Fresh")
    pauses = {"after-intent": iter([30])}

    def stand_still(name):
        time.advance(next(pauses.get(name, iter(())), 0))

    monkeypatch.setattr(sending, "killpoint", stand_still)
    indeed.deliver()

    tries = change.attempts.filter(kind="patch").order_by("pk")
    assert list(tries.values_list("verdict", flat=True)) == ["not sent", "accepted"]
    assert len(indeed.patches()) == 1
    change.refresh_from_db()
    assert change.sends == 1
    assert fields(change) == {"name": "confirmed"}


def test_nothing_is_sent_after_a_long_wait_for_a_token(road):
    indeed = road("indeed")
    indeed.sync()
    change = indeed.ask(WAREHOUSE, "name", "Fresh")
    expired = {"refuse": {"status": 401, "type": "INVALID_TOKEN"}}
    indeed.sandbox.script(
        {"match": {"method": "PATCH"}, "do": expired},
        {"match": {"path": "/oauth"}, "do": {"late": 2}},
    )

    indeed.deliver()

    assert len(indeed.patches()) == 1
    assert fields(change) == {"name": "waiting"}
    indeed.wake()
    indeed.deliver()
    assert fields(change) == {"name": "confirmed"}
