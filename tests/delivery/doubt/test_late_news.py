"""Late effects beside what people decide, and what is in doubt itself."""

from campaigns import lifecycle
from campaigns.delivery import watching
from campaigns.lifecycle import State
from tests.delivery.conftest import fields
from tests.delivery.doubt.steps import (
    LIMIT,
    LIMIT_ON,
    PATCH,
    REFUSED,
    TTR,
    WAREHOUSE,
    lose,
)


def test_what_a_younger_in_doubt_replaced_is_not_different(indeed, time):
    lose(indeed, "after")
    lost = indeed.ask(WAREHOUSE, "name", "Lost")
    indeed.let_pass(time, 55)
    assert fields(lost) == {"name": State.CONFIRMED}
    newer = indeed.ask(WAREHOUSE, "name", "Newer")
    indeed.let_pass(time, 3)
    assert fields(newer) == {"name": State.CONFIRMED}
    lose(indeed, "after")
    undo = indeed.ask(WAREHOUSE, "name", "Lost", key="undo")
    match = {"method": "GET", "campaign": WAREHOUSE, "nth": 2}
    indeed.sandbox.script({"match": match, "do": {"refuse": REFUSED}})
    indeed.let_pass(time, 53)
    assert fields(undo) == {"name": State.UNKNOWN} and undo.waits_for_person

    indeed.let_pass(time, 700)

    assert fields(newer) == {"name": State.CONFIRMED}


def test_a_late_effect_over_what_came_before_its_second_send_is_told(indeed, time):
    """The newer one arrived between its read back and its next compare."""
    lose(indeed, "after")
    lost = indeed.ask(WAREHOUSE, "name", "Lost")
    indeed.let_pass(time, 55)
    assert fields(lost) == {"name": State.CONFIRMED}
    lose(indeed, "before")
    match = {"method": "GET", "campaign": WAREHOUSE, "nth": 3}
    indeed.sandbox.script({"match": match, "do": {"rival": {"name": "Newer"}}})
    newer = indeed.ask(WAREHOUSE, "name", "Newer")
    indeed.let_pass(time, 54)
    assert fields(newer) == {"name": State.CONFIRMED}

    indeed.sandbox.edit(WAREHOUSE, {"name": "Lost"})
    indeed.let_pass(time, 900)

    assert fields(newer) == {"name": State.DIFFERENT} and newer.waits_for_person


def decided_in_part_then_late(road, time):
    lose(road, "after")
    lost = road.ask(WAREHOUSE, "name", "Lost")
    road.let_pass(time, 55)
    assert fields(lost) == {"name": State.CONFIRMED} and lost.watch_at
    road.sandbox.script({"match": PATCH, "do": {"partly": ["name"]}})
    assert road.edit(WAREHOUSE, "name", "Newer") == []
    assert road.edit(WAREHOUSE, "trackingToken", "token-1") == []
    newer = road.send(key="both").changes.get()
    road.let_pass(time, 40)
    assert fields(newer) == {"name": State.CONFIRMED, "trackingToken": State.DIFFERENT}
    assert road.decide(newer, "trackingToken", "mine")
    road.let_pass(time, 5)
    road.sandbox.edit(WAREHOUSE, {"name": "Lost"})
    return lost, newer


def test_a_late_effect_over_a_part_of_what_was_decided_ends_no_job(indeed, time):
    """One field Confirmed; the other was Different, and a person chose a value."""
    lose(indeed, "after")
    lost = indeed.ask(WAREHOUSE, "name", "Lost")
    indeed.let_pass(time, 55)
    assert fields(lost) == {"name": State.CONFIRMED} and lost.watch_at
    partly = {"match": PATCH, "do": {"partly": ["name"]}}
    indeed.sandbox.script(partly)
    assert indeed.edit(WAREHOUSE, "name", "Newer") == []
    assert indeed.edit(WAREHOUSE, "trackingToken", "token-1") == []
    newer = indeed.send(key="both").changes.get()
    indeed.let_pass(time, 40)
    assert fields(newer) == {"name": State.CONFIRMED, "trackingToken": State.DIFFERENT}
    assert indeed.decide(newer, "trackingToken", "mine")
    indeed.let_pass(time, 5)

    indeed.sandbox.edit(WAREHOUSE, {"name": "Lost"})
    indeed.let_pass(time, 900)

    assert fields(newer)["name"] == State.DIFFERENT and newer.waits_for_person


def test_nor_does_it_turn_at_a_price_for_ever(indeed, time):
    decided_in_part_then_late(indeed, time)
    seen, broken = len(indeed.requests()), 0
    for _ in range(3600):
        time.advance(1)
        try:
            indeed.deliver()
        except lifecycle.IllegalMove:
            broken += 1
    other = indeed.ask(WAREHOUSE, "trackingToken", "token-2")
    waited = 0
    while fields(other) != {"trackingToken": State.CONFIRMED} and waited < 300:
        time.advance(1)
        waited += 1
        try:
            indeed.deliver()
        except lifecycle.IllegalMove:
            broken += 1
    assert len(indeed.requests()) - seen < 10


def test_what_a_person_has_decided_meanwhile_stays_decided(desk, time, monkeypatch):
    lose(desk, "after")
    lost = desk.ask(TTR, "ttr", "9")
    desk.let_pass(time, 55)
    assert fields(lost) == {"ttr": State.CONFIRMED} and lost.watch_at
    desk.sandbox.script({"match": PATCH, "do": {"partly": ["ttr"]}})
    is_on = desk.sandbox.document(TTR).get("qtRequired")
    assert desk.edit(TTR, "ttr", {"ttr": "11"}) == []
    assert desk.edit(TTR, LIMIT, {LIMIT: "55", LIMIT_ON: "on"}) == []
    flag = {"qtRequired": "off" if is_on else "on"}
    assert desk.edit(TTR, "qtRequired", flag) == []
    newer = desk.send(key="three").changes.get()
    desk.let_pass(time, 40)
    assert sorted(fields(newer).values()) == ["confirmed", "different", "different"]
    desk.sandbox.edit(TTR, {"ttr": 9})
    tell, keep, sent, telling = watching._tell, watching.lanes.keep, [], []

    def is_told(*given):
        telling.append(1)
        tell(*given)

    def just_before_the_lock(claim):
        if telling and not sent:
            sent.append(desk.decide(newer, LIMIT, "mine"))
        keep(claim)

    monkeypatch.setattr(watching, "_tell", is_told)
    monkeypatch.setattr(watching.lanes, "keep", just_before_the_lock)
    desk.let_pass(time, 700)

    assert fields(newer)[LIMIT] == State.SUPERSEDED
    assert fields(newer)["ttr"] == State.DIFFERENT
