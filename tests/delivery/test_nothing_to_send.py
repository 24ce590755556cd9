"""A change without a field is never made, and would end at once."""

from campaigns import changes
from campaigns.changes import Wish
from campaigns.lifecycle import State
from campaigns.models import Attempt
from campaigns.planning.drafts import open_desk

WAREHOUSE = "ee4d641cab17b22c"
COST = "3141592653589793"


def test_a_campaign_without_an_edit_gets_no_change(road):
    indeed = road("indeed")
    indeed.sync()
    desk = open_desk(indeed.person, indeed.campaign(WAREHOUSE))
    plan = desk.form.plan(desk.document, {"name": '"Mine"'})
    wishes = [Wish(desk.campaign, plan.edits), Wish(indeed.campaign(COST), ())]

    sent = changes.request(indeed.person, wishes, key="one")

    assert [c.campaign.remote_id for c in sent.changes.all()] == [WAREHOUSE]


def test_a_change_that_lost_its_fields_ends_after_one_look(road):
    indeed = road("indeed")
    indeed.sync()
    change = indeed.ask(WAREHOUSE, "name", "Gone")
    change.fields.all().delete()

    indeed.deliver()

    change.refresh_from_db()
    assert change.state == State.ALREADY_SO
    assert Attempt.objects.filter(kind="compare").count() == 1
