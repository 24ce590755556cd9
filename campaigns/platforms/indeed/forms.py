"""What can be edited on an Indeed campaign, and the rules between the fields.

Source: the platform's page on updating general campaign information.
"""

from campaigns.fields import Text
from campaigns.forms import CampaignForm


class IndeedForm(CampaignForm):
    """The fields of PATCH /v1/campaigns/{id}."""

    name = Text(
        label="Name",
        help_text="Up to 250 characters, unique within the employer.",
        group="Name and tracking",
        limit=250,
    )
