"""A campaign as of any moment, with how sure each value is, and why it is so."""

import csv
from datetime import UTC, datetime, timedelta

import pytest

from campaigns import audit, clock, documents
from campaigns.delivery import snapshots
from campaigns.gateway.contract import Row
from campaigns.lifecycle import State
from campaigns.models import AuditEntry
from campaigns.planning import as_of
from campaigns.platforms.indeed.forms import IndeedForm
from tests.asked import ask, edit
from tests.factories import CampaignFactory, IndeedFactory, PersonFactory
from tests.views.tab import HTMX, row, text, words

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SHOWN = {"name": "Nurses", "status": "ACTIVE", "trackingToken": None}


@pytest.fixture
def nurses(db):
    return CampaignFactory(connection=IndeedFactory(), document="{}")


def at(minutes):
    return clock.replaced(lambda: START + timedelta(minutes=minutes))


def read(campaign, minutes, **shown):
    """A read of the whole campaign, so many minutes after the start."""
    campaign.refresh_from_db()
    with at(minutes):
        told = Row("remote", "Nurses", "ACTIVE", SHOWN | shown)
        snapshots.keep(campaign, told, IndeedForm, whole=True, asked=clock.now())


def change(campaign, person, minutes, before, after, state=State.CONFIRMED, **more):
    texts = (documents.canonical(before), documents.canonical(after))
    with at(minutes):
        one = edit("name", *texts, label="Name")
        return ask(state, campaign=campaign, person=person, edits=[one], **more)


def page(client, campaign, minutes, **query):
    moment = (START + timedelta(minutes=minutes)).isoformat()
    address = f"/campaigns/{campaign.pk}/as-of"
    return client.get(address, {"at": moment, **query})


def line(response, path="name"):
    return words(row(response, path)).split("Changed by")[-1]


def test_a_read_after_a_later_change_says_nothing_of_the_value_before(
    client, mara, nurses
):
    read(nurses, 0)
    change(nurses, mara, 5, "Nurses", "Cooks")
    read(nurses, 6, name="Cooks")
    read(nurses, 20, name="Cooks")
    read(nurses, 30, name="Porters")

    told = line(page(client, nurses, 2))

    assert "Nurses seen in a read, 20 Nov, 09:00 Porters" in told


def test_what_is_no_longer_reported_was_not_seen_again(client, mara, nurses):
    read(nurses, 0, jobsToInclude="ALL")
    read(nurses, 10)

    told = line(page(client, nurses, 5), "jobsToInclude")

    assert "seen in a read, 20 Nov, 09:00" in told
    assert "and again" not in told


def test_a_value_that_a_read_showed_is_seen(client, mara, nurses):
    read(nurses, 0)

    told = line(page(client, nurses, 5))

    assert "Nurses" in told
    assert "seen in a read" in told


def test_what_was_accepted_and_not_yet_seen_is_sent(client, mara, nurses):
    read(nurses, 0)
    change(nurses, mara, 10, "Nurses", "Day nurses", State.ACCEPTED)

    told = line(page(client, nurses, 15))

    assert "Day nurses" in told
    assert "not yet seen" in told


def test_what_is_on_its_way_may_have_arrived(client, mara, nurses):
    read(nurses, 0)
    change(nurses, mara, 10, "Nurses", "Day nurses", State.UNKNOWN)

    told = line(page(client, nurses, 15))

    assert "nobody knew whether it had arrived" in told


def test_between_two_reads_it_was_one_or_the_other(client, mara, nurses):
    read(nurses, 0)
    read(nurses, 60, name="ICU nurses")

    told = line(page(client, nurses, 30))

    assert "Nurses or ICU nurses" in told
    assert "cannot be told" in told


def test_before_the_first_read_nothing_is_known(client, mara, nurses):
    read(nurses, 60)

    told = line(page(client, nurses, 0))

    assert "Unknown" in told
    assert "First read" in told


def test_what_is_never_reported_is_what_was_sent_last(client, mara, signs):
    blind = edit("autoRefillPositions", None, "true", readable=False)
    with at(0):
        ask(State.UNCONFIRMABLE, campaign=signs, person=mara, edits=[blind])

    told = line(page(client, signs, 5), "autoRefillPositions")

    assert "Never reported" in told
    assert "On" in told


@pytest.mark.parametrize(
    ("state", "certainty"),
    [
        (State.CONFIRMED, "Seen"),
        (State.ACCEPTED, "Sent"),
        (State.UNKNOWN, "On its way"),
        (State.UNCONFIRMABLE, "Never reported"),
    ],
)
def test_the_sheet_names_certainty_in_the_words_of_the_page(
    client, mara, nurses, state, certainty
):
    read(nurses, 0)
    change(nurses, mara, 10, "Nurses", "Day nurses", state)

    shown = page(client, nurses, 15)
    sheet = text(page(client, nurses, 15, **{"as": "csv"}))

    assert f"<dt>{certainty}</dt>" in text(shown)
    assert certainty.lower() in line(shown).lower()
    (cells,) = [each for each in csv.reader(sheet.splitlines()) if each[1] == "Name"]
    assert cells[3] == certainty


def test_what_differs_names_who_changed_it(client, mara, nurses):
    audit.remember_name(mara)
    read(nurses, 0)
    read(nurses, 9)
    change(nurses, mara, 10, "Nurses", "Day nurses")

    told = line(page(client, nurses, 5))

    assert "Mara Lindqvist" in told


