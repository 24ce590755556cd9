"""The fault script, over real HTTP: what the client meets and what took effect."""

import http.client
import time

import pytest
import requests

from campaigns.platforms.indeed.sandbox import INDEED_PLAIN
from campaigns.platforms.microworkers.sandbox import MW_SURVEY
from tests.sandbox.talk import eventually

ONE = f"/v1/campaigns/{INDEED_PLAIN}"
OLD = "Truck drivers, Midwest"
LOST = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def name(sandbox):
    return sandbox.document(INDEED_PLAIN)["name"]


def plant(sandbox, do, times=1, **match):
    sandbox.script({"match": {"method": "PATCH"} | match, "do": do, "times": times})


def test_lost_before_cuts_the_line_and_changes_nothing(indeed, api):
    plant(indeed, {"lost": "before"})

    with pytest.raises(LOST):
        api.patch(ONE, {"name": "New"})

    assert name(indeed) == OLD


@pytest.mark.parametrize("reset", [True, False])
def test_lost_after_cuts_the_line_once_applied(indeed, api, reset):
    plant(indeed, {"lost": "after", "reset": reset})

    with pytest.raises(LOST):
        api.patch(ONE, {"name": "New"})

    assert name(indeed) == "New"


def test_late_makes_the_client_wait_with_the_effect_done(indeed, api):
    plant(indeed, {"late": 20})

    with pytest.raises(requests.ReadTimeout):
        api.patch(ONE, {"name": "New"}, timeout=0.3)

    assert name(indeed) == "New"


def test_a_late_effect_comes_after_the_answer(indeed, api):
    plant(indeed, {"late_effect": 0.3})

    assert api.patch(ONE, {"name": "New"}).status_code == 200
    assert name(indeed) == OLD
    assert eventually(lambda: name(indeed) == "New")


def test_a_refusal_comes_in_the_platforms_envelope(indeed, api):
    plant(indeed, {"refuse": {"status": 500}})

    answer = api.patch(ONE, {"name": "New"})

    assert answer.status_code == 500
    assert answer.json()["meta"]["errors"][0]["type"] == "INTERNAL_SERVER_ERROR"
    assert name(indeed) == OLD


def test_a_refusal_can_take_effect_all_the_same(indeed, api):
    plant(indeed, {"refuse": {"status": 503}, "applied": True})

    assert api.patch(ONE, {"name": "New"}).status_code == 503
    assert name(indeed) == "New"


def test_a_refusal_has_a_type_words_and_headers_of_choice(indeed, api):
    plant(
        indeed,
        {
            "refuse": {
                "status": 429,
                "type": "SLOW_DOWN",
                "description": "Too fast.",
                "headers": {"Retry-After": "7"},
            }
        },
    )

    answer = api.patch(ONE, {"name": "New"})

    assert answer.headers["Retry-After"] == "7"
    assert answer.json()["meta"]["errors"] == [
        {"type": "SLOW_DOWN", "description": "Too fast."}
    ]


def test_a_500_of_microworkers_is_the_literal_null(microworkers, hire):
    plant(microworkers, {"refuse": {"status": 500}})

    answer = hire.patch(f"/hire-group-campaigns/{MW_SURVEY}", {"ttr": 9})

    assert (answer.status_code, answer.text) == (500, "null")


def test_a_401_of_microworkers_never_has_a_detail(microworkers, hire):
    plant(microworkers, {"refuse": {"status": 401, "description": "No."}})

    answer = hire.patch(f"/hire-group-campaigns/{MW_SURVEY}", {"ttr": 9})

    assert set(answer.json()) == {"type", "title", "status"}


def test_a_literal_body_replaces_the_answer_of_an_applied_change(indeed, api):
    errors = [{"type": "RESOURCE_NOT_FOUND", "description": "?"}]
    plant(indeed, {"answer": {"body": {"meta": {"errors": errors}}}})

    answer = api.patch(ONE, {"name": "New"})

    assert (answer.status_code, answer.json()["meta"]["errors"]) == (200, errors)
    assert name(indeed) == "New"


