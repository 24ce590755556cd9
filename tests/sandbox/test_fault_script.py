"""When a line of the fault script speaks, and what it may say."""

import pytest

from campaigns.platforms.indeed.sandbox import INDEED_PLAIN, INDEED_WAREHOUSE

ONE = f"/v1/campaigns/{INDEED_PLAIN}"


def plant(sandbox, do, times=1, **match):
    sandbox.script({"match": {"method": "PATCH"} | match, "do": do, "times": times})


def test_a_fault_waits_for_its_turn(indeed, api):
    plant(indeed, {"refuse": {"status": 500}}, nth=2)

    codes = [api.patch(ONE, {"name": f"N{n}"}).status_code for n in range(3)]

    assert codes == [200, 500, 200]


def test_a_fault_lasts_as_often_as_it_says(indeed, api):
    plant(indeed, {"refuse": {"status": 500}}, times=2)

    codes = [api.patch(ONE, {"name": f"N{n}"}).status_code for n in range(3)]

    assert codes == [500, 500, 200]


def test_a_fault_without_end_lasts_until_cleared(indeed, api):
    plant(indeed, {"refuse": {"status": 500}}, times=0)
    before = [api.patch(ONE, {"name": "New"}).status_code for _ in range(4)]

    indeed.clear()

    assert set(before) == {500}
    assert api.patch(ONE, {"name": "New"}).status_code == 200


@pytest.mark.parametrize(
    "match",
    [
        {"campaign": INDEED_WAREHOUSE},
        {"path": "/oauth"},
        {"method": "GET"},
        {"body": '"status"'},
    ],
)
def test_a_fault_leaves_other_requests_alone(indeed, api, match):
    plant(indeed, {"refuse": {"status": 500}}, **match)

    assert api.patch(ONE, {"name": "New"}).status_code == 200


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"do": {"explode": 1}},
        {"do": {}, "match": {"verb": "GET"}},
        {"do": {"lost": "sometimes"}},
        {"do": {}, "times": -1},
        {"do": {}, "times": "twice"},
        {"do": {}, "match": {"path": 7}},
        {"do": {"late": "soon"}},
        {"do": {"refuse": {"code": 500}}},
        {"do": {"refuse": 500}},
        {"do": {}, "when": 1},
        "late",
    ],
)
def test_a_misspelt_fault_is_refused_and_nothing_planted(indeed, line):
    with pytest.raises(ValueError):
        indeed.script({"do": {"late": 1}}, line)

    assert indeed.journal() == []
    assert indeed._host.script.lines() == []
