"""What can be edited on a handbill, and the limits of it."""

from campaigns.fields import Text, Whole
from campaigns.forms import CampaignForm


class HandbillsForm(CampaignForm):
    """The fields of PATCH /handbills/{id}."""

    title = Text(
        label="Title",
        help_text="Up to 80 characters.",
        group="The sheet",
        limit=80,
        never_empty="Give a title: a handbill cannot be without one.",
    )
    copies = Whole(
        label="Copies",
        help_text="From 1 to 5,000 a day.",
        group="Print run",
        unit="copies a day",
        least=1,
        most=5000,
    )