def test_an_html_page_can_stand_in_the_way(indeed, api):
    plant(indeed, {"html": 502})

    answer = api.patch(ONE, {"name": "New"})

    assert (answer.status_code, name(indeed)) == (502, OLD)
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_redirect_takes_no_effect(indeed, api):
    plant(indeed, {"redirect": "http://127.0.0.1:9/elsewhere"})

    answer = api.session.patch(
        indeed.base_url + ONE, json={"name": "New"}, allow_redirects=False, timeout=5
    )

    assert (answer.status_code, name(indeed)) == (307, OLD)


def test_ignore_answers_well_and_does_nothing(indeed, api):
    plant(indeed, {"ignore": True})

    assert api.patch(ONE, {"name": "New"}).status_code == 200
    assert name(indeed) == OLD


def test_partly_applies_some_fields_only(indeed, api):
    plant(indeed, {"partly": ["trackingToken"]})

    api.patch(ONE, {"name": "New", "trackingToken": "t"})

    assert name(indeed) == OLD
    assert indeed.document(INDEED_PLAIN)["trackingToken"] == "t"


def test_normalise_stores_another_value_than_was_sent(microworkers, hire):
    plant(microworkers, {"normalise": {"maximumJobLimit.limitPerDay": 50}})
    body = {"maximumJobLimit": {"enabled": True, "limitPerDay": 55}}

    hire.patch(f"/hire-group-campaigns/{MW_SURVEY}", body)

    stored = microworkers.document(MW_SURVEY)["maximumJobLimit"]
    assert stored == {"enabled": True, "limitPerDay": 50}


def test_stale_reads_show_the_older_value_for_a_while(indeed, api):
    plant(indeed, {"stale": 0.4})

    api.patch(ONE, {"name": "New"})

    assert name(indeed) == "New"
    assert api.get(ONE).json()["data"]["Name"] == OLD
    assert eventually(lambda: api.get(ONE).json()["data"]["Name"] == "New")


def test_settling_makes_every_write_stale(indeed, api):
    indeed.configure(settle=30)

    api.patch(ONE, {"name": "New"})
    listed = api.get("/v1/campaigns").json()["data"]["Campaigns"]

    assert OLD in {row["Name"] for row in listed}
    assert name(indeed) == "New"


def test_twice_applies_the_same_request_again(indeed, api):
    plant(indeed, {"twice": 0.2})
    api.patch(ONE, {"name": "New"})
    indeed.edit(INDEED_PLAIN, {"name": "Theirs"})

    assert eventually(lambda: name(indeed) == "New")
    patched = [one for one in indeed.journal() if one.get("method") == "PATCH"]
    assert len(patched) == 1
    assert [effect["order"] for effect in patched[0]["effects"]] == [1, 3]


def test_a_rival_is_faster_by_a_moment(indeed, api):
    plant(indeed, {"rival": {"name": "Theirs"}}, method="GET", campaign=INDEED_PLAIN)

    assert api.get(ONE).json()["data"]["Name"] == "Theirs"
    assert [one["kind"] for one in indeed.journal()][-1] == "edit"


def test_cut_ends_the_answer_in_the_middle(indeed, api):
    plant(indeed, {"cut": -5})

    with pytest.raises(LOST):
        api.patch(ONE, {"name": "New"})

    assert name(indeed) == "New"
    assert indeed.journal()[-1]["delivered"] == "cut"


def test_cut_counts_from_the_first_byte(indeed, api):
    plant(indeed, {"cut": 12})
    line = http.client.HTTPConnection("127.0.0.1", indeed.port, timeout=5)
    headers = dict(api.session.headers) | {"Content-Type": "application/json"}
    line.request("PATCH", f"/ads{ONE}", '{"name":"New"}', headers)

    assert line.sock.recv(1000) == b"HTTP/1.1 200"
    assert line.sock.recv(1000) == b""
    line.close()


def test_drip_sends_the_answer_slowly_and_whole(indeed, api):
    plant(indeed, {"drip": 2000})
    began = time.monotonic()

    answer = api.patch(ONE, {"name": "New"})

    assert answer.json()["data"] == {"campaignId": INDEED_PLAIN}
    assert time.monotonic() - began > 0.1


def test_raw_bytes_are_sent_as_they_are(indeed, api):
    plant(indeed, {"raw": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"})

    answer = api.patch(ONE, {"name": "New"})

    assert (answer.text, name(indeed)) == ("{}", OLD)
