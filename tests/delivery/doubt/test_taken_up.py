"""What people take up again, cancel or decide while it is in doubt."""

from campaigns import changes
from campaigns.lifecycle import State
from tests.delivery.conftest import fields
from tests.delivery.doubt.steps import (
    NO,
    PATCH,
    REFUSED,
    WAREHOUSE,
    fresh,
    left_unknown,
    look_again,
    look_at,
    lose,
    lost_then_both,
    name_of,
    send_again,
)


def said(text):
    """A refusal with the platform's own words."""
    told = [{"type": "LIMIT", "description": text}]
    return {"status": 422, "body": {"meta": {"errors": told}}}


GONE = {"status": 404, "body": {"errors": [{"message": "Gone."}]}}


def test_sent_again_after_cancelling_is_not_withdrawn(indeed, time):
    change = left_unknown(indeed, time, "before")
    send_again(indeed, change)
    changes.cancel(fresh(change), indeed.person)
    send_again(indeed, change)  # thought better of it
    unread = {"method": "GET", "campaign": WAREHOUSE}
    indeed.sandbox.script({"match": unread, "do": {"refuse": GONE}})
    indeed.let_pass(time, 5)
    assert fields(change) == {"name": State.UNKNOWN} and change.waits_for_person

    look_again(indeed, change)
    indeed.let_pass(time, 120)

    assert fields(change) == {"name": State.CONFIRMED}


def confirmed_beside_unknown(road, time):
    """Newer: name Confirmed, token Unknown and before a person."""
    newer = lost_then_both(road, time)
    road.let_pass(time, 2)
    lose(road, "after")
    while fields(newer).get("name") != State.CONFIRMED:
        road.let_pass(time, 1)
    assert fields(newer)["trackingToken"] in (State.SENDING, State.UNKNOWN)
    road.let_pass(time, 15)  # the first watch read of the lost one is over
    refuse = {"match": {"method": "GET"}, "do": {"refuse": GONE}, "times": 0}
    road.sandbox.script(refuse)
    while not fresh(newer).waits_for_person:
        road.let_pass(time, 5)
    road.sandbox.clear()
    assert fields(newer) == {"name": State.CONFIRMED, "trackingToken": State.UNKNOWN}
    return newer


def refused_beside_confirmed(road, time):
    """Lost; its name came all the same; sent again, and its token refused."""
    lose(road, "before")
    match = {"method": "GET", "campaign": WAREHOUSE, "nth": 2}
    road.sandbox.script({"match": match, "do": {"refuse": REFUSED}})
    assert road.edit(WAREHOUSE, "name", "Ours") == []
    assert road.edit(WAREHOUSE, "trackingToken", "token-1") == []
    change = road.send(key="both").changes.get()
    road.let_pass(time, 90)
    assert change.fields.count() == 2 and fresh(change).waits_for_person
    road.sandbox.edit(WAREHOUSE, {"name": "Ours"})  # half of it comes
    return change


def test_what_is_confirmed_is_not_rejected(indeed, time):
    change = refused_beside_confirmed(indeed, time)
    indeed.sandbox.script({"match": PATCH, "do": {"refuse": NO}})
    send_again(indeed, change)
    indeed.let_pass(time, 5)
    assert fields(change) == {"name": State.CONFIRMED, "trackingToken": State.UNKNOWN}

    look_again(indeed, change)
    indeed.let_pass(time, 60)

    assert name_of(indeed) == "Ours"
    assert fields(change) == {"name": State.CONFIRMED, "trackingToken": State.REJECTED}


def rejected_with_different(road, time):
    newer = lost_then_both(road, time)
    road.sandbox.script({"match": {**PATCH, "nth": 2}, "do": {"refuse": NO}})
    road.let_pass(time, 60)
    assert fields(newer) == {"name": State.CONFIRMED, "trackingToken": State.REJECTED}
    road.sandbox.edit(WAREHOUSE, {"name": "Lost"})
    road.let_pass(time, 900)
    assert fields(newer) == {"name": State.DIFFERENT, "trackingToken": State.REJECTED}
    return newer


