"""The one door for state: what moves, splits and decisions leave behind."""

import pytest

from campaigns import changes, clock, documents, queries
from campaigns.audit import Event
from campaigns.changes import Fate, LostRace, Wish, moves, requests
from campaigns.changes.decisions import AlreadySent
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Change, Connection, Lane
from tests.asked import ask, edit, move
from tests.factories import CampaignFactory, PersonFactory

pytestmark = pytest.mark.django_db

TWO = (edit("ttr"), edit("name", '"Old"', '"New"', label="Name"))
THEIRS = Fate(State.CLASH, "9", "9 days")


def states(change):
    return {row.field: row.state for row in change.fields.all()}


def facts(change):
    """What the history adds to each step of a change, oldest first."""
    chain = AuditEntry.objects.filter(change_id=change.pk).order_by("pk")
    return [documents.loads(entry.body)["facts"] for entry in chain]


# --- the lane -----------------------------------------------------------------------


def test_changes_of_a_campaign_are_numbered_from_one_without_a_gap():
    campaign = CampaignFactory()

    numbers = [ask(campaign=campaign).sequence for _ in range(3)]

    assert numbers == [1, 2, 3]


def test_a_lane_that_somebody_made_meanwhile_is_used(monkeypatch):
    campaign = CampaignFactory()
    true_create = Lane.objects.bulk_create

    def late(lanes, **options):
        Lane.objects.create(campaign=campaign, last_sequence=4)
        return true_create(lanes, **options)

    monkeypatch.setattr(moves.Lane.objects, "bulk_create", late)

    assert ask(campaign=campaign).sequence == 5


# --- what clashes goes apart --------------------------------------------------------


@pytest.fixture
def parted():
    """A change of two fields, one of which clashed; and what was split off."""
    change = ask(edits=TWO)
    Change.objects.filter(pk=change.pk).update(says="As it was")
    change.refresh_from_db()
    apart = changes.split(change, {"ttr": THEIRS}, says="Somebody was quicker.")
    change.refresh_from_db()
    apart.refresh_from_db()
    return change, apart


def test_a_split_takes_the_clashing_field_and_its_words_along(parted):
    change, apart = parted

    assert (change.state, states(change)) == ("waiting", {"name": State.WAITING})
    assert (apart.state, states(apart)) == ("clash", {"ttr": State.CLASH})
    assert (change.says, apart.says) == ("As it was", "Somebody was quicker.")
    assert apart.fields.get().found_text == "9 days"
    assert (change.waits_for_person, apart.waits_for_person) == (False, True)


def test_what_was_split_off_is_of_the_same_intent_and_as_old(parted):
    change, apart = parted

    assert (apart.split_from, apart.change_set) == (change, change.change_set)
    assert apart.expires_at == change.expires_at
    assert apart.sequence == change.sequence + 1


def test_the_history_of_each_half_names_the_other(parted):
    change, apart = parted

    assert facts(change)[-1] == {"says": "As it was", "split_off": apart.pk}
    assert facts(apart) == [
        {"split_from": change.pk, "fields": ["ttr"]},
        {"says": "Somebody was quicker.", "split_from": change.pk},
    ]


def test_where_everything_clashes_nothing_is_split_off():
    change = ask(edits=TWO)

    assert changes.split(change, {"ttr": THEIRS, "name": THEIRS}) is None

    assert states(change) == {"ttr": State.CLASH, "name": State.CLASH}
    assert Change.objects.count() == 1


# --- moves --------------------------------------------------------------------------


def test_who_holds_a_change_with_its_fields_sees_them_moved():
    made = ask()
    change = queries.find_change(made.change_set.person).get()

    move(change, State.HELD)

    assert states(change) == {"ttr": State.HELD}


def test_the_answer_of_a_platform_stays_where_a_later_move_says_nothing():
    change = ask(State.ACCEPTED)
    told = Fate(State.DIFFERENT, says="Too long.", advice="Shorten it.")
    changes.move(change, State.DIFFERENT, Event.MOVED, fates={"ttr": told})

    changes.move(change, State.SUPERSEDED, Event.MOVED)

    row = change.fields.get()
    assert (row.says, row.advice) == ("Too long.", "Shorten it.")


# --- decisions ----------------------------------------------------------------------


