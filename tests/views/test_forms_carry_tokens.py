"""Every form that a page posts carries its token: browsers are refused without."""

import re

import pytest
from django.urls import reverse

from campaigns import notices
from campaigns.lifecycle import State
from campaigns.models import Draft, Road
from tests.asked import ask
from tests.factories import CampaignFactory, PersonFactory

pytestmark = pytest.mark.django_db

FORM = re.compile(r"<form\b[^>]*\bpost\b.*?</form>", re.DOTALL)
STATES = (State.CLASH, State.HELD, State.UNKNOWN, State.REJECTED)


@pytest.fixture
def me(client):
    person = PersonFactory(manager=True, is_admin=True)
    client.force_login(person)
    return person


def forms_without_token(client, address):
    content = client.get(address).content.decode()
    forms = FORM.findall(content)
    assert len(forms) > 1, "a page has at least the form to sign out"
    return [form[:200] for form in forms if "csrfmiddlewaretoken" not in form]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("route", ["change_detail", "campaign_detail"])
def test_forms_of_one_change_carry_their_token(client, me, route, state):
    campaign = CampaignFactory(document='{"ttr": 7}')
    change = ask(state, person=me, campaign=campaign)
    pk = change.pk if route == "change_detail" else campaign.pk

    assert forms_without_token(client, reverse(route, args=[pk])) == []


@pytest.mark.parametrize(
    "route", ["needs_you", "campaign_list", "review_detail", "desk_list"]
)
def test_forms_of_lists_carry_their_token(client, me, route):
    campaign = CampaignFactory(document='{"ttr": 7}')
    Draft.objects.create(
        person=me, campaign=campaign, field="ttr", seen="7", wanted="5"
    )
    for state in STATES:
        ask(state, person=me)

    assert forms_without_token(client, reverse(route)) == []


def test_forms_of_a_connection_carry_their_token(client, me):
    change = ask(person=me)
    address = reverse("connection_detail", args=[change.campaign.connection_id])

    assert forms_without_token(client, address) == []


def test_the_form_of_an_undo_carries_its_token(client, me):
    change = ask(State.CONFIRMED, person=me)
    address = reverse("undo_preview", args=["change", change.pk])

    assert forms_without_token(client, address) == []


def test_forms_of_a_notice_and_a_view_carry_their_token(client, me):
    wanted = notices.Wanted("Partner", Road.WEBHOOK, "https://hooks.example.com")
    notice = notices.add(me, wanted)
    kept = f"{reverse('audit_list')}?state=clash"

    for address in (reverse("notice_detail", args=[notice.pk]), kept):
        assert forms_without_token(client, address) == []
