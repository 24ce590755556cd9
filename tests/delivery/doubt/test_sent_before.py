"""What was sent before, and again by a person, may be there whatever its state."""

from campaigns import changes
from campaigns.lifecycle import State
from campaigns.models import Change
from campaigns.planning import proposals
from tests.delivery.conftest import fields
from tests.delivery.doubt.steps import (
    FORBIDDEN,
    PATCH,
    REFILL,
    REFUSED,
    TTR,
    WAREHOUSE,
    fresh,
    in_doubt,
    left_unknown,
    look_again,
    look_at,
    lose,
    name_of,
    send_again,
)


def test_gave_up_does_not_say_nothing_was_applied_of_what_was(indeed, time):
    change = in_doubt(indeed, time, "First")
    assert name_of(indeed) == "First"
    unavailable = {"refuse": {"status": 503}}
    indeed.sandbox.script({"match": {"method": "GET"}, "do": unavailable, "times": 0})
    send_again(indeed, change)
    indeed.let_pass(time, 10)
    assert fields(change) == {"name": State.WAITING}

    Change.objects.filter(pk=change.pk).update(expires_at=time.at)
    indeed.let_pass(time, 700)

    assert fields(change) != {"name": State.FAILED}


def test_cancelled_is_not_said_of_what_took_effect(indeed, time):
    change = in_doubt(indeed, time, "First")
    send_again(indeed, change)

    changes.cancel(fresh(change), indeed.person)
    indeed.let_pass(time, 700)

    assert name_of(indeed) == "First"
    assert fields(change) != {"name": State.CANCELLED}


def test_what_may_have_arrived_is_not_superseded_as_unsent(indeed, time):
    change = in_doubt(indeed, time, "First")
    send_again(indeed, change)
    assert indeed.edit(WAREHOUSE, "name", "Other") == []
    proposal = proposals.propose(indeed.person)
    item = proposal.items[0]
    proposals.send(
        proposal, key="o", digest=proposal.digest, replace=[item.campaign.pk]
    )
    indeed.let_pass(time, 60)
    assert fields(change) != {"name": State.SUPERSEDED}


def test_a_hidden_one_that_may_have_arrived_is_not_rejected(desk, time):
    lose(desk, "after")
    change = desk.ask(TTR, REFILL, "on")
    desk.let_pass(time, 90)
    assert fields(change) == {REFILL: State.UNKNOWN} and change.waits_for_person
    no = {"status": 400, "body": {"title": "Bad", "status": 400}}
    desk.sandbox.script({"match": PATCH, "do": {"refuse": no}})

    send_again(desk, change)
    desk.let_pass(time, 90)

    assert fields(change) != {REFILL: State.REJECTED}


def younger_in_doubt_then_held(road, time):
    """The younger put back what the older has seen, and is then Held by a 403."""
    before = name_of(road)
    first = left_unknown(road, time, "after")
    road.let_pass(time, 700)  # its watch reads are over
    back = in_doubt(road, time, before)
    assert name_of(road) == before
    match = {"method": "GET", "campaign": WAREHOUSE}
    road.sandbox.script({"match": match, "do": {"refuse": REFUSED}})
    send_again(road, back)
    road.let_pass(time, 5)
    assert fields(back) == {"name": State.HELD}
    return first, back


def test_an_older_is_not_sent_over_a_younger_held_that_took_effect(indeed, time):
    before = name_of(indeed)
    first, back = younger_in_doubt_then_held(indeed, time)

    look_again(indeed, first)
    indeed.let_pass(time, 90)

    assert name_of(indeed) == before


def test_nor_over_one_that_was_cancelled_then(indeed, time):
    before = name_of(indeed)
    first, back = younger_in_doubt_then_held(indeed, time)
    changes.cancel(fresh(back), indeed.person)

    look_again(indeed, first)
    indeed.let_pass(time, 90)

    assert name_of(indeed) == before


