"""What becomes of an edit when the platform refuses, loses, ignores or is changed."""

import pytest

from campaigns import changes, connections
from campaigns.lifecycle import State
from campaigns.models import Attempt, Connection
from tests.delivery.conftest import fields
from tests.factories import PersonFactory

WAREHOUSE = "ee4d641cab17b22c"
COST = "3141592653589793"
TTR = "a4c0b1d2e3f5"
PATCH = {"method": "PATCH"}


@pytest.fixture
def microworkers(road):
    made = road("microworkers")
    made.sync()
    return made


def test_a_refusal_stands_at_its_field_in_the_platforms_words(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Registered nurses, St. Mary's Hospital")

    indeed.deliver()

    assert fields(change) == {"name": State.REJECTED}
    assert "name" in change.fields.get().says.lower()
    assert change.waits_for_person


def test_a_lost_answer_is_unknown_and_ends_by_a_read(indeed):
    indeed.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    change = indeed.ask(WAREHOUSE, "name", "Warehouse, renamed")
    indeed.deliver()
    assert fields(change) == {"name": State.UNKNOWN}

    indeed.wake()
    indeed.deliver()

    assert fields(change) == {"name": State.CONFIRMED}
    assert len(indeed.patches()) == 1


def test_an_unknown_that_was_not_applied_is_sent_again(indeed):
    indeed.sandbox.script({"match": PATCH, "do": {"lost": "before"}})
    change = indeed.ask(WAREHOUSE, "name", "Warehouse, renamed")
    indeed.deliver()

    indeed.wake()
    indeed.deliver()

    assert fields(change) == {"name": State.CONFIRMED}
    assert len(indeed.patches()) == 2


def test_an_unknown_of_a_field_nobody_reports_waits_for_a_person(microworkers):
    microworkers.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    change = microworkers.ask(TTR, "autoRefillPositions", "on")
    microworkers.deliver()

    microworkers.wake()
    microworkers.deliver()

    assert fields(change) == {"autoRefillPositions": State.UNKNOWN}
    assert change.waits_for_person
    assert len(microworkers.patches()) == 1


def test_a_never_reported_field_ends_unconfirmable(microworkers):
    change = microworkers.ask(TTR, "autoRefillPositions", "on")

    microworkers.deliver()

    assert fields(change) == {"autoRefillPositions": State.UNCONFIRMABLE}


def test_a_foreign_edit_before_the_send_is_a_clash_and_nothing_is_sent(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Mine")
    indeed.sandbox.edit(WAREHOUSE, {"name": "Theirs"})

    indeed.deliver()

    assert fields(change) == {"name": State.CLASH}
    assert change.fields.get().found_text == "Theirs"
    assert indeed.patches() == []


def test_only_the_clashing_field_stays_behind(indeed):
    indeed.edit(WAREHOUSE, "name", "Mine")
    indeed.edit(WAREHOUSE, "trackingToken", "spring")
    change = indeed.send().changes.get()
    indeed.sandbox.edit(WAREHOUSE, {"name": "Theirs"})

    indeed.deliver()

    assert fields(change) == {"trackingToken": State.CONFIRMED}
    assert fields(change.split_off.get()) == {"name": State.CLASH}
    assert indeed.sandbox.document(WAREHOUSE)["name"] == "Theirs"


def test_mine_is_sent_over_theirs_once_a_person_says_so(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Mine")
    indeed.sandbox.edit(WAREHOUSE, {"name": "Theirs"})
    indeed.deliver()

    change.refresh_from_db()
    sent = indeed.decide(change, "name", "mine")
    indeed.deliver()

    assert fields(change) == {"name": State.SUPERSEDED}
    assert fields(sent.changes.get()) == {"name": State.CONFIRMED}


def test_theirs_ends_a_clash_without_a_send(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Mine")
    indeed.sandbox.edit(WAREHOUSE, {"name": "Theirs"})
    indeed.deliver()

    change.refresh_from_db()
    indeed.decide(change, "name", "theirs")

    assert fields(change) == {"name": State.CANCELLED}
    assert indeed.patches() == []


def test_a_value_that_is_already_there_is_not_sent(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Same")
    indeed.sandbox.edit(WAREHOUSE, {"name": "Same"})

    indeed.deliver()

    assert fields(change) == {"name": State.ALREADY_SO}
    assert indeed.patches() == []


def test_a_change_that_is_ignored_ends_different(indeed):
    indeed.sandbox.script({"match": PATCH, "do": {"ignore": True}})
    change = indeed.ask(WAREHOUSE, "name", "Warehouse, renamed")

    indeed.deliver()

    assert fields(change) == {"name": State.DIFFERENT}
    assert change.waits_for_person


def test_a_normalised_value_ends_different_with_what_was_found(indeed):
    indeed.sandbox.script({"match": PATCH, "do": {"normalise": {"name": "SHOUTED"}}})
    change = indeed.ask(WAREHOUSE, "name", "Quiet")

    indeed.deliver()

    assert fields(change) == {"name": State.DIFFERENT}
    assert change.fields.get().found_text == "SHOUTED"


def test_a_stale_read_is_not_taken_for_the_truth(indeed):
    Connection.objects.update(settle_seconds=30)
    indeed.sandbox.script({"match": PATCH, "do": {"stale": 5}})
    change = indeed.ask(WAREHOUSE, "name", "Warehouse, renamed")
    indeed.deliver()  # within those five seconds also on a busy machine
    assert fields(change) == {"name": State.ACCEPTED}

    while fields(change) == {"name": State.ACCEPTED}:
        indeed.wake()
        indeed.deliver()

    assert fields(change) == {"name": State.CONFIRMED}


def test_too_many_requests_wait_at_least_as_long_as_asked(indeed):
    refuse = {"status": 429, "headers": {"Retry-After": "40"}}
    indeed.sandbox.script({"match": PATCH, "do": {"refuse": refuse}})
    change = indeed.ask(WAREHOUSE, "name", "Later")

    indeed.deliver()

    assert fields(change) == {"name": State.WAITING}
    assert (change.due_at - change.moved_at).total_seconds() >= 39


def test_a_server_error_leaves_the_outcome_open(microworkers):
    refuse = {"status": 500, "body": None}
    microworkers.sandbox.script({"match": PATCH, "do": {"refuse": refuse}})
    change = microworkers.ask(TTR, "ttr", "9")

    microworkers.deliver()

    assert fields(change) == {"ttr": State.UNKNOWN}


def test_refused_credentials_hold_the_connection(microworkers):
    refuse = {"status": 401, "body": {"title": "Unauthorized", "status": 401}}
    microworkers.sandbox.script({"match": {}, "do": {"refuse": refuse}, "times": 0})
    change = microworkers.ask(TTR, "ttr", "9")

    microworkers.deliver()

    assert fields(change) == {"ttr": State.HELD}
    assert Connection.objects.get().is_held


def test_a_released_connection_sends_what_was_held(microworkers):
    change = microworkers.ask(TTR, "ttr", "9")
    connections.hold(microworkers.connection, None, "Checking something")
    assert fields(change) == {"ttr": State.HELD}

    connections.release(microworkers.connection, None)
    microworkers.deliver()

    assert fields(change) == {"ttr": State.CONFIRMED}


def test_nothing_leaves_a_held_connection(microworkers):
    change = microworkers.ask(TTR, "ttr", "9")
    Connection.objects.update(held_at=change.created_at, held_reason="Stop")

    microworkers.deliver()

    assert fields(change) == {"ttr": State.HELD}
    assert microworkers.patches() == []


def test_a_forbidden_campaign_holds_this_change_alone(microworkers):
    refuse = {"status": 403, "body": {"title": "AccessDenied", "status": 403}}
    microworkers.sandbox.script({"match": PATCH, "do": {"refuse": refuse}})
    change = microworkers.ask(TTR, "ttr", "9")

    microworkers.deliver()

    assert fields(change) == {"ttr": State.HELD}
    assert not Connection.objects.get().is_held


def test_two_edits_of_one_field_take_effect_in_order(indeed):
    first = indeed.ask(WAREHOUSE, "name", "First")
    second = indeed.ask(WAREHOUSE, "name", "Second")

    indeed.deliver()

    assert fields(first) == fields(second) == {"name": State.CONFIRMED}
    assert [p["body"] for p in indeed.patches()] == [
        '{"name":"First"}',
        '{"name":"Second"}',
    ]


def test_an_edit_that_builds_on_a_refused_one_clashes(indeed):
    taken = "Registered nurses, St. Mary's Hospital"
    indeed.ask(WAREHOUSE, "name", taken)
    second = indeed.ask(WAREHOUSE, "name", "Second")

    indeed.deliver()

    assert fields(second) == {"name": State.CLASH}


def test_a_second_person_who_saw_the_old_value_clashes(indeed):
    other = PersonFactory()
    indeed.edit(WAREHOUSE, "name", "Hers", person=other)
    indeed.edit(WAREHOUSE, "name", "His")
    first = indeed.send(key="a").changes.get()

    with pytest.raises(Exception, match="moved"):
        proposal_of(indeed, other)
    indeed.deliver()

    assert fields(first) == {"name": State.CONFIRMED}


def proposal_of(indeed, person):
    from campaigns.planning import proposals

    return proposals.send(proposals.propose(person), key="b", digest="as reviewed")


def test_a_person_disabled_while_waiting_sends_nothing(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Never")
    indeed.person.is_active = False
    indeed.person.save(update_fields=["is_active"])

    indeed.deliver()

    assert fields(change) == {"name": State.HELD}
    assert indeed.patches() == []


def test_a_cancelled_change_is_never_sent(indeed):
    change = indeed.ask(WAREHOUSE, "name", "Never")
    changes.cancel(change, indeed.person)

    indeed.deliver()

    assert fields(change) == {"name": State.CANCELLED}
    assert indeed.patches() == []


def test_all_clears_the_criteria_and_goes_back_in_one_request(road):
    indeed = road("indeed", report_jobs=True)
    indeed.sync()
    change = indeed.ask(WAREHOUSE, "jobsToInclude", "ALL")

    indeed.deliver()

    assert set(fields(change).values()) == {State.CONFIRMED}
    assert indeed.patches()[0]["body"] == '{"jobsToInclude":"ALL"}'
    assert change.fields.filter(origin="implied").exists()


def test_a_dead_worker_leaves_an_unknown_that_is_read_back(indeed):
    change = indeed.ask(WAREHOUSE, "name", "After the crash")
    indeed.sandbox.script({"match": PATCH, "do": {"lost": "after"}})
    indeed.deliver()
    change.refresh_from_db()
    assert Attempt.objects.filter(in_flight=True).count() == 0

    indeed.wake()
    indeed.deliver()

    assert fields(change) == {"name": State.CONFIRMED}


def test_the_attempts_and_the_journal_agree(indeed):
    indeed.ask(WAREHOUSE, "name", "One")
    indeed.ask(COST, "objective.target", "12.50")

    indeed.deliver()

    sent = [a.request_body for a in Attempt.objects.filter(kind="patch")]
    assert sent == [p["body"] for p in indeed.patches()]


def test_an_object_that_was_off_is_switched_on_whole(microworkers):
    microworkers.edit(TTR, "autoSkipTask.enabled", "on")
    assert microworkers.edit(TTR, "autoSkipTask.timeLimit", "60") == []
    change = microworkers.send().changes.get()

    microworkers.deliver()

    assert set(fields(change).values()) == {State.CONFIRMED}
    sent = microworkers.patches()[0]["body"]
    assert sent == '{"autoSkipTask":{"enabled":true,"timeLimit":60}}'
