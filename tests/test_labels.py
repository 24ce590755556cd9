"""Labels: found again by name, told in the history, never sent anywhere."""

import pytest
from django.core.exceptions import ValidationError

from campaigns import labels
from campaigns.models import AuditEntry, Label
from tests.factories import CampaignFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return CampaignFactory()


@pytest.fixture
def person():
    return PersonFactory()


def names(campaign):
    return list(campaign.labels.values_list("name", flat=True))


def test_a_label_is_put_once(campaign, person):
    labels.put(campaign, "Q4", person)
    labels.put(campaign, " q4 ", person)

    assert names(campaign) == ["Q4"]


def test_a_label_on_no_campaign_is_forgotten(campaign, person):
    labels.put(campaign, "Q4", person)

    labels.take_off(campaign, Label.objects.get(), person)

    assert not Label.objects.exists()


def test_a_label_on_another_campaign_stays(campaign, person):
    labels.put(campaign, "Q4", person)
    labels.put(CampaignFactory(), "Q4", person)

    labels.take_off(campaign, Label.objects.get(), person)

    assert Label.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b"])
def test_a_bad_name_is_refused_in_words(campaign, person, name):
    with pytest.raises(ValidationError, match="characters"):
        labels.put(campaign, name, person)


def test_each_act_is_history(campaign, person):
    labels.put(campaign, "Q4", person)
    labels.take_off(campaign, Label.objects.get(), person)

    told = AuditEntry.objects.filter(campaign_id=campaign.pk, event="labelled")
    assert told.count() == 2


def test_a_label_is_put_and_taken_off_on_the_page(client, campaign, person):
    client.force_login(person)
    client.post(f"/campaigns/{campaign.pk}/labels", {"name": "Q4"})
    assert "Q4" in client.get(f"/campaigns/{campaign.pk}/").text

    label = Label.objects.get()
    client.post(f"/campaigns/{campaign.pk}/labels/{label.pk}/off")

    assert names(campaign) == []


def test_a_stranger_labels_nothing(client, person):
    theirs = CampaignFactory(connection__open_to_all=False)
    client.force_login(person)

    answer = client.post(f"/campaigns/{theirs.pk}/labels", {"name": "Q4"})

    assert answer.status_code == 404
