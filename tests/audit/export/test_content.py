"""Exports: exactly what the filters show, counted before and told in the history."""

import itertools
import json
from datetime import timedelta

import pytest
from django.db import transaction

from campaigns import audit, clock
from campaigns.audit import Event
from campaigns.lifecycle import State
from campaigns.models import AuditEntry
from tests.asked import ask
from tests.audit.export.files import checked, download, rows, unpacked
from tests.factories import CampaignFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["csv", "zip"])
def test_the_count_is_said_before_and_in_the_file(client, me, kind):
    ask(State.CONFIRMED)

    count, content = download(client, kind)

    if kind == "csv":
        told = rows(content)
        assert told[0][0] == f"Audit history: {count:,} entries."
        assert told[-1] == [f"End of the export: {count} of {count} entries."]
        assert len(told) == count + 3
    else:
        files = unpacked(content)
        assert json.loads(files["manifest.json"])["entries"] == count
        assert files["entries.jsonl"].count(b"\n") == count


def test_a_csv_tells_it_in_the_words_of_the_page(client, me):
    ask(State.ALREADY_SO)
    with transaction.atomic():
        audit.append(Event.OUTSIDE, "campaign:1", at=clock.now(), channel="system")
        audit.append(Event.HELD, "system", at=clock.now(), facts={"scope": "indeed"})

    told = rows(download(client, "csv")[1])
    lines = [dict(zip(told[1], row, strict=True)) for row in told[2:-1]]

    assert lines[-3]["State"] == "Already so"
    assert lines[-2]["Person"] == "outside"
    assert (lines[-2]["What"], lines[-2]["Channel"]) == (
        "Changed outside",
        "Campaign Desk",
    )
    assert lines[-1]["About"] == "Indeed"


def test_an_export_at_a_full_second_holds(client, me, tmp_path, capsys):
    ask(State.CONFIRMED)
    now, seconds = clock.now().replace(microsecond=0), itertools.count(1)
    with clock.replaced(lambda: now + timedelta(seconds=next(seconds))):
        (tmp_path / "export.zip").write_bytes(download(client, "zip")[1])

    assert checked(capsys, tmp_path / "export.zip")[0] == 0


def test_filters_decide_what_is_in_it(client, me):
    wanted, other = CampaignFactory(name="Night nurses"), CampaignFactory(name="Cooks")
    for campaign in (wanted, other):
        ask(State.CONFIRMED, campaign=campaign)

    for query in (f"?campaign={wanted.pk}", "?q=night", f"?campaign={wanted.pk}&q=n"):
        count, content = download(client, "csv", query)
        shown = AuditEntry.objects.filter(campaign_id=wanted.pk)
        assert sorted(int(row[1]) for row in rows(content)[2:-1]) == sorted(
            shown.values_list("pk", flat=True)
        )
        assert count == shown.count()


def test_many_pages_lose_and_double_nothing(client, me, monkeypatch):
    monkeypatch.setattr("campaigns.queries.every.PAGE", 3)
    with transaction.atomic():
        made = [
            audit.append(Event.TESTED, "system", at=clock.now()).pk for _ in range(20)
        ]

    _, content = download(client, "csv", "?event=connection+tested")

    assert [int(row[1]) for row in rows(content)[2:-1]] == made


def test_what_comes_later_is_no_part_of_it(client, me, append):
    append()
    page = client.get("/audit/export")
    asked = page.context["asked"]
    append("campaign:9")

    response = client.post("/audit/export", {"kind": "csv", "size": asked.size})

    assert len(rows(b"".join(response))) == asked.count + 3


def test_an_export_is_itself_an_entry(client, me, append):
    append()
    count, _ = download(client, "csv")

    entry = AuditEntry.objects.get(event=Event.EXPORTED)
    facts = json.loads(entry.body)["facts"]
    assert (entry.person_id, facts["entries"], facts["asked"]) == (
        me.pk,
        count,
        "everything",
    )


def test_a_connection_closed_to_me_is_not_in_it(client, me, append):
    append(campaign=CampaignFactory(name="Hidden", connection__open_to_all=False))

    _, content = download(client, "csv")

    assert b"Hidden" not in content


def test_marketers_export_nothing(client):
    client.force_login(PersonFactory())

    assert client.get("/audit/export").status_code == 403


@pytest.mark.parametrize("form", [{}, {"kind": "exe"}])
def test_only_known_kinds_leave(client, me, append, form):
    append()

    assert client.post("/audit/export", form).status_code == 422
    assert not AuditEntry.objects.filter(event=Event.EXPORTED).exists()


def test_a_filter_that_is_wrong_exports_nothing(client, me):
    response = client.get("/audit/export?since=yesterday")

    assert response.status_code == 302
    assert response.url.startswith("/audit/")
