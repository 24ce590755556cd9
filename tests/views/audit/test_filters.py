"""The filters of the audit log: what each finds, and what it says of itself."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns import audit
from campaigns.lifecycle import State
from tests.asked import ask, edit
from tests.factories import CampaignFactory, PersonFactory
from tests.views.audit.log import append, listed, outside, see, text

pytestmark = pytest.mark.django_db


def test_each_filter_finds_its_entries_alone(client, me):
    author = PersonFactory()
    audit.remember_name(author)
    campaign = CampaignFactory(name="Night nurses", remote_id="abc-99")
    wanted = ask(campaign=campaign, person=author).entry_id
    outside(campaign=CampaignFactory(name="Other"), at=datetime(2026, 1, 5, tzinfo=UTC))

    assert listed(client, person=author.pk) == [wanted]
    assert listed(client, campaign=campaign.pk) == [wanted]
    assert listed(client, connection=campaign.connection_id) == [wanted]
    assert listed(client, q="nurses") == [wanted]
    assert listed(client, q="ABC-99") == [wanted]
    assert listed(client, state="waiting") == [wanted]
    assert listed(client, event="change requested") == [wanted]
    assert listed(client, channel="screen") == [wanted]
    assert listed(client, since="2026-02-01") == [wanted]


def test_the_field_filter_finds_each_entry_that_names_it(client, me):
    named = ask(edits=[edit("limitPerDay"), edit("ttr")]).entry_id
    ask(edits=[edit("name")])

    assert listed(client, field="ttr") == [named]


def test_the_platform_filter_leaves_the_others_out(client, me):
    on = outside(campaign=CampaignFactory(connection__platform="indeed"))
    outside()

    assert listed(client, platform="indeed") == [on.pk]


def test_a_span_of_days_holds_both_its_ends_in_the_zone_of_the_reader(client, me):
    midnight = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)  # in Vienna
    second, day = timedelta(seconds=1), timedelta(days=1)
    append(at=midnight - second)
    first = append(at=midnight)
    last = append(at=midnight + day - second)
    append(at=midnight + day)

    found = listed(client, since="2026-03-02", until="2026-03-02")

    assert found == [last.pk, first.pk]


def test_a_day_after_the_last_entry_has_none(client, me):
    append(at=datetime(2026, 3, 1, tzinfo=UTC))

    assert listed(client, since="2026-03-05") == []


def test_each_set_filter_is_a_chip_that_can_go(client, me):
    page = see(client, state="clash", since="2026-03-01")

    chips = [(c.label, c.words, c.url) for c in page.context["filters"].chips()]
    assert chips == [
        ("State", "Clash", "?since=2026-03-01"),
        ("From", "1 Mar 2026", "?state=clash"),
    ]


def test_the_history_of_one_campaign_names_it_and_its_stream(client, me):
    campaign = CampaignFactory(name="Night <nurses>")
    ask(State.CONFIRMED, campaign=campaign)

    page = text(client, campaign=campaign.pk)

    assert "<bdi>Night &lt;nurses&gt;</bdi>" in page
    assert f"<code>campaign:{campaign.pk}</code> has 4 entries" in page


@pytest.mark.parametrize(
    "asked",
    [{"person": "x"}, {"event": "won"}, {"since": "0001-01-01"}, {"campaign": "0"}],
)
def test_a_filter_nobody_can_mean_is_named(client, me, asked):
    assert client.get("/audit/", asked).status_code == 422
