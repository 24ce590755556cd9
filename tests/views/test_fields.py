"""Partial updates of one field: kept, and answered with what moved."""

import re

import pytest

from campaigns.lifecycle import State
from campaigns.models import Change
from tests.asked import ask, edit
from tests.views.tab import HTMX, Tab, drafts, row, text, words

pytestmark = pytest.mark.django_db


NAME = ("name", '"Night nurses"', '"Refused name"')


def test_an_edit_is_kept_and_answered_with_its_row_and_the_bar(tab):
    response = tab.keep("name", "Night nurses, ICU")

    assert response.status_code == 200
    assert drafts() == {"name": '"Night nurses, ICU"'}
    assert "Night nurses to Night nurses, ICU" in words(row(response, "name"))
    assert "1 change, not sent Name" in words(text(response))


def test_nothing_leaves_by_an_edit(tab):
    tab.keep("name", "Night nurses, ICU")

    assert not Change.objects.exists()


def test_the_answer_holds_no_row_that_did_not_move(tab):
    response = tab.keep("name", "Night nurses, ICU")

    assert text(response).count("data-field=") == 1
    assert "<html" not in text(response)


def test_what_an_edit_implies_is_answered_with_it(client, mara, open_nurses):
    response = Tab(client, open_nurses).keep("jobsToInclude", "ALL")

    assert "implied" in row(response, "jobsQuery")
    assert "title:nurse to empty" in words(row(response, "jobsQuery"))
    assert "implied" in words(text(response))


def test_an_unsent_edit_is_discarded_and_nothing_put_back(tab):
    shown = row(tab.keep("name", "Other"), "name")

    assert "Discard the edit of Name" in words(shown)
    assert "Put back" not in shown


def test_taking_an_edit_back_frees_what_it_implied(client, mara, open_nurses):
    tab = Tab(client, open_nurses)
    tab.keep("jobsToInclude", "ALL")

    response = client.post(f"{tab.address}fields/jobsToInclude/discard", headers=HTMX)

    assert drafts() == {}
    assert "implied" not in row(response, "jobsQuery")
    assert "not sent" not in text(response)


def test_the_last_of_two_edits_of_a_field_counts(tab):
    tab.keep("name", "First")
    tab.keep("name", "Second")

    assert drafts() == {"name": '"Second"'}


def test_typing_the_live_value_again_leaves_nothing_to_send(tab):
    tab.keep("name", "First")

    response = tab.keep("name", "Night nurses")

    assert drafts() == {}
    assert "not sent" not in text(response)


def test_a_flag_nobody_reports_can_be_set(signs_tab):
    response = signs_tab.keep("autoRefillPositions", "on")

    assert drafts() == {"autoRefillPositions": "true"}
    assert "Unknown to On" in words(row(response, "autoRefillPositions"))


def test_an_open_editor_shows_the_unsent_value_again(tab):
    tab.keep("name", "Unsent")

    assert 'value="Unsent"' in row(tab.page(), "name")


@pytest.mark.parametrize("state", [State.REJECTED, State.FAILED])
def test_a_refused_edit_is_opened_with_what_was_wanted(tab, mara, nurses, state):
    asked = ask(state, person=mara, campaign=nurses, edits=[edit(*NAME)])

    opened = text(tab.open("name"))

    assert asked.waits_for_person
    assert 'value="Refused name"' in opened
    assert "Keep as it is" in opened


def test_a_refused_edit_that_was_put_aside_is_not_offered_again(client, tab, nurses):
    asked = ask(State.REJECTED, campaign=nurses, edits=[edit(*NAME)])

    client.post(f"/changes/{asked.pk}/put-aside")

    assert 'value="Night nurses"' in text(tab.open("name"))


def test_the_words_about_a_list_of_queues_stand_above_it(signs_tab):
    posted = {
        "notificationSettings.rows": "1",
        "notificationSettings.0.url": "https://elsewhere.example/",
    }
    answer = text(signs_tab.keep("notificationSettings", None, **posted))

    assert 0 < answer.index('role="alert"') < answer.index('class="queue"')


def test_every_box_of_a_queue_can_be_found_again_after_a_swap(signs_tab):
    opened = text(signs_tab.open("notificationSettings"))
    ids = re.findall(r'<input type="checkbox" id="([^"]+)"', opened)

    assert len(ids) == len(set(ids)) == opened.count('type="checkbox"') > 0


def test_without_script_an_edit_is_kept_and_the_page_comes_back(tab):
    response = tab.keep("name", "By hand", htmx=False)

    assert response.status_code == 302
    assert response.url == tab.address
    assert drafts() == {"name": '"By hand"'}


def test_without_script_a_refused_edit_shows_the_whole_page_with_it(tab):
    response = tab.keep("name", "", htmx=False)

    assert response.status_code == 422
    assert "Give a name" in words(row(response, "name"))
    assert "<html" in text(response)


def test_without_script_the_pencil_leads_to_the_open_editor(client, tab):
    response = client.get(f"{tab.address}fields/objective.target/edit", follow=True)

    target, _ = response.redirect_chain[0]
    assert target.endswith("?edit=objective.target#field-objective-target")
    assert 'name="objective.target"' in text(response)
