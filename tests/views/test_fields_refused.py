"""Partial updates that are refused: in words at their field, nothing kept or lost."""

import pytest
from django.test import Client

from tests.factories import CampaignFactory, PersonFactory
from tests.views.tab import HTMX, Tab, drafts, row, words

pytestmark = pytest.mark.django_db


LONE = "\ud800"


REFUSED = {
    "empty": ("name", "", "Give a name"),
    "too-long": ("name", "n" * 251, "at most 250 characters"),
    "nul": ("name", "a\x00b", "invisible characters"),
    "exponent": ("objective.target", "1e999", "plain number"),
    "not-a-number": ("objective.target", "NaN", "plain number"),
    "comma": ("objective.target", "10,50", "plain number"),
    "below-zero": ("objective.target", "-1", "plain number"),
    "zero": ("objective.target", "0", "above 0"),
    "unknown-choice": ("status", "EXPLODED", "values offered"),
    "radius-between": ("jobsLocationRadius", "26", "values offered"),
    "words-for-a-status": ("status", "ACTIVE; DROP TABLE", "values offered"),
    "token-too-long": ("trackingToken", "t" * 256, "at most 255 characters"),
}
REFUSED_SIGNS = {
    "a-word": ("ttr", "seven", "whole number"),
    "half": ("ttr", "1.5", "whole number"),
    "huge": ("ttr", "9" * 400, "whole number"),
    "misprint": ("ttr", "130", "from 1 to 30"),
    "infinite": ("ttr", "1e999", "whole number"),
    "neither-on-nor-off": ("qtRequired", "maybe", "on or off"),
    "half-a-flag": ("autoRateOkTask", "true", "on or off"),
    "no-positions": ("maximumJobLimit.limitPerDay", "0", "1 or more"),
    "percent": ("successRate", "101", "from 0 to 100"),
}


@pytest.mark.parametrize(("path", "value", "said"), REFUSED.values(), ids=REFUSED)
def test_bad_input_gets_words_at_its_field_and_changes_nothing(tab, path, value, said):
    response = tab.keep(path, value)

    assert response.status_code == 422
    assert said in words(row(response, path))
    assert drafts() == {}


@pytest.mark.parametrize(
    ("path", "value", "said"), REFUSED_SIGNS.values(), ids=REFUSED_SIGNS
)
def test_bad_input_for_a_hire_group_gets_words_too(signs_tab, path, value, said):
    response = signs_tab.keep(path, value)

    assert response.status_code == 422
    assert said in words(row(response, path))
    assert drafts() == {}


@pytest.mark.parametrize("value", ["n" * 251, "a\x00b"])
def test_what_was_typed_stays_in_the_input(tab, value):
    response = tab.keep("name", value)

    assert value[:40].replace("\x00", "") in row(response, "name").replace("\x00", "")


def test_a_refused_edit_leaves_the_one_before_it(tab):
    tab.keep("name", "Good")

    response = tab.keep("name", "")

    assert response.status_code == 422
    assert drafts() == {"name": '"Good"'}


def test_a_lone_surrogate_is_refused_in_words(client, tab):
    body = f"field=name&seen=%22Night+nurses%22&name={'%ED%A0%80'}"

    response = client.post(
        f"{tab.address}fields/name",
        body,
        content_type="application/x-www-form-urlencoded",
        headers=HTMX,
    )

    assert response.status_code < 500
    assert LONE not in str(drafts())


def test_a_post_without_the_input_changes_nothing(tab):
    tab.keep("name", "Good")

    response = tab.keep("name", None)

    assert response.status_code == 422
    assert drafts() == {"name": '"Good"'}


def test_a_locked_field_is_refused_with_its_reason(client, mara, nurses):
    nurses.document = nurses.document.replace('"PAID"', '"BONUS_CREDIT"')
    nurses.save(update_fields=["document"])

    response = Tab(client, nurses).keep("name", "Free", seen='"Night nurses"')

    assert response.status_code == 422
    assert "bonus" in words(row(response, "name")).lower()
    assert drafts() == {}


def test_a_field_that_was_never_read_cannot_be_edited(client, mara, nurses):
    nurses.document = "{}"
    nurses.save(update_fields=["document"])

    response = Tab(client, nurses).keep("name", "Blind", seen="")

    assert response.status_code == 422
    assert "Read this campaign first" in words(row(response, "name"))


