"""What every stand-in shares: journal, control door, state, keep-alive."""

import http.client
import socket
import threading

import pytest

from campaigns.gateway.standin import serve
from campaigns.platforms.indeed.sandbox import INDEED_CLASH, INDEED_PLAIN
from campaigns.platforms.microworkers.sandbox import MW_SURVEY
from tests.sandbox.talk import Talk, eventually, signed_in

ONE = f"/v1/campaigns/{INDEED_PLAIN}"
SURVEY = f"/hire-group-campaigns/{MW_SURVEY}"


def test_the_journal_tells_what_a_request_did(indeed, api):
    api.patch(ONE, {"name": "New"})

    entry = indeed.journal()[-1]

    assert entry["method"] == "PATCH"
    assert entry["path"] == "/ads" + ONE
    assert entry["campaign"] == INDEED_PLAIN
    assert entry["body"] == '{"name": "New"}'
    assert entry["status"] == 200
    assert entry["delivered"] == "whole"
    assert entry["started"] <= entry["ended"]
    effect = entry["effects"][0]
    assert effect["before"] == {"name": "Truck drivers, Midwest"}
    assert effect["after"] == {"name": "New"}


def test_a_refused_request_has_no_effect_in_the_journal(indeed, api):
    api.patch(ONE, {"status": "ENDED"})

    assert indeed.journal()[-1]["effects"] == []


def test_the_order_of_effect_can_differ_from_the_order_of_arrival(indeed, api):
    indeed.script({"match": {"body": "First"}, "do": {"late_effect": 0.3}})
    api.patch(ONE, {"name": "First"})
    api.patch(ONE, {"name": "Second"})

    assert eventually(lambda: indeed.document(INDEED_PLAIN)["name"] == "First")
    first, second = indeed.journal()[-2:]
    assert first["number"] < second["number"]
    assert first["effects"][0]["order"] > second["effects"][0]["order"]