def test_nor_is_a_hidden_one_sent_over_a_younger_held_one(desk, time):
    desk.sandbox.script({"match": PATCH, "do": {"refuse": FORBIDDEN}})
    older = desk.ask(TTR, REFILL, "on")
    desk.let_pass(time, 3)
    assert fields(older) == {REFILL: State.HELD}
    lose(desk, "after")
    younger = desk.ask(TTR, REFILL, "off")
    desk.let_pass(time, 90)
    assert fields(younger) == {REFILL: State.UNKNOWN}
    desk.sandbox.script({"match": PATCH, "do": {"refuse": FORBIDDEN}})
    send_again(desk, younger)
    desk.let_pass(time, 3)
    assert fields(younger) == {REFILL: State.HELD}

    send_again(desk, older)
    desk.let_pass(time, 90)

    assert fields(older) == {REFILL: State.CLASH}


def test_what_was_applied_and_is_sent_again_is_confirmed(indeed, time):
    change = in_doubt(indeed, time, "First")
    send_again(indeed, change)
    indeed.let_pass(time, 60)

    assert fields(change) == {"name": State.CONFIRMED}


def test_an_older_is_not_sent_over_a_younger_that_was_sent_before(indeed, time):
    before = name_of(indeed)
    first = left_unknown(indeed, time, "after")
    indeed.let_pass(time, 700)  # its watch reads are over
    back = in_doubt(indeed, time, before)
    send_again(indeed, back)
    indeed.let_pass(time, 60)
    assert fields(back) == {"name": State.CONFIRMED}

    look_again(indeed, first)
    indeed.let_pass(time, 90)

    assert name_of(indeed) == before


def test_nor_over_a_younger_that_asked_for_what_was_there(indeed, time):
    """Nothing of it was sent; its author was told that the value is as wished."""
    before = name_of(indeed)
    first = left_unknown(indeed, time, "after")
    look_at(indeed, time)
    indeed.sandbox.script(
        {
            "match": {"method": "GET", "campaign": WAREHOUSE},
            "do": {"rival": {"name": before}},
        }
    )
    back = indeed.ask(WAREHOUSE, "name", before)
    indeed.let_pass(time, 60)
    assert fields(back) == {"name": State.ALREADY_SO}

    look_again(indeed, first)
    indeed.let_pass(time, 90)

    assert name_of(indeed) == before


def test_an_older_is_not_sent_over_a_younger_different(indeed, time):
    """Accepted, in effect, and reading back refused for good."""
    before = name_of(indeed)
    first = left_unknown(indeed, time, "after")
    look_at(indeed, time)
    gone = {"status": 404, "body": {"errors": [{"message": "Gone."}]}}
    match = {"method": "GET", "campaign": WAREHOUSE, "nth": 2}
    indeed.sandbox.script({"match": match, "do": {"refuse": gone}, "times": 30})
    back = indeed.ask(WAREHOUSE, "name", before)
    indeed.let_pass(time, 90)
    assert fields(back) == {"name": State.DIFFERENT}
    indeed.sandbox.clear()

    look_again(indeed, first)
    indeed.let_pass(time, 90)

    assert name_of(indeed) == before


def test_what_is_not_seen_yet_has_replaced_nothing(indeed, time):
    """Neither arrived: the one in doubt ends as replaced by one that never came."""
    first = left_unknown(indeed, time, "before")
    before = name_of(indeed)
    indeed.sandbox.script({"match": PATCH, "do": {"ignore": True}})
    second = indeed.ask(WAREHOUSE, "name", "Second")
    indeed.let_pass(time, 3)
    assert fields(second) == {"name": State.ACCEPTED}

    look_again(indeed, first)
    indeed.let_pass(time, 120)

    assert name_of(indeed) == before
    assert fields(second) == {"name": State.DIFFERENT}
    assert fields(first) != {"name": State.UNCONFIRMABLE}


def test_what_its_first_request_had_set_does_not_end_what_its_second_lost(indeed, time):
    """The name comes late, between the read back and the compare; the token never."""
    lose(indeed, "before")
    lose(indeed, "before")
    match = {"method": "GET", "campaign": WAREHOUSE, "nth": 3}
    indeed.sandbox.script({"match": match, "do": {"rival": {"name": "Ours"}}})
    assert indeed.edit(WAREHOUSE, "name", "Ours") == []
    assert indeed.edit(WAREHOUSE, "trackingToken", "token-1") == []
    change = indeed.send(key="both").changes.get()

    indeed.let_pass(time, 150)

    both = {"name": State.CONFIRMED, "trackingToken": State.CONFIRMED}
    assert fields(change) == both
    assert len(indeed.patches()) == 3
