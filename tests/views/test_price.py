"""What Review says a send takes, against the calls that are recorded for it."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from campaigns import calls, clock
from campaigns.lifecycle import State
from campaigns.models import Campaign, Change, Connection
from tests.delivery.conftest import fields
from tests.factories import CampaignFactory, IndeedFactory
from tests.views.conftest import INDEED
from tests.views.tab import Review, Tab, text, words

pytestmark = pytest.mark.django_db

WAREHOUSE = "ee4d641cab17b22c"
COST = "3141592653589793"
TTR = "a4c0b1d2e3f5"
OLD = timedelta(hours=1)
NAME = ("name", "Renamed")
TARGET = ("objective.target", "12.50")


@pytest.fixture
def priced(road, client, mara):
    """An Indeed connection with a policy, and one campaign read a moment ago."""

    def build(policy, remote_id, platform="indeed"):
        made = road(platform)
        made.sync()
        mine = Campaign.objects.filter(remote_id=remote_id)
        mine.update(read_due_at=clock.now())
        made.sync()
        Connection.objects.update(
            read_policy=policy, sync_due_at=clock.now() + timedelta(days=1)
        )
        made.tab = Tab(client, mine.get())
        return made

    return build


def told(page):
    """Calls as the page says them in all: as a rule, and at most."""
    shown = words(text(page))
    usual = int(re.search(r"\bCalls (?:usually )?([\d,]+)", shown)[1])
    most = re.search(r"\bAt most ([\d,]+) calls?", shown)
    return usual, int(most[1]) if most else usual


def made(road, client):
    """Send what is unsent and serve it to its end; the calls that are recorded."""
    Review(client).send()
    for _ in range(3):
        road.wake()
        road.deliver()
    return Change.objects.latest("pk").attempts.count()


# --- what is said is what is made ---------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "remote_id", "edit", "usual", "most"),
    [
        ("careful", COST, TARGET, 3, 3),
        ("thrifty", WAREHOUSE, NAME, 1, 2),
        ("thrifty", COST, TARGET, 2, 3),
        ("blind", WAREHOUSE, NAME, 1, 1),
    ],
)
def test_a_send_takes_what_review_said(
    client, priced, policy, remote_id, edit, usual, most
):
    indeed = priced(policy, remote_id)
    indeed.tab.keep(*edit)

    assert told(client.get("/review")) == (usual, most)
    assert made(indeed, client) == usual


@pytest.mark.parametrize(("edit", "usual"), [(NAME, 2), (TARGET, 3)])
def test_a_read_comes_first_where_the_snapshot_is_old(client, priced, edit, usual):
    indeed = priced("thrifty", COST)
    Campaign.objects.update(read_at=clock.now() - OLD, listed_at=clock.now() - OLD)
    indeed.tab.keep(*edit)

    assert told(client.get("/review")) == (usual, usual)
    assert made(indeed, client) == usual


def test_a_read_comes_first_where_we_have_sent_the_field_since(client, priced):
    worker = priced("thrifty", TTR, "microworkers")
    gone = {"match": {"method": "GET"}, "do": {"refuse": {"status": 404}}}
    worker.sandbox.script(gone)
    worker.tab.keep("ttr", "9")
    made(worker, client)
    first = Change.objects.get()
    assert fields(first) == {"ttr": State.DIFFERENT}

    worker.tab.keep("ttr", "10")

    assert told(client.get("/review")) == (3, 3)


def test_what_is_never_reported_is_not_read_back(client, priced):
    worker = priced("careful", TTR, "microworkers")
    worker.tab.keep("autoRefillPositions", "on")

    assert told(client.get("/review")) == (2, 2)
    assert made(worker, client) == 2


# --- in words -----------------------------------------------------------------------


@pytest.fixture
def paid(client, mara):
    """An Indeed campaign where calls cost, trusted a moment ago."""
    indeed = IndeedFactory(is_sandbox=False, read_policy="thrifty", settle_seconds=30)
    campaign = CampaignFactory(
        connection=indeed, name="Night nurses", document=INDEED, read_at=clock.now()
    )
    return Tab(client, campaign)


def test_review_says_what_it_may_cost_as_a_rule_and_at_most(client, paid):
    paid.keep(*TARGET)

    shown = words(text(client.get("/review")))

    assert "2 calls, up to 6 USD or EUR" in shown
    most = "At most 3 calls, up to 9 USD or EUR"
    assert f"Calls usually 2 In all up to 6 USD or EUR {most}" in shown
    assert "while the platform still shows the old value" in shown


def test_review_says_one_number_where_it_cannot_be_more(client, paid):
    Connection.objects.update(read_policy="blind")
    paid.keep(*NAME)

    shown = words(text(client.get("/review")))

    assert "1 call, up to 3 USD or EUR" in shown
    assert "At most" not in shown
    assert "still shows the old value" not in shown


def test_a_sandbox_costs_nothing(client, paid):
    Connection.objects.update(is_sandbox=True)
    paid.keep(*TARGET)

    shown = words(text(client.get("/review")))

    assert "Calls usually 2 In all free At most 3 calls" in shown
    assert "USD" not in shown.partition("What it costs")[2]
    assert "Read now · free" in words(text(paid.page()))


def test_read_now_says_what_the_call_may_cost(client, paid):
    assert "Read now · up to 3 USD or EUR" in words(text(paid.page()))


def test_more_campaigns_ask_no_more_for_the_price(
    client, mara, django_assert_num_queries
):
    indeed = IndeedFactory(read_policy="thrifty")
    rows = [
        CampaignFactory(connection=indeed, document=INDEED, read_at=clock.now())
        for _ in range(9)
    ]
    sends = [calls.Send(row, (), frozenset({"name"})) for row in rows]

    with django_assert_num_queries(1):
        forecast = calls.forecast(sends)

    assert len(forecast) == 9


def test_a_price_is_exact(client, paid):
    paid.keep(*TARGET)

    price = client.get("/review").context["proposal"].price

    assert (price.cost, price.most_cost) == (Decimal(6), Decimal(9))


def test_a_campaign_where_nothing_differs_takes_no_call(client, paid):
    paid.keep(*NAME)
    Campaign.objects.update(document=INDEED.replace("Night nurses", "Renamed"))

    price = client.get("/review").context["proposal"].price

    assert (price.usual, price.most, price.cost) == (0, 0, None)
