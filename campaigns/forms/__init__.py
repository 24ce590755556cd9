"""A platform's editable fields as one form class, and what an edit of them means."""

from campaigns.forms.form import CampaignForm, Errors, Notes, UnknownField
from campaigns.forms.sheet import Sheet

__all__ = ["CampaignForm", "Errors", "Notes", "Sheet", "UnknownField"]
