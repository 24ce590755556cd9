"""What a form of any platform does with documents, posts and wanted values."""

import pytest
from django.http import QueryDict

from campaigns.diff import Origin
from campaigns.fields import Choice, Flag, Reported, Text, Whole
from campaigns.forms import CampaignForm, UnknownField
from tests.platforms.posting import after_typing


class SmallForm(CampaignForm):
    """A made-up platform with one field of each interesting kind."""

    name = Text(label="Name", help_text="Help.", group="First", limit=20)
    pace = Choice(
        label="Pace", help_text="Help.", group="First", choices=[("S", "Slow")]
    )
    limit_on = Flag(
        path="limit.enabled",
        label="Limit",
        help_text="Help.",
        group="Second",
        dependants=["limit.most"],
    )
    limit_most = Whole(
        path="limit.most", label="Most", help_text="Help.", group="Second", least=1
    )
    hidden = Text(
        label="Hidden",
        help_text="Help.",
        group="Second",
        limit=20,
        reported=Reported.NEVER,
    )

    @classmethod
    def locks(cls, document):
        return {"pace": "The pace is fixed."} if document.get("fixed") else {}

    @classmethod
    def companions(cls, sheet):
        return {"pace": '"S"'} if sheet.touched("name") else {}

    @classmethod
    def implied(cls, sheet):
        return {"limit.most": "null"} if sheet.touched("pace") else {}


DOCUMENT = {"name": "Old", "pace": "F", "limit": {"enabled": True, "most": 9, "x": 1}}


def kinds(plan, path):
    return [note.kind for note in plan.notes[path]]


def test_fields_are_keyed_by_path_in_the_order_of_declaration():
    paths = ["name", "pace", "limit.enabled", "limit.most", "hidden"]

    assert list(SmallForm.declared()) == paths
    assert list(SmallForm(DOCUMENT).fields) == paths


def test_groups_hold_their_fields_in_order():
    groups = [(name, [f.path for f in fields]) for name, fields in SmallForm.groups()]

    assert groups == [
        ("First", ["name", "pace"]),
        ("Second", ["limit.enabled", "limit.most", "hidden"]),
    ]


def test_an_input_is_named_by_path_and_its_id_has_dashes():
    html = str(SmallForm(DOCUMENT)["limit.most"])

    assert 'name="limit.most"' in html
    assert 'id="id_limit-most"' in html
    assert 'aria-describedby="id_limit-most_helptext"' in html


def test_a_partial_post_builds_the_touched_field_and_its_dependants():
    form = SmallForm(DOCUMENT, {"limit.enabled": "off"}, only=["limit.enabled"])

    assert form.is_valid()
    assert form.wanted() == {"limit.enabled": "false"}
    assert list(form.fields) == ["limit.enabled", "limit.most"]


def test_a_form_for_an_unknown_field_is_refused():
    with pytest.raises(UnknownField, match="budget"):
        SmallForm(DOCUMENT, only=["budget"])


def test_only_what_differs_is_wanted():
    form = after_typing(SmallForm, DOCUMENT, {"name": " New ", "limit.most": "9"})

    assert form.is_valid()
    assert form.wanted() == {"name": '"New"'}


def test_typing_the_platforms_value_over_an_unsent_edit_takes_it_back():
    shown = SmallForm(DOCUMENT, initial_edits={"name": '"New"'})
    bound = SmallForm(DOCUMENT, {"name": "Old"}, initial_edits={"name": '"New"'})

    assert 'value="New"' in str(shown["name"])
    assert bound.is_valid()
    assert bound.wanted() == {}


def test_an_invalid_input_keeps_what_was_typed():
    form = SmallForm(DOCUMENT, {"limit.most": "many"}, only=["limit.most"])

    assert not form.is_valid()
    assert 'value="many"' in str(form["limit.most"])


def test_an_input_that_was_not_posted_still_shows_its_value():
    form = SmallForm(DOCUMENT, {"limit.enabled": "x"}, only=["limit.enabled"])

    assert not form.is_valid()
    assert 'value="9"' in str(form["limit.most"])


def test_a_doubled_parameter_counts_once():
    form = SmallForm(DOCUMENT, QueryDict("name=A&name=B"), only=["name"])

    assert form.is_valid()
    assert form.wanted() == {"name": '"B"'}


def test_a_locked_field_is_disabled_and_a_forged_value_ignored():
    document = {**DOCUMENT, "fixed": True}
    form = SmallForm(document, {"pace": "S"}, only=["pace"])

    assert form.is_valid()
    assert form.wanted() == {}
    assert "disabled" in str(form["pace"])


def test_a_plan_for_a_locked_field_gives_the_reason():
    plan = SmallForm.plan({**DOCUMENT, "fixed": True}, {"pace": '"S"'})

    assert plan.errors == {"pace": ["The pace is fixed."]}
    assert plan.body == {}


def test_edits_are_touched_then_added_then_implied():
    plan = SmallForm.plan(DOCUMENT, {"hidden": '"h"', "name": '"New"'})

    assert [(edit.field, edit.origin) for edit in plan.edits] == [
        ("name", Origin.TOUCHED),
        ("hidden", Origin.TOUCHED),
        ("pace", Origin.ADDED),
        ("limit.most", Origin.IMPLIED),
    ]


def test_implied_values_are_never_sent():
    plan = SmallForm.plan(DOCUMENT, {"name": '"New"'})

    assert plan.body == {"name": "New", "pace": "S"}


def test_a_nested_object_is_sent_whole_with_keys_nobody_knows():
    plan = SmallForm.plan(DOCUMENT, {"limit.enabled": "false"})

    assert plan.body == {"limit": {"enabled": False, "most": 9, "x": 1}}


def test_a_plan_never_changes_the_document():
    before = repr(DOCUMENT)

    SmallForm.plan(DOCUMENT, {"limit.enabled": "false", "name": '"New"'})

    assert repr(DOCUMENT) == before


def test_an_edit_freezes_values_and_words():
    (edit, *_) = SmallForm.plan(DOCUMENT, {"limit.enabled": "false"}).edits

    assert (edit.seen, edit.wanted) == ("true", "false")
    assert (edit.seen_text, edit.wanted_text) == ("On", "Off")
    assert (edit.label, edit.readable, edit.one_way) == ("Limit", True, False)


def test_a_wanted_value_in_another_notation_is_made_canonical():
    plan = SmallForm.plan(DOCUMENT, {"limit.most": "12.0"})

    assert plan.edits[0].wanted == "12"
    assert plan.body["limit"]["most"] == 12


def test_one_error_empties_the_body_and_keeps_the_good_edits():
    plan = SmallForm.plan(DOCUMENT, {"name": '"New"', "limit.most": "0"})

    assert plan.body == {}
    assert plan.errors == {"limit.most": ["Give a whole number of 1 or more."]}
    assert [edit.field for edit in plan.edits][:1] == ["name"]


def test_a_note_says_that_an_edit_can_go_back():
    assert kinds(SmallForm.plan(DOCUMENT, {"name": '"New"'}), "name") == ["undo"]


def test_a_note_says_that_a_field_is_sent_blind():
    plan = SmallForm.plan(DOCUMENT, {"hidden": '"h"'})

    assert kinds(plan, "hidden") == ["blind", "info"]
    assert not plan.edits[0].readable


def test_a_note_says_when_the_old_value_could_not_be_sent_again():
    plan = SmallForm.plan(DOCUMENT, {"pace": '"S"'})

    assert [note.text for note in plan.notes["pace"]] == [
        "Cannot be put back to “F” by itself. Choose one of the values offered."
    ]
