"""Pages and exports where texts of old months lie in archives alone."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from campaigns import clock
from campaigns.audit import check_export, seal, texts
from campaigns.delivery import telling
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Change, PersonName
from tests.asked import ask
from tests.audit.conftest import own_place
from tests.factories import CampaignFactory, PersonFactory

pytestmark = pytest.mark.django_db
own_place = own_place
OLD = datetime(2024, 1, 10, tzinfo=UTC)
EDGE = datetime(2024, 2, 1, tzinfo=UTC)


@pytest.fixture
def me(client):
    person = PersonFactory(manager=True, full_name="Mara Field", is_marketer=True)
    PersonName.objects.create(person_id=person.pk, name="Mara Field")
    client.force_login(person)
    return person


@pytest.fixture
def campaign(monkeypatch, me):
    """Of two changes in January only the later one's texts are here; one is of now."""
    monkeypatch.setattr("campaigns.planning.as_of.OF_A_FIELD", 1)
    campaign = CampaignFactory(name="Night nurses")
    words = {"campaign": campaign, "person": me}
    with clock.replaced(lambda: OLD):
        ask(State.CONFIRMED, reason="An old reason", **words)
        ask(State.CONFIRMED, reason="A newer reason", **words)
    ask(State.WAITING, **words)
    call_command("audit", "archive", "--remove-texts")
    seal.run_once()
    return campaign


@pytest.fixture
def gone(campaign):
    """The entries of the first change, oldest first."""
    rows = list(AuditEntry.objects.filter(body="").order_by("pk"))
    assert len(rows) == 4
    return rows


def see(client, address, code=200):
    response = client.get(address)
    assert response.status_code == code
    return " ".join(response.content.decode().split())


# --- the audit log ----------------------------------------------------------------


def test_a_line_tells_what_the_columns_do_and_where_the_text_is(client, gone):
    page = see(client, "/audit/")

    row = page.partition(f'id="entry-{gone[0].pk}"')[2].partition("</tr>")[0]
    assert "Text in the archive of January 2024" in row
    for words in ("Change requested", "Mara Field", "Night nurses", "Waiting"):
        assert words in row
    assert "An old reason" not in page
    assert "A newer reason" in page
    assert "Texts before 1 February 2024 lie in archives" in page


def test_looking_for_texts_says_how_far_back(client, gone):
    told = "looked for back to 1 February 2024"

    assert told in see(client, "/audit/?q=reason")
    assert told in see(client, "/audit/?field=ttr")
    assert told in see(client, "/audit/?value=5+days")
    assert told not in see(client, "/audit/?state=confirmed")


def test_an_entry_is_read_from_its_archive(client, gone):
    page = see(client, f"/audit/{gone[0].pk}/")

    assert "Read from the archive of January 2024, audit-2024-01.zip." in page
    assert "An old reason" in page
    assert "The leaf is that of the text in the archive." in page
    gone[0].refresh_from_db()
    assert gone[0].body == ""


def test_an_entry_without_its_archive_says_which_file_has_it(client, gone, settings):
    (settings.AUDIT_ARCHIVE_DIR / "audit-2024-01.zip").unlink()

    page = see(client, f"/audit/{gone[0].pk}/")

    assert "lies in the archive of January 2024, <code>audit-2024-01.zip" in page
    assert "not at hand" in page
    assert "An old reason" not in page


def test_a_file_with_another_text_is_not_shown(client, gone, settings):
    path = settings.AUDIT_ARCHIVE_DIR / "audit-2024-01.zip"
    with zipfile.ZipFile(path) as archive:
        text = archive.read("entries.jsonl").replace(b"An old", b"A forged")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("entries.jsonl", text)

    page = see(client, f"/audit/{gone[0].pk}/")

    assert "forged" not in page
    assert "not at hand" in page


def test_nothing_is_said_where_nothing_was_removed(client, me):
    change = ask(State.CONFIRMED)
    seal.run_once()

    for address in ("/audit/?q=x", f"/audit/{change.entry_id}/"):
        page = see(client, address)
        assert "lie in archives" not in page
        assert "in the archive" not in page


# --- changes, campaigns, notices --------------------------------------------------


def test_the_story_of_an_old_change_is_told_by_columns(client, gone):
    page = see(client, f"/changes/{gone[0].change_id}/")

    assert "Mara Field asked for it" in page
    assert "Text in the archive of January 2024" in page


def test_a_moment_before_shows_no_guess(client, campaign):
    page = see(client, f"/campaigns/{campaign.pk}/as-of?at=2024-01-20T10:00")

    assert "before 1 February 2024 (UTC) lies in archives" in page
    assert '<table class="table moments">' not in page
    answer = client.get(f"/campaigns/{campaign.pk}/as-of?at=2024-01-20T10:00&as=csv")
    assert "text/html" in answer["Content-Type"]


