"""The database itself refuses changed history and a state without its entry."""

import pytest
from django.db import DatabaseError, connection, transaction

from campaigns import audit, clock
from campaigns.audit import Event, triggers
from campaigns.models import AuditEntry, Change, ChangeSet, FieldChange, Lane
from tests.factories import CampaignFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def change():
    person, campaign, now = PersonFactory(), CampaignFactory(), clock.now()
    made = ChangeSet.objects.create(
        person=person, key="k", channel="screen", created_at=now
    )
    Lane.objects.create(campaign=campaign)
    times = {"created_at": now, "moved_at": now, "expires_at": now}
    return Change.objects.create(
        change_set=made, campaign=campaign, sequence=1, **times
    )


def append(change=None, state=""):
    with transaction.atomic():
        return audit.append(
            Event.REQUESTED, "system", at=clock.now(), change=change, state=state
        )


def refused(act):
    with pytest.raises(DatabaseError), transaction.atomic():
        act()
    return True


def test_an_entry_is_never_changed(change):
    entry = append()

    assert refused(lambda: AuditEntry.objects.filter(pk=entry.pk).update(body="{}"))


def test_an_entry_is_never_removed(change):
    entry = append()

    assert refused(lambda: AuditEntry.objects.filter(pk=entry.pk).delete())


def test_an_entry_is_never_replaced(change):
    entry = append()
    entry.body = "{}"

    assert refused(lambda: entry.save(force_insert=True))


def test_a_state_without_its_entry_is_refused(change):
    moved = Change.objects.filter(pk=change.pk)

    assert refused(lambda: moved.update(state="waiting"))


def test_a_state_with_an_entry_of_another_state_is_refused(change):
    entry = append(change, state="sending")
    moved = Change.objects.filter(pk=change.pk)

    assert refused(lambda: moved.update(state="waiting", entry=entry))


def test_a_state_with_an_older_entry_is_refused(change):
    entry = append(change, state="waiting")
    Change.objects.filter(pk=change.pk).update(state="waiting", entry=entry)
    moved = Change.objects.filter(pk=change.pk)

    assert refused(lambda: moved.update(state="sending"))


def test_a_change_does_not_begin_in_the_middle(change):
    change.pk, change.sequence, change.state = None, 2, "confirmed"

    assert refused(lambda: change.save(force_insert=True))


def test_a_field_does_not_move_without_an_entry_of_its_change(change):
    field = FieldChange.objects.create(
        change=change, field="name", label="Name", wanted='"x"', readable=True
    )
    entry = append(state="waiting")
    moved = FieldChange.objects.filter(pk=field.pk)

    assert refused(lambda: moved.update(state="waiting", entry=entry))


def test_every_trigger_is_in_place(change):
    assert triggers.missing(connection) == []


def test_a_missing_trigger_is_named(change):
    name = "campaigns_change_state_has_entry"
    on = " ON campaigns_change" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on}")

    assert triggers.missing(connection) == [name]
