"""What came first is told by its order; and nothing is looked at without a pause."""

from campaigns.delivery import deliver as delivering
from campaigns.delivery import sending, verifying
from campaigns.lifecycle import State
from campaigns.models import Connection
from tests.delivery.conftest import fields, thrifty
from tests.delivery.doubt.steps import PATCH, REFILL, TTR, WAREHOUSE, look_at, lose


def test_a_list_beside_a_read_dated_ahead_is_not_looked_at_without_pause(
    indeed, time, monkeypatch
):
    """Read while the clock was ten minutes ahead; then it is set right."""
    monkeypatch.setattr(delivering, "LANES_LIMIT", 3)
    thrifty(indeed, time)
    looks = []
    real = verifying.verify
    monkeypatch.setattr(
        verifying, "verify", lambda *given: (looks.append(time.at), real(*given))
    )
    time.advance(600)
    look_at(indeed, time)
    time.advance(-600)
    change = indeed.ask(WAREHOUSE, "name", "New")
    indeed.deliver()
    assert fields(change) == {"name": State.ACCEPTED}
    time.advance(31)
    indeed.sync()
    looks.clear()
    indeed.deliver()
    assert len(looks) < 5
    assert fields(change) == {"name": State.CONFIRMED}


def test_what_could_not_be_sent_in_time_is_not_read_without_pause(
    indeed, time, monkeypatch
):
    Connection.objects.update(calls_per_minute=60_000)
    real = sending.killpoint

    def slow(name):
        real(name)
        if name == "after-intent":
            time.advance(2.5)

    monkeypatch.setattr(sending, "killpoint", slow)
    monkeypatch.setattr(delivering, "LANES_LIMIT", 3)
    indeed.ask(WAREHOUSE, "name", "New")
    seen = len(indeed.requests())
    indeed.deliver()
    assert len(indeed.requests()) - seen < 20


def test_what_builds_on_a_refused_one_clashes_after_the_clock_is_set_back(desk, time):
    time.advance(7200)
    first = desk.ask(TTR, REFILL, "on")
    second = desk.ask(TTR, REFILL, "off")
    time.advance(-7200)
    no = {"status": 400, "body": {"title": "Bad", "status": 400}}
    desk.sandbox.script({"match": PATCH, "do": {"refuse": no}})
    desk.let_pass(time, 60)
    assert fields(first) == {REFILL: State.REJECTED}
    assert fields(second) == {REFILL: State.CLASH}


def test_what_was_asked_for_by_a_clock_ahead_knows_nothing_of_ours(desk, time):
    before = desk.sandbox.document(TTR)["ttr"]
    lose(desk, "before")
    match = {"method": "GET", "campaign": TTR, "nth": 5}
    desk.sandbox.script({"match": match, "do": {"rival": {"ttr": before}}})
    first = desk.ask(TTR, "ttr", "9")
    desk.let_pass(time, 5)
    assert fields(first) == {"ttr": State.UNKNOWN}
    time.advance(7200)
    second = desk.ask(TTR, "ttr", "11")
    time.advance(-7200)
    assert second.fields.get().seen == str(before)

    desk.let_pass(time, 52)

    assert fields(first) == {"ttr": State.CONFIRMED}
    assert fields(second) == {"ttr": State.WAITING}


def test_what_no_read_can_show_is_not_different(desk, time):
    gone = {"status": 404, "body": {"title": "Gone", "status": 404}}
    match = {"method": "GET", "campaign": TTR, "nth": 2}
    desk.sandbox.script({"match": match, "do": {"refuse": gone}, "times": 0})
    assert desk.edit(TTR, "ttr", {"ttr": "9"}) == []
    assert desk.edit(TTR, REFILL, {REFILL: "on"}) == []
    change = desk.send(key="both").changes.get()
    desk.let_pass(time, 120)
    assert fields(change)[REFILL] == State.UNCONFIRMABLE
