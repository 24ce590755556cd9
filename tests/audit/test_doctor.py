"""The doctor on the history: seals that are late, what a verification found."""

from datetime import timedelta

import pytest
from django.db import connection

from campaigns import clock
from campaigns.audit import triggers, upkeep, verify
from campaigns.audit.verify import Request
from dashboard import doctor
from dashboard.doctor import Level, history

pytestmark = pytest.mark.django_db


def test_an_entry_that_waits_a_minute_for_its_seal_is_wrong(append):
    append()
    later = clock.now() + timedelta(seconds=61)

    assert history.look_at_seals()[0].level == Level.WELL
    with clock.replaced(lambda: later):
        found = history.look_at_seals()[0]

    assert found.level == Level.WRONG
    assert "1 audit entries wait" in found.words


def test_a_broken_history_stays_wrong_until_it_is_verified(sealed, tamper):
    tamper(f"UPDATE campaigns_auditentry SET leaf = '' WHERE id = {sealed[4].pk}")
    assert history.look_at_verification()[0].level == Level.NOTE

    verify.run(Request())

    found = history.look_at_verification()[0]
    assert found.level == Level.WRONG
    assert "changed leaf" in found.words


def test_a_look_at_a_part_ends_no_alarm_of_the_whole(sealed, tamper):
    tamper(f"UPDATE campaigns_auditentry SET leaf = '' WHERE id = {sealed[4].pk}")
    verify.run(Request())
    leaf = sealed[4].leaf
    tamper(f"UPDATE campaigns_auditentry SET leaf = '{leaf}' WHERE id = {sealed[4].pk}")

    verify.run(Request(sample=3))
    assert history.look_at_verification()[0].level == Level.WRONG

    verify.run(Request())
    assert history.look_at_verification()[0].level == Level.WELL


def test_looks_at_a_part_end_no_alarm_however_many_they_are(sealed, tamper):
    tamper(f"UPDATE campaigns_auditentry SET leaf = '' WHERE id = {sealed[4].pk}")
    verify.run(Request())
    leaf = sealed[4].leaf
    tamper(f"UPDATE campaigns_auditentry SET leaf = '{leaf}' WHERE id = {sealed[4].pk}")
    for _ in range(101):
        verify.run(Request(sample=1))

    found = history.look_at_verification()[0]

    assert (found.level, "changed leaf" in found.words) == (Level.WRONG, True)


def test_triggers_put_back_leave_the_verdict_as_it_was(sealed, tamper):
    tamper(f"UPDATE campaigns_auditentry SET leaf = '' WHERE id = {sealed[4].pk}")
    verify.run(Request())
    connection.check_constraints()  # PostgreSQL alters no table that waits for them
    triggers.drop(connection)

    assert upkeep.protect()

    found = history.look_at_verification()[0]
    assert (found.level, "changed leaf" in found.words) == (Level.WRONG, True)


def test_triggers_put_back_are_no_verification(sealed):
    connection.check_constraints()
    triggers.drop(connection)

    assert upkeep.protect()

    assert history.look_at_verification()[0].level == Level.NOTE


def test_an_intact_history_is_well(sealed):
    verify.run(Request())

    subjects = {one.subject: one.level for one in doctor.examine()}
    assert (subjects["Seals"], subjects["History"]) == (Level.WELL, Level.WELL)
