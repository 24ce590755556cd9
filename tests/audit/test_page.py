"""The foot of audit pages: what is sealed, what is pending, whether it is protected."""

import pytest
from django.db import connection

from campaigns.audit import seal, triggers
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def me(client):
    client.force_login(PersonFactory(manager=True))


def foot(client, address):
    page = " ".join(client.get(address).content.decode().split())
    return page.partition('id="sealed"')[2].partition("</footer>")[0]


@pytest.mark.parametrize("place", ["list", "entry"])
def test_each_audit_page_says_what_is_sealed(client, sealed, append, place):
    append()
    last = seal.newest()

    told = foot(client, "/audit/" if place == "list" else f"/audit/{sealed[0].pk}/")

    assert f"12 entries sealed; last seal {last.at:%H:%M} UTC; size 12, root" in told
    assert f"{last.root[:16]}…" in told
    assert "1 pending" in told


def test_nothing_pending_is_said_too(client, sealed):
    assert "nothing pending" in foot(client, "/audit/")


def test_before_the_first_seal_it_says_so(client, append):
    append()

    assert "Nothing is sealed yet" in foot(client, "/audit/")


def test_a_missing_trigger_is_said_to_every_reader(client, sealed):
    assert "does not protect" not in foot(client, "/audit/")
    triggers.drop(connection)

    assert "does not protect the history" in foot(client, "/audit/")


def test_an_entry_tells_its_position(client, sealed, append):
    pending = append()

    assert b"position 3" in client.get(f"/audit/{sealed[3].pk}/").content
    assert b"<dd>pending</dd>" in client.get(f"/audit/{pending.pk}/").content


def test_the_list_leads_to_an_export_of_what_it_shows(client, sealed):
    page = client.get("/audit/?event=connection+tested").content.decode()

    assert 'href="/audit/export?event=connection+tested"' in page
    assert (
        "12 entries"
        in client.get("/audit/export?event=connection+tested").content.decode()
    )
