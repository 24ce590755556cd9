"""The page of one campaign: what it shows, what its poll brings, what it costs."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import changes, clock
from campaigns.lifecycle import State
from campaigns.models import Campaign, Change
from campaigns.platforms.indeed.forms import IndeedForm
from campaigns.platforms.microworkers.forms import MicroworkersForm
from tests.asked import ask, edit, move
from tests.factories import PersonFactory
from tests.views.tab import HTMX, Tab, row, text, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def tab(client, mara, nurses):
    return Tab(client, nurses)


def fields_of(response):
    return re.findall(r'data-field="([^"]+)"', text(response))


def poll_of(response):
    """Where the page asks for news, or nothing when it does not."""
    match = re.search(r'hx-get="([^"]+live\?since=[^"]+)"', text(response))
    return match and match[1]


def news(client, address):
    return client.get(address, headers=HTMX)


# --- what it shows --------------------------------------------------------------


def test_every_field_of_indeed_is_on_the_page(tab):
    assert sorted(fields_of(tab.page())) == sorted(IndeedForm.declared())


def test_every_field_of_microworkers_is_on_the_page(client, mara, signs):
    page = Tab(client, signs).page()

    assert sorted(fields_of(page)) == sorted(MicroworkersForm.declared())


def test_a_field_nobody_reports_is_unknown_and_says_so(client, mara, signs):
    shown = words(row(Tab(client, signs).page(), "autoRefillPositions"))

    assert "Unknown" in shown
    assert "never reported" in shown


def test_a_value_that_was_sent_blind_is_shown_beside_unknown(client, mara, signs):
    blind = edit("ttr", None, "true", readable=False, wanted_text="On")
    change = ask(State.ACCEPTED, campaign=signs, edits=[blind], person=mara)
    move(change, State.UNCONFIRMABLE)

    assert change.fields.get().state == State.UNCONFIRMABLE
    assert "Unconfirmable" in words(row(Tab(client, signs).page(), "ttr"))


def test_a_blind_value_that_may_have_arrived_is_not_called_never_set(
    client, mara, signs
):
    path = "autoRefillPositions"
    blind = edit(path, None, "true", readable=False, wanted_text="On")
    ask(State.UNKNOWN, campaign=signs, edits=[blind], person=mara)

    shown = words(row(Tab(client, signs).page(), path))

    assert "never set by us" not in shown
    assert "we sent On" in shown
    assert "not known whether it arrived" in shown


def test_an_object_hangs_below_its_own_switch_and_nothing_else(client, mara, signs):
    page = text(Tab(client, signs).page())

    nested = re.findall(r'field-nested" id="[^"]+" data-field="([^"]+)"', page)

    assert set(nested) == {"maximumJobLimit.limitPerDay", "autoSkipTask.timeLimit"}


def test_a_locked_field_says_why(client, mara, nurses):
    nurses.document = nurses.document.replace('"PAID"', '"BONUS_CREDIT"')
    nurses.save(update_fields=["document"])

    shown = words(row(Tab(client, nurses).page(), "name"))

    assert "Locked" in shown
    assert "bonus" in shown.lower()


def test_text_from_the_platform_stays_text(client, mara, nurses):
    nurses.name = "<script>alert(1)</script>"
    nurses.document = nurses.document.replace("Night nurses", nurses.name)
    nurses.save(update_fields=["name", "document"])

    page = text(Tab(client, nurses).page())

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_who_may_not_edit_sees_the_values_and_no_pencil(client, nurses):
    client.force_login(PersonFactory(admin=True))

    page = Tab(client, nurses).page()

    assert "Night nurses" in row(page, "name")
    assert "Edit Name" not in text(page)


def test_a_reader_is_not_asked_to_decide(client, nurses):
    clash = edit("name", '"Night nurses"', '"Mine"')
    ask(State.CLASH, campaign=nurses, edits=[clash])
    client.force_login(PersonFactory(admin=True))

    assert "Decide" not in text(Tab(client, nurses).page())


def test_a_change_shows_its_ladder_at_its_field(tab, nurses):
    ask(State.SENDING, campaign=nurses, edits=[edit("name", '"N"', '"M"')])

    shown = row(tab.page(), "name")

    assert 'data-state="sending"' in shown
    steps = [words(step) for step in re.findall(r"<b>([^<]+)</b>", shown)]
    assert steps == ["Waiting", "Sending", "Accepted", "Confirmed"]


def test_the_unsent_bar_counts_and_names(tab):
    tab.keep("name", "Other")
    tab.keep("trackingToken", "tok")

    shown = words(text(tab.page()))

    assert "2 changes, not sent Name, Tracking token" in shown
    assert "1 one-way" in shown


# --- what its poll brings -------------------------------------------------------


def test_a_page_with_nothing_open_does_not_poll(tab):
    assert poll_of(tab.page()) is None


def test_a_page_does_not_poll_for_what_was_left(tab, nurses, mara):
    changes.put_aside(ask(State.UNKNOWN, campaign=nurses, edits=[edit("name")]), mara)

    page = tab.page()

    assert poll_of(page) is None
    assert 'data-state="unknown"' in row(page, "name")


def test_a_page_with_an_open_change_polls(tab, nurses):
    ask(State.WAITING, campaign=nurses, edits=[edit("name")])

    assert poll_of(tab.page())


def test_a_poll_without_news_brings_nothing(client, tab, nurses):
    ask(State.WAITING, campaign=nurses, edits=[edit("name")])

    assert news(client, poll_of(tab.page())).status_code == 204


def test_a_poll_brings_the_rows_that_moved_and_no_other(client, tab, nurses):
    ask(State.CONFIRMED, campaign=nurses, edits=[edit("trackingToken")])
    change = ask(State.WAITING, campaign=nurses, edits=[edit("name")])
    address = poll_of(tab.page())

    move(change, State.SENDING)

    response = news(client, address)
    assert fields_of(response) == ["name"]
    assert 'data-state="sending"' in row(response, "name")
    assert 'hx-swap-oob="true"' in row(response, "name")


def test_a_poll_ends_when_all_is_final(client, tab, nurses):
    change = ask(State.ACCEPTED, campaign=nurses, edits=[edit("name")])
    address = poll_of(tab.page())
    assert address

    move(change, State.CONFIRMED)

    last = news(client, address)
    assert last.status_code == 200
    assert poll_of(last) is None


def test_a_poll_leaves_an_open_edit_alone(client, tab, nurses):
    change = ask(State.WAITING, campaign=nurses, edits=[edit("name")])
    address = poll_of(tab.page())
    tab.keep("name", "Being typed")

    move(change, State.SENDING)

    assert fields_of(news(client, address)) == []


def test_a_read_that_arrived_brings_the_new_values(client, tab, nurses):
    client.post(f"{tab.address}read")
    address = poll_of(tab.page())
    assert address

    document = nurses.document.replace("Night nurses", "Read again")
    Campaign.objects.update(document=document, read_at=clock.now(), read_due_at=None)

    response = news(client, address)
    assert "Read again" in row(response, "name")
    assert poll_of(response) is None


def test_a_change_that_begins_to_wait_for_a_person_is_news(client, tab, nurses):
    change = ask(State.UNKNOWN, campaign=nurses, edits=[edit("name")])
    Change.objects.update(waits_for_person=False)
    address = poll_of(tab.page())

    Change.objects.update(waits_for_person=True, says="Nobody can see it.")

    response = news(client, address)
    assert "Send again" in row(response, "name")
    assert news(client, poll_of(response)).status_code == 204
    assert change.entry == Change.objects.get().entry


def test_a_read_that_failed_ends_the_poll(client, tab, nurses):
    client.post(f"{tab.address}read")
    address = poll_of(tab.page())

    Campaign.objects.update(read_due_at=None, read_error="Indeed does not answer.")

    response = news(client, address)
    assert poll_of(response) is None
    assert "Indeed does not answer." in words(text(response))


@pytest.mark.parametrize("since", ["", "junk", "-", "9" * 40, "1-x", "\x00", "-1-2-3"])
def test_a_forged_since_is_no_trouble(client, tab, since):
    response = client.get(f"{tab.address}live", {"since": since}, headers=HTMX)

    assert response.status_code == 200


def test_a_poll_of_a_signed_out_person_leads_to_the_sign_in(client, tab):
    client.logout()

    response = news(client, f"{tab.address}live?since=0-0")

    assert "/account/login/" in response.headers["HX-Redirect"]


def test_read_now_asks_the_worker_and_calls_nobody(client, tab, nurses):
    response = client.post(f"{tab.address}read")

    nurses.refresh_from_db()
    assert response.url == tab.address
    assert nurses.read_due_at is not None


# --- what it costs --------------------------------------------------------------


def test_ten_more_changes_cost_no_more_queries(
    client, tab, nurses, mara, django_assert_max_num_queries
):
    ask(State.CONFIRMED, campaign=nurses, edits=[edit("name")], person=mara)
    with django_assert_max_num_queries(25) as few:
        tab.page()
    before = len(few)
    for _ in range(10):
        ask(State.CONFIRMED, campaign=nurses, edits=[edit("name")])

    with django_assert_max_num_queries(before):
        tab.page()


def test_more_that_waits_for_a_person_costs_no_more_queries(
    tab, nurses, django_assert_num_queries
):
    ask(State.HELD, campaign=nurses, edits=[edit("name"), edit("trackingToken")])
    with CaptureQueriesContext(connection) as few:
        tab.page()
    for path in ("objective.target", "jobsQuery", "jobsTitle"):
        ask(State.HELD, campaign=nurses, edits=[edit(path)])

    with django_assert_num_queries(len(few)):
        tab.page()


def test_a_partial_update_is_cheap(tab, django_assert_max_num_queries):
    seen = tab.seen("name")

    with django_assert_max_num_queries(20):
        tab.keep("name", "Cheap", seen=seen)