def test_theirs_of_a_part_that_was_sent_is_not_cancelled(indeed, time):
    newer = rejected_with_different(indeed, time)
    indeed.decide(newer, "name", "theirs")
    assert fields(newer)["name"] == State.DIFFERENT


def test_deciding_it_does_not_put_the_refusal_aside(indeed, time):
    newer = rejected_with_different(indeed, time)
    indeed.decide(newer, "name", "mine")
    indeed.let_pass(time, 60)
    assert fields(newer)["trackingToken"] == State.REJECTED
    assert newer.waits_for_person


def test_cancelled_and_not_there_stands_in_no_way(indeed, time):
    older = left_unknown(indeed, time, "before")
    look_at(indeed, time)
    lose(indeed, "before")
    younger = indeed.ask(WAREHOUSE, "name", "Younger")
    indeed.let_pass(time, 3)
    assert fields(younger) == {"name": State.UNKNOWN}
    indeed.sandbox.script(
        {"match": {"method": "GET"}, "do": {"refuse": GONE}, "times": 0}
    )
    indeed.let_pass(time, 90)
    indeed.sandbox.clear()
    assert fields(younger) == {"name": State.UNKNOWN} and younger.waits_for_person
    send_again(indeed, younger)
    changes.cancel(fresh(younger), indeed.person)
    look_again(indeed, younger)
    indeed.let_pass(time, 60)
    assert fields(younger) == {"name": State.CANCELLED}

    look_again(indeed, older)
    indeed.let_pass(time, 60)

    assert fields(older) == {"name": State.CONFIRMED}, fresh(older).says


def test_no_older_over_a_younger_that_came_late(indeed, time):
    before = name_of(indeed)
    older = left_unknown(indeed, time, "after")
    look_at(indeed, time)
    assert name_of(indeed) == "First"
    indeed.sandbox.script({"match": PATCH, "do": {"ignore": True}})
    younger = indeed.ask(WAREHOUSE, "name", before, key="back")
    indeed.let_pass(time, 60)
    assert fields(younger) == {"name": State.DIFFERENT} and younger.waits_for_person
    indeed.sandbox.edit(WAREHOUSE, {"name": before})  # it is applied now

    look_again(indeed, older)
    indeed.let_pass(time, 60)

    assert name_of(indeed) == before, fields(older)


def test_the_words_of_a_refusal_are_kept(indeed, time):
    change = left_unknown(indeed, time, "before")
    no = {
        "status": 422,
        "body": {
            "meta": {
                "errors": [{"type": "LIMIT", "description": "Too many campaigns."}]
            }
        },
    }
    indeed.sandbox.script({"match": PATCH, "do": {"refuse": no}})
    send_again(indeed, change)
    indeed.let_pass(time, 5)
    assert fields(change) == {"name": State.UNKNOWN}
    row = change.fields.get()
    assert "Too many" in fresh(change).says + row.says + row.advice

    look_again(indeed, change)
    indeed.let_pass(time, 60)
    row = change.fields.get()
    assert fields(change) == {"name": State.REJECTED}
    assert "Too many" in fresh(change).says + row.says + row.advice


def test_withdrawn_beside_what_is_there_asks_nobody(indeed, time):
    change = refused_beside_confirmed(indeed, time)
    send_again(indeed, change)
    changes.cancel(fresh(change), indeed.person)
    look_again(indeed, change)
    indeed.let_pass(time, 60)
    assert fields(change)["name"] == State.CONFIRMED
    assert fields(change)["trackingToken"] == State.CANCELLED


def test_a_refused_read_is_not_called_a_refusal_of_the_change(indeed, time):
    change = left_unknown(indeed, time, "before")
    send_again(indeed, change)
    unread = {"method": "GET", "campaign": WAREHOUSE}
    indeed.sandbox.script({"match": unread, "do": {"refuse": GONE}})
    indeed.let_pass(time, 5)
    assert "knows no such campaign" in fresh(change).says, fresh(change).says