def test_two_moments_are_compared(client, mara, nurses):
    read(nurses, 0)
    read(nurses, 60, name="ICU nurses")
    read(nurses, 95, name="ICU nurses")
    read(nurses, 120, name="Again nurses")
    later = (START + timedelta(minutes=90)).isoformat()

    response = page(client, nurses, 0.5 / 60, **{"and": later})

    assert "ICU nurses" in line(response)
    assert "Again" not in line(response)


def test_the_counts_add_up(client, mara, nurses):
    read(nurses, 0)
    read(nurses, 60, name="ICU nurses")

    context = page(client, nurses, 5).context

    counts = {key: count for key, _, count, _ in context["views"]}
    assert counts["differ"] + counts["same"] + counts["untold"] == counts[""]
    assert sum(count for _, count in context["sure"]) == context["total"]


def test_only_what_differs_can_be_shown(client, mara, nurses):
    read(nurses, 0)
    read(nurses, 59)
    change(nurses, mara, 60, "Nurses", "Day nurses")

    groups = page(client, nurses, 5, show="differ").context["groups"]

    assert [row.field.path for _, rows in groups for row in rows] == ["name"]


def test_a_moment_is_in_the_zone_of_who_asks(client, mara, nurses):
    mara.timezone = "Asia/Tokyo"
    mara.save(update_fields=["timezone"])
    read(nurses, 0)

    address = f"/campaigns/{nurses.pk}/as-of"
    response = client.get(address, {"at": "2026-11-20T18:01"})

    assert response.context["at"] == START + timedelta(minutes=1)


@pytest.mark.parametrize("moment", ["yesterday", "0001-01-01T00:00", "9999", "\x00"])
def test_what_is_no_moment_is_said(client, mara, nurses, moment):
    response = client.get(f"/campaigns/{nurses.pk}/as-of", {"at": moment})

    assert response.status_code == 422
    assert "a date and a time" in words(text(response))


def test_a_moment_to_come_is_now(client, mara, nurses):
    response = client.get(f"/campaigns/{nurses.pk}/as-of", {"at": "2999-01-01T00:00"})

    assert response.context["at"] <= clock.now()


def test_the_page_takes_as_many_queries_for_a_long_history(
    client, mara, nurses, django_assert_max_num_queries
):
    for n in range(30):
        read(nurses, n, name=f"Nurses {n}")

    with django_assert_max_num_queries(40):
        page(client, nurses, 20)


def test_a_long_history_is_read_in_bounded_steps(mara, nurses):
    read(nurses, 0)
    read(nurses, 1, status="PAUSED")
    for n in range(2, 12):
        read(nurses, n, name=f"Nurses {n}", status="PAUSED")

    told = as_of.state_at(nurses, ["name", "status"], clock.now(), window=3)

    assert told["name"].value == '"Nurses 11"'
    assert told["status"].value == '"PAUSED"'


# --- why ------------------------------------------------------------------------


def why(client, campaign, path="name", **more):
    return client.get(f"/campaigns/{campaign.pk}/fields/{path}/why", **more)


def test_why_names_the_last_change_its_author_and_reason(client, mara, nurses):
    audit.remember_name(mara)
    read(nurses, 0)
    done = change(nurses, mara, 10, "Nurses", "Day nurses", reason="Q4 plan")

    told = text(why(client, nurses))

    assert "Mara Lindqvist" in told
    assert "Q4 plan" in told
    assert f"/changes/{done.pk}/" in told


def test_why_says_when_it_came_from_outside(client, mara, nurses):
    read(nurses, 0)
    read(nurses, 60, name="ICU nurses")

    assert "Changed outside" in words(text(why(client, nurses)))


def test_why_says_that_nothing_is_known(client, mara, nurses):
    assert "Nothing is known here" in words(text(why(client, nurses)))


def test_a_change_that_was_refused_explains_nothing(client, mara, nurses):
    read(nurses, 0)
    change(nurses, mara, 10, "Nurses", "Bad", State.REJECTED)

    told = words(text(why(client, nurses)))

    assert "Bad" not in told
    assert "A read first showed it" in told


def test_why_is_a_partial_for_its_row_and_a_page_alone(client, mara, nurses):
    partial, whole = why(client, nurses, headers=HTMX), why(client, nurses)

    assert text(partial).strip().startswith('<div class="field-why')
    assert "<html" in text(whole)


def test_only_who_reads_the_audit_is_led_to_its_entries(client, mara, nurses):
    read(nurses, 0)
    address = f"/audit/{AuditEntry.objects.get().pk}/"

    assert address not in text(why(client, nurses))
    client.force_login(PersonFactory(manager=True))
    assert address in text(why(client, nurses))


def test_the_campaign_page_asks_why_at_each_field(client, mara, nurses):
    read(nurses, 0)

    page_ = text(client.get(f"/campaigns/{nurses.pk}/"))

    assert f"/campaigns/{nurses.pk}/fields/name/why" in page_
    assert f"/campaigns/{nurses.pk}/as-of" in page_


# --- who may --------------------------------------------------------------------


@pytest.mark.parametrize("tail", ["as-of", "fields/name/why"])
def test_a_strangers_campaign_is_404(client, mara, tail):
    owner = PersonFactory()
    closed = IndeedFactory(open_to_all=False, people=[owner])
    theirs = CampaignFactory(connection=closed)

    assert client.get(f"/campaigns/{theirs.pk}/{tail}").status_code == 404


def test_an_unknown_field_is_404(client, mara, nurses):
    assert why(client, nurses, "nothing").status_code == 404