def test_put_aside_leaves_everything_as_it_was_but_the_waiting():
    change = ask(State.SENDING, edits=TWO)
    fates = {"ttr": Fate(State.ALREADY_SO), "name": Fate(State.REJECTED)}
    moved = {"fates": fates, "says": "Refused", "waits_for_person": True}
    changes.move(change, State.REJECTED, Event.MOVED, **moved)

    changes.put_aside(change, PersonFactory())

    change.refresh_from_db()
    assert states(change) == {"ttr": State.ALREADY_SO, "name": State.REJECTED}
    assert (change.state, change.says) == ("rejected", "Refused")
    assert not change.waits_for_person
    with pytest.raises(LostRace):
        changes.put_aside(change, PersonFactory())


@pytest.mark.parametrize("state", [State.WAITING, State.HELD, State.CLASH])
def test_what_was_not_sent_may_be_withdrawn_and_waits_for_nobody_then(state):
    change = ask(state)

    changes.cancel(change, PersonFactory())

    change.refresh_from_db()
    assert (change.state, change.waits_for_person) == ("cancelled", False)


@pytest.mark.parametrize("state", [State.SENDING, State.ACCEPTED, State.UNKNOWN])
def test_what_may_have_been_sent_is_not_withdrawn(state):
    with pytest.raises(AlreadySent, match="already sent. Put its fields back"):
        changes.cancel(ask(state), PersonFactory())


@pytest.mark.parametrize("state", [State.CANCELLED, State.SUPERSEDED])
def test_what_was_withdrawn_is_not_withdrawn_twice(state):
    with pytest.raises(AlreadySent, match="withdrawn already"):
        changes.cancel(ask(state), PersonFactory())


@pytest.mark.parametrize("state", [State.WAITING, State.CLASH])
def test_a_newer_change_may_take_the_place_of_what_was_not_sent(state):
    change = ask(state)

    changes.supersede(change, PersonFactory(), by=77)

    change.refresh_from_db()
    assert (change.state, change.waits_for_person) == ("superseded", False)
    assert facts(change)[-1] == {"superseded_by": 77}


@pytest.mark.parametrize("state", [State.UNKNOWN, State.HELD])
def test_what_is_sent_again_begins_anew(state):
    change = ask(state)
    Change.objects.filter(pk=change.pk).update(sends=12)
    change.refresh_from_db()
    before = change.expires_at

    changes.send_again(change, PersonFactory())

    change.refresh_from_db()
    assert (change.state, change.sends, change.due_at) == ("waiting", 0, None)
    assert change.expires_at > before
    assert not change.waits_for_person
    assert facts(change)[-1] == {"decision": "send again"}


DECISIONS = [changes.look_again, changes.put_aside, changes.send_again]


@pytest.mark.parametrize("second", DECISIONS)
@pytest.mark.parametrize("first", DECISIONS)
def test_who_decides_second_finds_it_decided(first, second):
    change = ask(State.UNKNOWN)
    as_shown = Change.objects.get(pk=change.pk)
    first(change, PersonFactory())

    with pytest.raises(LostRace):
        second(as_shown, PersonFactory())


# --- requests -----------------------------------------------------------------------


def test_a_connection_that_is_archived_in_between_gets_no_change(monkeypatch):
    campaign = CampaignFactory()

    def archived_first(*args, **options):
        Connection.objects.update(archived_at=clock.now())
        return moves.begin(*args, **options)

    monkeypatch.setattr(requests, "begin", archived_first)

    with pytest.raises(changes.NotAllowed, match="archived. Nothing was sent."):
        ask(campaign=campaign)

    assert not Change.objects.exists()


def test_a_request_is_told_with_its_title_its_number_and_what_it_undoes():
    first = ask().change_set
    words = {"title": "Spring", "undoes": first, "request_id": "r-1"}

    change = ask(**words)

    told = {"title": "Spring", "request": "r-1", "undoes": first.pk}
    assert facts(change) == [told]


def test_the_same_key_gives_the_same_set_and_asks_for_nothing_more():
    person, campaign = PersonFactory(), CampaignFactory()
    wishes = [Wish(campaign, [edit()])]

    sets = {changes.request(person, wishes, key="once").pk for _ in range(2)}

    assert len(sets) == Change.objects.count() == 1
