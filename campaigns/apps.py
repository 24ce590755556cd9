"""The app's entry in Django: its name and its system checks."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaigns on other companies' platforms, and the history of their changes."""

    name = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"
