"""The index of values: what it holds, and that older entries get it too."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from campaigns import audit, documents
from campaigns.audit import triggers
from campaigns.models import AuditEntry, AuditValue
from tests.asked import ask, edit

backfill = import_module("campaigns.migrations.0006_values")

pytestmark = pytest.mark.django_db


def rows():
    return set(
        AuditValue.objects.values_list("entry_id", "campaign_id", "field", "value")
    )


def test_each_value_is_kept_once_folded_and_cut():
    entry = ask(edits=[edit(seen_text=" SEVEN ", wanted_text="x" * 200)]).entry

    kept = AuditValue.objects.filter(entry=entry).values_list("value", flat=True)

    assert set(kept) == {"seven", "x" * 80}


def test_entries_of_before_are_indexed_as_new_ones_are():
    ask(edits=[edit(), edit("name", seen_text="", wanted_text="")])
    ask(edits=[edit(seen_text="same", wanted_text="same")])
    made = rows()
    triggers.drop(connection)
    AuditValue.objects.all().delete()

    backfill.index_values(apps, None)

    assert rows() == made


def test_the_index_can_be_computed_from_the_body():
    entry = ask(edits=[edit(), edit("name")]).entry
    body = documents.loads(AuditEntry.objects.get(pk=entry.pk).body)

    computed = set(audit.indexed_values(body))

    assert computed == {(field, value) for _, _, field, value in rows()}
