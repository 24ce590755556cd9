"""Labels that people put on campaigns to find them again. Nothing leaves for them."""

from django.core.exceptions import ValidationError
from django.db import transaction

from campaigns import audit, clock, typed
from campaigns.audit import Event
from campaigns.models import Campaign, Channel, Label, Person

NAME_LIMIT = 60
LABELS_LIMIT = 20


@transaction.atomic
def put(campaign: Campaign, name: str, person: Person) -> None:
    """Put a label on a campaign; the same label twice is one.

    Raises `ValidationError` for an empty or too long name, or too many labels.
    """
    words = f"Give a label of 1 to {NAME_LIMIT} characters."
    name = typed.text(" ".join(name.split()), NAME_LIMIT, words)
    if campaign.labels.count() >= LABELS_LIMIT:
        raise ValidationError(f"A campaign can have {LABELS_LIMIT} labels.")
    label = Label.objects.filter(name__iexact=name).first()
    label = label or Label.objects.get_or_create(name=name)[0]
    if not campaign.labels.filter(pk=label.pk).exists():
        campaign.labels.add(label)
        _tell(campaign, person, {"added": label.name})


@transaction.atomic
def take_off(campaign: Campaign, label: Label, person: Person) -> None:
    """Take a label off a campaign; a label on no campaign is forgotten."""
    if not campaign.labels.filter(pk=label.pk).exists():
        return
    campaign.labels.remove(label)
    _tell(campaign, person, {"removed": label.name})
    Label.objects.filter(pk=label.pk, campaigns=None).delete()


def _tell(campaign: Campaign, person: Person, facts: dict[str, str]) -> None:
    audit.append(
        Event.LABELLED,
        f"campaign:{campaign.pk}",
        at=clock.now(),
        person=person,
        channel=Channel.SCREEN,
        campaign=campaign,
        facts=facts,
    )
