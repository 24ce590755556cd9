"""Campaigns with something to edit, and a road to real stand-ins, for view tests."""

from contextlib import ExitStack

import pytest

from campaigns import clock, documents
from campaigns.gateway.standin import serve
from tests.asked import ask, edit
from tests.delivery.conftest import Road
from tests.factories import CampaignFactory, IndeedFactory, PersonFactory
from tests.views.tab import Tab

NAME = {"field": "name", "seen": '"Night nurses"', "wanted": '"Mine"', "label": "Name"}
INDEED = """{"name": "Night nurses", "trackingToken": null, "status": "ACTIVE",
    "objective": {"objectiveType": "TARGET_COST_PER_APPLICATION", "target": 10.10},
    "CurrencyCode": "USD", "FundingSource": "PAID"}"""
JOBS = """{"jobsToInclude": "QUERY", "jobsQuery": "title:nurse", "jobsTitle": null,
    "jobsCompany": null, "jobsLocation": "Graz", "jobsLocationRadius": 25}"""
HIRE_GROUP = """{"ttr": 7, "groupId": "5e6b1a09c3d4", "qtRequired": false,
    "maximumJobLimit": {"enabled": true, "limitPerDay": 90}, "autoSkipTask": null,
    "notificationSettings": [], "internalTemplate": {"id": "t1", "ratingMethodId": 1}}
"""


@pytest.fixture
def mara(client):
    """A marketer who is signed in."""
    person = PersonFactory(full_name="Mara Lindqvist")
    client.force_login(person)
    return person


@pytest.fixture
def nurses(db):
    """An Indeed campaign that was read a moment ago; no `jobs…` field is reported."""
    return CampaignFactory(
        connection=IndeedFactory(),
        name="Night nurses",
        document=INDEED,
        read_at=clock.now(),
    )


@pytest.fixture
def open_nurses(nurses):
    """The same where Indeed reports its `jobs…` fields."""
    shown = documents.loads(INDEED) | documents.loads(JOBS)
    nurses.document = documents.wire(shown)
    nurses.save(update_fields=["document"])
    return nurses


@pytest.fixture
def signs(db):
    """A Microworkers hire-group campaign that was read a moment ago."""
    return CampaignFactory(
        name="Label street signs", document=HIRE_GROUP, read_at=clock.now()
    )


@pytest.fixture
def change(nurses, mara):
    """Makes a change of the campaign's name that has come so far."""

    def build(state, **words):
        return ask(state, campaign=nurses, person=mara, edits=[edit(**NAME | words)])

    return build


@pytest.fixture
def tab(client, mara, nurses):
    return Tab(client, nurses)


@pytest.fixture
def signs_tab(client, mara, signs):
    return Tab(client, signs)


@pytest.fixture
def road(db):
    """A connection to a running stand-in; `mara` is its marketer where both are."""
    with ExitStack() as stack:

        def build(platform, **options):
            return Road(platform, stack.enter_context(serve(platform, **options)))

        yield build