def test_a_part_that_is_not_set_yet_can_be_given(client, mara, signs):
    signs.document = signs.document.replace("null", '{"enabled": false}')
    signs.save(update_fields=["document"])
    tab = Tab(client, signs)
    tab.keep("autoSkipTask.enabled", "on")

    response = tab.keep("autoSkipTask.timeLimit", "60")

    assert response.status_code == 200
    assert drafts()["autoSkipTask.timeLimit"] == "60"


def test_a_page_that_is_too_old_keeps_what_was_typed_and_says_so(tab, nurses):
    seen = tab.seen("name")
    nurses.document = nurses.document.replace("Night nurses", "Day nurses")
    nurses.save(update_fields=["document"])

    response = tab.keep("name", "Mine", seen=seen)

    assert response.status_code == 422
    assert "changed since the page was opened" in words(row(response, "name"))
    assert 'value="Mine"' in row(response, "name")
    assert drafts() == {}


def test_the_refused_page_has_what_is_live_now_for_the_next_try(tab, nurses):
    seen = tab.seen("name")
    nurses.document = nurses.document.replace("Night nurses", "Day nurses")
    nurses.save(update_fields=["document"])
    response = tab.keep("name", "Mine", seen=seen)

    assert "Day nurses" in row(response, "name")
    assert tab.keep("name", "Mine").status_code == 200


@pytest.mark.parametrize("seen", ["junk", '"Somebody"', "null", "1e999", "\x00"])
def test_a_forged_seen_value_is_refused(tab, seen):
    assert tab.keep("name", "Mine", seen=seen).status_code == 422
    assert drafts() == {}


# --- forged ---------------------------------------------------------------------


@pytest.mark.parametrize("path", ["colour", "__class__", "objective", "ttr", "%00"])
def test_an_unknown_field_is_404(client, tab, path):
    for address in (path, f"{path}/edit", f"{path}/discard"):
        ask = client.get if address.endswith("edit") else client.post
        assert ask(f"{tab.address}fields/{address}").status_code == 404


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 30, "-1", "x", "1.5"])
def test_a_forged_campaign_is_404(client, mara, nurses, pk):
    assert client.get(f"/campaigns/{pk}/").status_code == 404
    assert client.post(f"/campaigns/{pk}/fields/name").status_code == 404


def test_the_campaign_of_a_strangers_connection_is_404(client, mara):
    theirs = CampaignFactory(connection__open_to_all=False)
    tab = Tab(client, theirs)

    assert tab.page().status_code == 404
    assert tab.keep("ttr", "5", seen="7").status_code == 404
    assert client.get(f"{tab.address}live").status_code == 404
    assert client.post(f"{tab.address}read").status_code == 404
    assert drafts() == {}


def test_a_post_without_its_token_is_403(nurses):
    client = Client(enforce_csrf_checks=True)
    client.force_login(PersonFactory())

    response = client.post(f"/campaigns/{nurses.pk}/fields/name", {"name": "Forged"})

    assert response.status_code == 403
    assert drafts() == {}


@pytest.mark.parametrize("role", ["admin", "inactive"])
def test_who_may_not_edit_keeps_nothing(client, nurses, role):
    client.force_login(PersonFactory(**{role: True}))

    response = client.post(
        f"/campaigns/{nurses.pk}/fields/name",
        {"name": "Mine", "seen": '"Night nurses"'},
        headers=HTMX,
    )

    assert "HX-Redirect" in response.headers or response.status_code == 403
    assert drafts() == {}


def test_a_body_beyond_all_measure_is_refused(tab):
    response = tab.keep("name", "n" * (6 * 1024 * 1024), seen="x")

    assert 400 <= response.status_code < 500
    assert drafts() == {}


def test_a_getter_cannot_write(client, tab):
    assert client.get(f"{tab.address}fields/name").status_code == 405


# --- a session that ended -------------------------------------------------------


def test_a_signed_out_edit_leads_to_the_sign_in_and_back_to_the_page(client, tab):
    client.logout()

    response = client.post(
        f"{tab.address}fields/name",
        {"name": "Mine"},
        headers=HTMX | {"HX-Current-URL": f"http://testserver{tab.address}"},
    )

    assert response.headers["HX-Redirect"] == f"/account/login/?next={tab.address}"


def test_what_was_kept_before_the_session_ended_is_there_again(client, tab, mara):
    tab.keep("name", "Kept")
    client.logout()

    client.force_login(mara)

    assert 'value="Kept"' in row(tab.page(), "name")
