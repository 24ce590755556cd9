"""Review and Send: what was reviewed is sent, once, and nothing else ever."""

import pytest
from django.test import Client

from campaigns.lifecycle import State
from campaigns.models import Change, ChangeSet, Draft
from tests.factories import CampaignFactory, PersonFactory
from tests.views.conftest import HIRE_GROUP
from tests.views.tab import Review, Tab, row, text, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def tab(client, mara, nurses):
    tab = Tab(client, nurses)
    tab.keep("name", "Night nurses, ICU")
    return tab


def asked():
    """What has been asked for so far: field and wanted value, oldest first."""
    rows = Change.objects.order_by("pk").values_list("fields__field", "fields__wanted")
    return list(rows)


def send_quietly(client, **given):
    return client.post("/review/send", given)


# --- what it shows --------------------------------------------------------------


def test_it_shows_from_and_to_of_every_field(client, tab):
    tab.keep("objective.target", "12.50")

    review = client.get("/review")

    assert "Night nurses to Night nurses, ICU" in words(row(review, "name"))
    assert "10.10 USD per application to 12.50 USD" in words(
        row(review, "objective.target")
    )
    assert "2 fields on 1 campaign" in words(text(review))


def test_it_shows_the_exact_request(client, tab):
    tab.keep("objective.target", "12.50")

    shown = words(text(client.get("/review")))

    kind = '{"objectiveType":"TARGET_COST_PER_APPLICATION","target":12.5}'
    assert f'{{"name":"Night nurses, ICU","objective":{kind}}}' in shown


def test_it_marks_what_follows_by_itself(client, mara, open_nurses):
    Tab(client, open_nurses).keep("jobsToInclude", "ALL")

    review = client.get("/review")

    assert "implied" in row(review, "jobsQuery")
    assert "title:nurse to empty" in words(row(review, "jobsQuery"))


def test_it_says_what_can_never_be_confirmed(client, mara, signs):
    Tab(client, signs).keep("autoRefillPositions", "on")

    assert "Sent blind" in row(client.get("/review"), "autoRefillPositions")


def test_it_says_what_can_never_be_taken_back(client, tab):
    tab.keep("trackingToken", "spring")

    assert "One-way" in row(client.get("/review"), "trackingToken")


def test_without_edits_it_says_what_to_do(client, mara):
    shown = words(text(client.get("/review")))

    assert "No unsent edits" in shown
    assert "Open a campaign" in shown


def test_nobody_sees_the_unsent_edits_of_another(client, tab):
    client.force_login(PersonFactory())

    assert "ICU" not in text(client.get("/review"))


# --- sent once ------------------------------------------------------------------


def test_send_saves_a_change_and_clears_the_edits(client, tab, nurses):
    response = Review(client).send(title="ICU opens", reason="From Monday")

    change = Change.objects.get()
    assert response.url == f"/campaigns/{nurses.pk}/"
    assert (change.state, change.change_set.reason) == (State.WAITING, "From Monday")
    assert asked() == [("name", '"Night nurses, ICU"')]
    assert not Draft.objects.exists()


def test_the_words_after_send_stay_true_when_it_has_left(client, tab, nurses):
    tab.keep("name", "Day nurses")
    Review(client).send()

    assert "1 field leaves by itself" in words(text(tab.page()))


def test_a_double_click_sends_once(client, tab):
    review = Review(client)

    first, second = review.send(), review.send()

    assert first.url == second.url
    assert ChangeSet.objects.count() == Change.objects.count() == 1


def test_a_page_from_the_back_button_sends_nothing_again(client, tab):
    review = Review(client)
    review.send()
    tab.keep("name", "Something newer")

    review.send()

    assert asked() == [("name", '"Night nurses, ICU"')]
    assert Draft.objects.get().wanted == '"Something newer"'


def test_two_people_may_hold_the_same_key(client, tab):
    review = Review(client)
    review.send()
    other = PersonFactory()
    client.force_login(other)
    tab.keep("trackingToken", "hers")

    again = Review(client)
    client.post("/review/send", {"key": review.key, "digest": again.digest})

    assert ChangeSet.objects.filter(key=review.key).count() == 2


def test_edits_of_two_campaigns_leave_as_one_set(client, tab):
    other = CampaignFactory(document=HIRE_GROUP)
    Tab(client, other).keep("ttr", "9")

    response = Review(client).send()

    assert ChangeSet.objects.get().changes.count() == 2
    assert response.url == f"/changes/?set={ChangeSet.objects.get().pk}"


# --- what moved since -----------------------------------------------------------


def test_an_edit_in_a_second_tab_asks_for_another_look(client, tab):
    review = Review(client)
    tab.keep("trackingToken", "second-tab")

    response = review.send(reason="Typed here")

    assert response.status_code == 422
    assert "Look at it once more" in words(text(response))
    assert "Typed here" in text(response)
    assert asked() == []


def test_after_the_other_look_it_can_be_sent(client, tab):
    review = Review(client)
    tab.keep("trackingToken", "second-tab")
    review.send()

    Review(client).send()

    assert {field for field, _ in asked()} == {"name", "trackingToken"}