def test_a_plain_refusal_shows_them(indeed, time):
    for text in ("Too many campaigns.", "name: is taken."):
        body = {"meta": {"errors": [{"type": "LIMIT", "description": text}]}}
        indeed.sandbox.script(
            {"match": PATCH, "do": {"refuse": {"status": 422, "body": body}}}
        )
        change = indeed.ask(WAREHOUSE, "name", f"Other {len(text)}")
        indeed.let_pass(time, 5)
        row = change.fields.get()
        assert fields(change) == {"name": State.REJECTED}
        assert text in fresh(change).says + row.says + row.advice


def test_what_was_refused_and_sent_again_since_is_sent(indeed, time):
    change = left_unknown(indeed, time, "before")
    indeed.sandbox.script({"match": PATCH, "do": {"refuse": NO}})
    send_again(indeed, change)
    indeed.let_pass(time, 5)
    assert fields(change) == {"name": State.UNKNOWN} and change.waits_for_person
    send_again(indeed, change)  # the reason of the refusal is gone
    unread = {"method": "GET", "campaign": WAREHOUSE}
    indeed.sandbox.script({"match": unread, "do": {"refuse": GONE}})
    indeed.let_pass(time, 5)
    assert fields(change) == {"name": State.UNKNOWN} and change.waits_for_person
    look_again(indeed, change)
    indeed.let_pass(time, 120)
    assert fields(change) == {"name": State.CONFIRMED}


def test_a_refusal_that_nobody_was_told_of_is_asked_for_once_more(
    indeed, time, stands_still
):
    """The worker was away while the platform refused it: its words would be lost."""
    stands_still("after-answer")
    indeed.sandbox.script({"match": PATCH, "do": {"refuse": NO}})
    change = indeed.ask(WAREHOUSE, "name", "Second")
    indeed.deliver()
    assert fields(change) == {"name": State.UNKNOWN}

    indeed.let_pass(time, 120)

    assert fields(change) == {"name": State.CONFIRMED}
    assert len(indeed.patches()) == 2


def test_where_looked_again_it_is_told(indeed, time):
    newer = confirmed_beside_unknown(indeed, time)
    indeed.sandbox.edit(WAREHOUSE, {"name": "Lost"})
    indeed.let_pass(time, 900)
    look_again(indeed, newer)
    indeed.let_pass(time, 60)
    assert fields(newer)["name"] == State.DIFFERENT and newer.waits_for_person


def test_what_was_already_so_is_not_rejected(indeed, time):
    """The name was set by somebody before the first send; only the token went out."""
    lose(indeed, "before")
    first = {"method": "GET", "campaign": WAREHOUSE, "nth": 1}
    indeed.sandbox.script({"match": first, "do": {"rival": {"name": "Ours"}}})
    assert indeed.edit(WAREHOUSE, "name", "Ours") == []
    assert indeed.edit(WAREHOUSE, "trackingToken", "token-1") == []
    change = indeed.send(key="both").changes.get()
    indeed.let_pass(time, 3)
    assert fields(change) == {"name": State.ALREADY_SO, "trackingToken": State.UNKNOWN}
    refuse = {"match": {"method": "GET"}, "do": {"refuse": GONE}, "times": 0}
    indeed.sandbox.script(refuse)
    indeed.let_pass(time, 90)
    indeed.sandbox.clear()
    assert fresh(change).waits_for_person
    indeed.sandbox.script({"match": PATCH, "do": {"refuse": NO}})
    send_again(indeed, change)
    indeed.let_pass(time, 5)
    look_again(indeed, change)
    indeed.let_pass(time, 60)
    assert fields(change) == {"name": State.ALREADY_SO, "trackingToken": State.REJECTED}


def test_after_theirs_of_a_rejected_one_the_other_is_still_asked(indeed, time):
    newer = rejected_with_different(indeed, time)
    assert newer.waits_for_person
    indeed.decide(newer, "name", "theirs")
    assert fresh(newer).waits_for_person


