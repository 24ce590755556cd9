"""Entries: exact text, contiguous numbers, inside the transaction of what they tell."""

import hashlib
from decimal import Decimal

import pytest
from django.db import transaction

from campaigns import audit, clock, documents
from campaigns.audit import Event, Told
from campaigns.models import AuditEntry, AuditField
from tests.factories import CampaignFactory, PersonFactory

pytestmark = pytest.mark.django_db


def append(stream="system", **more):
    with transaction.atomic():
        return audit.append(Event.TESTED, stream, at=clock.now(), **more)


def test_numbers_of_a_stream_are_contiguous():
    numbers = [append("campaign:1").number for _ in range(3)]

    assert [*numbers, append("campaign:2").number] == [1, 2, 3, 1]


def test_a_rolled_back_entry_leaves_no_gap():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.append(Event.TESTED, "system", at=clock.now())
        raise ZeroDivisionError

    assert append().number == 1


def test_the_leaf_is_that_of_the_stored_text():
    entry = append(reason="Zürich – 10 €")

    stored = AuditEntry.objects.get(pk=entry.pk)
    expected = hashlib.sha256(b"\x00" + stored.body.encode()).hexdigest()
    assert stored.leaf == expected


def test_the_body_is_canonical():
    entry = append(facts={"b": 1, "a": "x"})

    assert documents.canonical(documents.loads(entry.body)) == entry.body


def test_floats_are_refused():
    with pytest.raises(TypeError):
        append(facts={"cost": 0.1})


def test_decimals_keep_their_digits():
    entry = append(facts={"cost": str(Decimal("10.10"))})

    assert '"cost":"10.10"' in entry.body


def test_people_are_numbers_never_names():
    person = PersonFactory(full_name="Mara Lindqvist")

    entry = append(person=person)

    assert "Mara" not in entry.body
    assert entry.person_id == person.pk


def test_a_campaign_is_named_beside_its_key():
    campaign = CampaignFactory(name="Forklift operators")

    entry = append(campaign=campaign)

    assert "Forklift operators" in entry.body
    assert entry.connection_id == campaign.connection_id


def test_each_field_is_indexed_once():
    told = [Told("ttr", "Time to rate", "7", "9")] * 2

    entry = append(fields=told)

    assert list(AuditField.objects.values_list("entry_id", "field")) == [
        (entry.pk, "ttr")
    ]


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError):
        audit.append(Event.TESTED, "system", at=clock.now())