def test_a_value_that_moved_on_the_platform_asks_for_another_look(client, tab, nurses):
    review = Review(client)
    nurses.document = nurses.document.replace("Night nurses", "Day nurses")
    nurses.save(update_fields=["document"])

    response = review.send()

    assert response.status_code == 422
    assert "moved while you were editing" in words(text(response))
    assert asked() == []


def test_somebody_elses_edit_of_the_field_is_said_before_sending(client, tab, nurses):
    review = Review(client)
    rival = Client()
    rival.force_login(PersonFactory(full_name="Jon Rival"))
    Tab(rival, nurses).keep("name", "His")
    Review(rival).send()

    response = review.send()

    assert response.status_code == 422
    assert "Jon Rival already asked for Name His" in words(text(response))
    assert asked() == [("name", '"His"')]


def test_somebody_elses_edit_of_another_field_is_no_trouble(client, tab, nurses):
    review = Review(client)
    rival = Client()
    rival.force_login(PersonFactory())
    Tab(rival, nurses).keep("trackingToken", "his")
    Review(rival).send()

    response = review.send()

    assert response.status_code == 302
    assert [field for field, _ in asked()] == ["trackingToken", "name"]


# --- refused --------------------------------------------------------------------


def test_an_edit_that_breaks_a_rule_cannot_be_sent(client, mara, open_nurses):
    tab = Tab(client, open_nurses)
    tab.keep("jobsToInclude", "ALL")
    tab.keep("jobsQuery", "title:midwife")
    review = Review(client)

    response = review.send()

    assert response.status_code == 422
    assert "disabled" in text(review.response)
    assert "Take this edit back" in words(row(review.response, "jobsQuery"))
    assert asked() == []


TOO_MUCH = {
    "title": {"title": "t" * 201},
    "reason": {"reason": "r" * 2001},
    "nul-in-title": {"title": "a\x00b"},
    "nul-in-reason": {"reason": "a\x00b"},
    "no-key": {"key": ""},
    "long-key": {"key": "k" * 65},
    "nul-in-key": {"key": "\x00"},
    "no-digest": {"digest": ""},
    "forged-digest": {"digest": "0" * 64},
    "nul-in-digest": {"digest": "\x00"},
}


@pytest.mark.parametrize("given", TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_bad_send_gets_words_and_sends_nothing(client, tab, given):
    response = Review(client).send(**given)

    assert response.status_code == 422
    assert 'role="alert"' in text(response)
    assert asked() == []
    assert Draft.objects.exists()


def test_what_was_typed_beside_a_bad_title_is_kept(client, tab):
    response = Review(client).send(title="t" * 201, reason="Because of the ward")

    assert "Because of the ward" in text(response)
    assert "at most 200 characters" in words(text(response))


def test_an_empty_review_sends_nothing(client, mara):
    response = send_quietly(client, key="k", digest="d")

    assert response.status_code == 422
    assert "nothing to send" in words(text(response))


def test_an_archived_connection_takes_nothing_more(client, tab, nurses):
    review = Review(client)
    nurses.connection.archived_at = nurses.read_at
    nurses.connection.save(update_fields=["archived_at"])

    response = review.send()

    assert response.status_code == 422
    assert asked() == []


def test_who_lost_the_right_sends_nothing(client, tab, mara):
    review = Review(client)
    mara.is_marketer = False
    mara.is_admin = True
    mara.save(update_fields=["is_marketer", "is_admin"])

    assert review.send().status_code == 403
    assert asked() == []


def test_a_send_without_its_token_is_403(nurses):
    client = Client(enforce_csrf_checks=True)
    client.force_login(PersonFactory())

    assert send_quietly(client, key="k", digest="d").status_code == 403


def test_the_review_of_a_signed_out_person_leads_back_to_it(client, tab):
    client.logout()

    assert client.get("/review").url == "/account/login/?next=/review"


# --- let go ---------------------------------------------------------------------


def test_discard_of_one_campaign_leaves_the_others(client, tab, nurses):
    other = CampaignFactory(document=HIRE_GROUP)
    Tab(client, other).keep("ttr", "9")

    client.post("/review/discard", {"campaign": nurses.pk})

    assert Draft.objects.get().campaign == other


@pytest.mark.parametrize("pk", ["999999", "0"])
def test_discard_of_a_forged_campaign_is_404(client, tab, pk):
    assert client.post("/review/discard", {"campaign": pk}).status_code == 404
    assert Draft.objects.exists()


def test_discard_on_the_campaign_page_leaves_no_bar(client, tab):
    response = client.post(f"{tab.address}discard", follow=True)

    assert not Draft.objects.exists()
    assert "not sent" not in text(response)


def test_more_edits_cost_no_more_queries(client, tab, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as few:
        client.get("/review")
    before = len(few)
    for path, value in [("trackingToken", "t"), ("objective.target", "9")]:
        tab.keep(path, value)

    with django_assert_max_num_queries(before):
        client.get("/review")
