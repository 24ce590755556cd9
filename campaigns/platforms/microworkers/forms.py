"""What can be edited on a Microworkers hire-group campaign, and the rules between.

Source: the platform's page on updating a hire-group campaign.
"""

from campaigns.fields import Whole
from campaigns.forms import CampaignForm


class MicroworkersForm(CampaignForm):
    """The fields of PATCH /hire-group-campaigns/{id}."""

    ttr = Whole(
        label="Time to rate",
        help_text="From 1 to 30 days. Work not rated by then is approved by itself.",
        group="Rating",
        unit="days",
        least=1,
        most=30,
    )