def test_comparing_with_a_moment_before_shows_no_guess(client, campaign):
    page = see(client, f"/campaigns/{campaign.pk}/as-of?and=2024-01-20T10:00")

    assert "lies in archives" in page


def test_a_moment_after_is_shown(client, campaign):
    page = see(client, f"/campaigns/{campaign.pk}/as-of?at=2024-02-02T10:00")

    assert '<table class="table moments">' in page
    assert "archives" not in page


def test_nothing_is_put_back_to_a_moment_before(client, campaign):
    address = f"/campaigns/{campaign.pk}/put-back"
    form = {"at": "2024-01-20T10:00"}
    response = client.post(address, form, follow=True)

    assert "lies in archives" in response.content.decode()


def test_a_campaign_that_is_newer_knows_of_no_archive(client, campaign):
    other = CampaignFactory()

    page = see(client, f"/campaigns/{other.pk}/as-of?at=2024-01-20T10:00")

    assert "archives" not in page


def test_a_notice_of_an_old_entry_can_still_be_told(gone):
    told = telling.told(gone)[0]

    assert (told["event"], told["reason"]) == ("change requested", "")
    assert told["campaign"]["name"] == "Night nurses"


# --- exports ----------------------------------------------------------------------


def download(client, kind, query=""):
    page = client.get(f"/audit/export{query}")
    form = {"kind": kind, "size": page.context["asked"].size}
    content = b"".join(client.post(f"/audit/export{query}", form))
    return " ".join(page.content.decode().split()), content


LEFT_OUT = (
    "4 more entries that fit are not in this file: their texts lie in the archives"
)


def test_a_csv_says_what_it_does_not_hold(client, gone, campaign):
    page, content = download(client, "csv", f"?campaign={campaign.pk}")

    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert "Export 5 entries" in page
    assert LEFT_OUT in page
    assert rows[-2][0].startswith(f"{LEFT_OUT} of January 2024 (audit-2024-01.zip).")
    assert rows[-1] == ["End of the export: 5 of 5 entries."]
    assert {int(row[1]) for row in rows[6:-2]}.isdisjoint(one.pk for one in gone)


def test_a_zip_says_so_and_is_proven(client, gone, campaign, tmp_path, capsys):
    page, content = download(client, "zip")
    path = tmp_path / "export.zip"
    path.write_bytes(content)

    assert check_export.main([str(path), "--key", seal.newest().key]) == 0
    said = capsys.readouterr().out
    assert "Not in this file: 4 that fit, whose texts lie in the archive of" in said
    assert f"campaign:{campaign.pk}: " in said
    assert f"campaign:{campaign.pk}: 9 of 9" not in said
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert "4 more entries that fit" in archive.read("README.txt").decode()
    stream = manifest["streams"][f"campaign:{campaign.pk}"]
    assert (manifest["left_out"], stream["complete"]) == ({"2024-01": 4}, False)
    assert LEFT_OUT in page


@pytest.mark.parametrize("query", ["?q=mara", "?field=ttr", "?value=5+days"])
@pytest.mark.parametrize("kind", ["csv", "zip"])
def test_an_export_by_texts_says_how_far_back_it_looks(
    client, gone, query, kind, tmp_path, capsys
):
    told = "looked for back to 2024-02-01"

    page, content = download(client, kind, query)

    assert told in page
    if kind == "csv":
        assert told in content.decode()
        return
    path = tmp_path / "export.zip"
    path.write_bytes(content)
    assert check_export.main([str(path)]) == 0
    assert told in capsys.readouterr().out


def test_a_manifest_that_hides_what_is_left_out_does_not_hold(
    client, gone, tmp_path, capsys
):
    path = tmp_path / "export.zip"
    path.write_bytes(download(client, "zip")[1])
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    del manifest["left_out"]
    files["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)

    assert check_export.main([str(path)]) == 1
    assert "wrong about left_out" in capsys.readouterr().out


def test_an_export_of_what_is_here_is_complete(client, gone):
    page, _ = download(client, "csv", "?state=waiting&event=held")

    assert "more entries" not in page


def test_the_command_says_it_too(gone, tmp_path, capsys):
    call_command("audit", "export", str(tmp_path / "all.csv"))
    call_command("audit", "status")

    out = capsys.readouterr().out
    assert LEFT_OUT in out
    assert "Texts before 1 February 2024 (UTC) lie in archives." in out


# --- the door ---------------------------------------------------------------------


def test_told_has_every_key_of_a_text(gone):
    text = texts.from_archive(gone[0])

    assert set(texts.told(gone[0])) == set(json.loads(text)) | {texts.ARCHIVE}
    same = ("stream", "number", "event", "at", "person", "channel", "state", "change")
    told = texts.told(gone[0])
    assert {key: told[key] for key in same} == {
        key: json.loads(text)[key] for key in same
    }


def test_many_removed_texts_cost_three_queries_more(gone, django_assert_num_queries):
    with django_assert_num_queries(4):
        texts.told_all(gone)
    assert Change.objects.count() == 3