def test_a_found_of_an_earlier_compare_is_no_read_back(indeed, time):
    """Different for want of any read back; `found` is left from its first compare."""
    before = name_of(indeed)
    older = left_unknown(indeed, time, "after")
    look_at(indeed, time)
    busy = {"status": 429, "body": {"errors": [{"message": "Slow down."}]}}
    indeed.sandbox.script({"match": PATCH, "do": {"refuse": busy}})
    first = {"method": "GET", "campaign": WAREHOUSE, "nth": 1}
    indeed.sandbox.script({"match": first, "do": {"rival": {"name": before}}})
    assert indeed.edit(WAREHOUSE, "name", before) == []
    assert indeed.edit(WAREHOUSE, "trackingToken", "token-1") == []
    younger = indeed.send(key="both").changes.get()
    indeed.deliver()
    assert fields(younger) == {"name": State.WAITING, "trackingToken": State.WAITING}
    indeed.sandbox.edit(WAREHOUSE, {"name": "First"})
    back = {"method": "GET", "campaign": WAREHOUSE, "nth": 2}
    indeed.sandbox.script({"match": back, "do": {"refuse": GONE}, "times": 30})
    indeed.let_pass(time, 700)
    indeed.sandbox.clear()
    assert name_of(indeed) == before, fields(younger)
    assert fields(younger)["name"] == State.DIFFERENT, fields(younger)

    look_again(indeed, older)
    indeed.let_pass(time, 90)

    assert name_of(indeed) == before


def test_late_over_confirmed_beside_refused_is_told(indeed, time):
    lose(indeed, "after")
    lost = indeed.ask(WAREHOUSE, "name", "Lost", key="lost")
    indeed.let_pass(time, 55)
    assert fields(lost) == {"name": State.CONFIRMED} and lost.watch_at
    change = refused_beside_confirmed(indeed, time)
    indeed.sandbox.script({"match": PATCH, "do": {"refuse": NO}})
    send_again(indeed, change)
    indeed.let_pass(time, 5)
    assert fields(change) == {"name": State.CONFIRMED, "trackingToken": State.UNKNOWN}
    assert fresh(lost).watch_at
    indeed.sandbox.edit(WAREHOUSE, {"name": "Lost"})
    indeed.let_pass(time, 900)
    look_again(indeed, change)
    indeed.let_pass(time, 60)
    assert name_of(indeed) == "Lost"
    assert fields(change)["name"] != State.CONFIRMED, fields(change)


def test_no_older_over_a_younger_refused_one_that_came_late(indeed, time):
    before = name_of(indeed)
    older = left_unknown(indeed, time, "after")
    look_at(indeed, time)
    lose(indeed, "before")
    younger = indeed.ask(WAREHOUSE, "name", before, key="back")
    indeed.let_pass(time, 3)
    assert fields(younger) == {"name": State.UNKNOWN}
    refuse = {"match": {"method": "GET"}, "do": {"refuse": GONE}, "times": 0}
    indeed.sandbox.script(refuse)
    indeed.let_pass(time, 90)
    indeed.sandbox.clear()
    assert fields(younger) == {"name": State.UNKNOWN} and younger.waits_for_person
    indeed.sandbox.script({"match": PATCH, "do": {"refuse": NO}})
    send_again(indeed, younger)
    indeed.let_pass(time, 5)
    look_again(indeed, younger)
    indeed.let_pass(time, 60)
    assert fields(younger) == {"name": State.REJECTED}
    indeed.sandbox.edit(WAREHOUSE, {"name": before})  # its first request, late
    look_again(indeed, older)
    indeed.let_pass(time, 60)
    assert name_of(indeed) == before, (fields(older), fields(younger))


def test_no_older_over_a_younger_resent_refused_late(indeed, time):
    before = name_of(indeed)
    older = left_unknown(indeed, time, "after")
    look_at(indeed, time)
    lose(indeed, "before")
    indeed.sandbox.script({"match": {**PATCH, "nth": 2}, "do": {"refuse": NO}})
    younger = indeed.ask(WAREHOUSE, "name", before, key="back")
    indeed.let_pass(time, 90)
    assert fields(younger) == {"name": State.REJECTED}
    indeed.sandbox.edit(WAREHOUSE, {"name": before})
    look_again(indeed, older)
    indeed.let_pass(time, 60)
    assert name_of(indeed) == before, (fields(older), fields(younger))
