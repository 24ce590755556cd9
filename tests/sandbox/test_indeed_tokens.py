import base64

import pytest
import requests

from campaigns.platforms.indeed.sandbox import INDEED_WAREHOUSE
from tests.sandbox.talk import Talk, signed_in, token, token_form

ONE = f"/v1/campaigns/{INDEED_WAREHOUSE}"


def kind(answer):
    return answer.json()["meta"]["errors"][0]["type"]


def test_client_credentials_give_a_token_for_an_hour(indeed):
    answer = token(indeed)

    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 3600
    assert answer.json()["token_type"] == "Bearer"


def test_the_client_may_name_itself_by_basic_instead(indeed):
    basic = base64.b64encode(b"demo-client:demo-secret").decode()
    form = token_form(client_id=None, client_secret=None)

    answer = requests.post(
        indeed.token_url,
        data=form,
        headers={"User-Agent": "tests/1", "Authorization": f"Basic {basic}"},
        timeout=10,
    )

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": None, "client_secret": None}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": None}, 400, "invalid_request"),
        ({"scope": None}, 400, "invalid_scope"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"employer": "nobody"}, 400, "invalid_request"),
    ],
)
def test_a_bad_token_request_gets_the_error_of_the_standard(
    indeed, changes, status, error
):
    answer = token(indeed, **changes)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_a_token_request_in_json_is_refused(indeed):
    answer = requests.post(
        indeed.token_url,
        json=token_form(),
        headers={"User-Agent": "tests/1"},
        timeout=10,
    )

    assert answer.json()["error"] == "invalid_request"


@pytest.mark.parametrize("header", [None, "Basic abc", "Bearer", "Bearer nonsense"])
def test_without_a_good_bearer_token_nothing_is_answered(indeed, header):
    headers = {"Authorization": header} if header else {}

    answer = Talk(indeed, **headers).get(ONE)

    assert (answer.status_code, kind(answer)) == (401, "INVALID_TOKEN")
    assert answer.json()["meta"]["links"] is None
    assert answer.json()["data"] is None


def test_a_token_with_a_letter_too_many_is_refused(indeed, api):
    api.session.headers["Authorization"] += "x"

    assert api.get(ONE).status_code == 401


def test_a_good_token_needs_the_bearer_scheme(api):
    value = api.session.headers["Authorization"].removeprefix("Bearer ")
    api.session.headers["Authorization"] = f"Token {value}"

    assert api.get(ONE).status_code == 401


def test_an_expired_token_is_refused(indeed, api):
    indeed.configure(token_seconds=0)

    assert api.get(ONE).status_code == 401


def test_a_token_without_employer_is_refused(indeed):
    answer = signed_in(indeed, employer=None).get(ONE)

    assert (answer.status_code, kind(answer)) == (403, "NOT_EMPLOYER_ACCESS_TOKEN")


def test_a_token_of_the_old_endpoint_is_refused(indeed):
    old = indeed.token_url.replace("/v2/", "/")
    answer = requests.post(
        old, data=token_form(), headers={"User-Agent": "tests/1"}, timeout=10
    )
    value = answer.json()["access_token"]

    refused = Talk(indeed, Authorization=f"Bearer {value}").get(ONE)

    assert kind(refused) == "LEGACY_ACCESS_TOKEN_NOT_ALLOWED"


def test_a_reading_token_may_not_write(indeed):
    reader = signed_in(indeed, scope="employer.advertising.campaign.read")

    assert reader.get(ONE).status_code == 200
    assert kind(reader.patch(ONE, {"name": "No"})) == "INSUFFICIENT_SCOPE"


def test_a_writing_scope_also_reads(indeed):
    writer = signed_in(indeed, scope="employer.advertising.campaign")

    assert writer.get(ONE).status_code == 200


def test_the_agent_of_a_bare_http_library_is_shown_a_page(indeed, api):
    api.session.headers["User-Agent"] = "python-requests/2.34"

    answer = api.get(ONE)

    assert answer.status_code == 403
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_wrong_path_is_shown_a_page(indeed, api):
    url = indeed.base_url.removesuffix("/ads") + ONE

    answer = api.session.get(url, timeout=10)

    assert answer.status_code == 403
    assert "<html>" in answer.text


def test_the_journal_shows_neither_secret_nor_token(indeed, api):
    value = api.session.headers["Authorization"].removeprefix("Bearer ")
    api.get(ONE)

    journal = str(indeed.journal())

    assert "demo-secret" not in journal
    assert value not in journal
    assert indeed.journal()[-1]["token"] == f"…{value[-4:]}"
