"""What a stand-in starts with, and what outlives it."""

from campaigns import documents
from campaigns.gateway.standin import serve
from campaigns.platforms.indeed.sandbox import INDEED_PLAIN
from campaigns.platforms.microworkers.sandbox import MW_SURVEY
from tests.sandbox.talk import Talk

SURVEY = f"/hire-group-campaigns/{MW_SURVEY}"


def test_edits_survive_a_restart_with_a_state_folder(tmp_path):
    with serve("microworkers", state=tmp_path) as first:
        Talk(first, MicroworkersApiKey="demo-key").patch(SURVEY, {"ttr": 21})

    with serve("microworkers", state=tmp_path) as second:
        assert second.document(MW_SURVEY)["ttr"] == 21
    assert [path.name for path in tmp_path.iterdir()] == ["microworkers.json"]


def test_exact_decimals_survive_a_restart(tmp_path):
    target = documents.loads('{"objectiveType":"BALANCE","target":10.10}')
    with serve("indeed", state=tmp_path) as first:
        first.edit(INDEED_PLAIN, {"objective": target})

    with serve("indeed", state=tmp_path) as second:
        kept = second.document(INDEED_PLAIN)["objective"]["target"]
    assert str(kept) == "10.10"


def test_campaigns_of_ones_own_can_be_served():
    seed = {"c1": {"owner": "demo", "kind": "hire-group", "title": "T", "ttr": 1}}

    with serve("microworkers", seed=seed) as sandbox:
        hire = Talk(sandbox, MicroworkersApiKey="demo-key")
        assert hire.get("/hire-group-campaigns/c1").json()["ttr"] == 1