def test_overlapping_requests_overlap_in_the_journal(indeed, api):
    indeed.script({"match": {"method": "GET"}, "do": {"late": 0.3}, "times": 2})
    threads = [threading.Thread(target=api.get, args=(ONE,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    one, other = indeed.journal()[-2:]
    assert other["started"] < one["ended"]


def test_two_writers_at_once_lose_nothing(microworkers):
    def write(first):
        hire = Talk(microworkers, MicroworkersApiKey="demo-key")
        for days in range(first, 31, 2):
            hire.patch(SURVEY, {"ttr": days})

    threads = [threading.Thread(target=write, args=(n,)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    effects = [e for entry in microworkers.journal() for e in entry["effects"]]
    effects.sort(key=lambda effect: effect["order"])
    assert len(effects) == 30
    befores = [effect["before"]["ttr"] for effect in effects[1:]]
    assert befores == [effect["after"]["ttr"] for effect in effects[:-1]]


def test_one_connection_serves_many_requests(microworkers):
    line = http.client.HTTPConnection("127.0.0.1", microworkers.port, timeout=5)
    headers = {"MicroworkersApiKey": "demo-key", "Content-Type": "application/json"}
    line.connect()
    port = line.sock.getsockname()[1]
    for days in (3, 4, 5):
        line.request("PATCH", f"/api/v2{SURVEY}", f'{{"ttr":{days}}}', headers)
        assert line.getresponse().read() == b""

    assert line.sock.getsockname()[1] == port


def test_half_a_body_is_never_judged(microworkers):
    head = f"PATCH /api/v2{SURVEY} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n"
    head += "MicroworkersApiKey: demo-key\r\nContent-Type: application/json\r\n\r\n"
    with socket.create_connection(("127.0.0.1", microworkers.port), 5) as line:
        line.sendall(head.encode() + b'{"ttr":9}')
        line.shutdown(socket.SHUT_WR)
        assert line.recv(100) == b""

    assert microworkers.journal() == []


def test_too_long_a_body_is_refused(microworkers, hire):
    answer = hire.patch(SURVEY, b" " * (1024 * 1024 + 1))

    assert answer.status_code == 413


def test_the_control_door_steers_from_another_process(indeed, api):
    line = {"match": {"method": "GET"}, "do": {"refuse": {"status": 404}}}

    assert api.control("POST", "faults", [line]).json()[0]["used"] == 0
    assert api.get(ONE).status_code == 404
    assert api.control("GET", "faults").json()[0]["used"] == 1
    assert api.control("DELETE", "faults").json() == []
    assert api.control("GET", "journal").json()[-1]["status"] == 404


def test_somebody_else_edits_through_the_control_door(indeed, api):
    said = {"campaign": INDEED_PLAIN, "changes": {"name": "Theirs"}}

    api.control("POST", "edit", said)

    assert api.get(ONE).json()["data"]["Name"] == "Theirs"


def test_an_edit_can_be_planned_for_later(indeed, api):
    said = {"campaign": INDEED_PLAIN, "changes": {"name": "Theirs"}, "after": 0.2}

    told = api.control("POST", "edit", said).json()

    assert told["name"] == "Truck drivers, Midwest"
    assert eventually(lambda: indeed.document(INDEED_PLAIN)["name"] == "Theirs")


def test_options_can_be_read_and_set(indeed, api):
    told = api.control("POST", "options", {"settle": 0.5}).json()

    assert told["settle"] == 0.5
    assert api.control("GET", "options").json() == told


def test_reset_brings_back_the_beginning(indeed, api):
    api.patch(ONE, {"name": "New"})
    api.control("POST", "reset")

    assert indeed.document(INDEED_PLAIN)["name"] == "Truck drivers, Midwest"
    assert indeed.journal() == []


@pytest.mark.parametrize(
    ("method", "name", "body"),
    [
        ("POST", "faults", [{"do": {"explode": 1}}]),
        ("POST", "edit", {"campaign": "nothing", "changes": {}}),
        ("POST", "edit", {}),
        ("POST", "options", {"speed": 1}),
    ],
)
def test_what_the_control_door_cannot_understand_gets_words(api, method, name, body):
    answer = api.control(method, name, body)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_web_page_cannot_steer(indeed, api):
    api.session.headers["Origin"] = "https://example.com"

    assert api.control("POST", "reset").status_code == 403


def test_an_unknown_control_lists_the_known_ones(api):
    assert "journal" in api.control("GET", "nothing").json()["error"]


def test_stopping_ends_idle_connections_and_frees_the_port(microworkers, hire):
    hire.get(SURVEY)
    port = microworkers.port

    microworkers.stop()
    microworkers.stop()

    with serve("microworkers", port) as again:
        assert again.port == port


def test_stopping_wakes_a_late_answer(indeed, api):
    indeed.script({"do": {"late": 60}})
    waiting = threading.Thread(target=_ignore_errors, args=(api.get, ONE))
    waiting.start()
    assert eventually(lambda: indeed.journal()[-1]["fault"])

    indeed.stop()
    waiting.join(5)

    assert not waiting.is_alive()


def test_an_unknown_platform_is_said_so():
    with pytest.raises(ValueError, match="nowhere"):
        serve("nowhere")


def test_the_planted_story_refuses_a_rename(indeed):
    indeed.tell()
    api = signed_in(indeed)

    refused = api.patch("/v1/campaigns/1618033988749894", {"name": "Porters"})
    accepted = api.patch("/v1/campaigns/1618033988749894", {"status": "PAUSED"})

    assert (refused.status_code, accepted.status_code) == (400, 200)


def test_in_the_planted_story_somebody_else_changes_a_target(indeed):
    for edit in indeed._host.stand_in.demo.edits:
        assert edit.campaign == INDEED_CLASH
        indeed._outside(edit, 0)

    assert str(indeed.document(INDEED_CLASH)["objective"]["target"]) == "9.25"


def _ignore_errors(call, *args):
    try:
        call(*args)
    except OSError:
        return
