"""The app's entry in Django: its name and its system checks."""

from importlib import import_module

from django.apps import AppConfig
from django.core.checks import Tags, register


class CampaignsConfig(AppConfig):
    """Campaigns on other companies' platforms, and the history of their changes."""

    name = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        checks = import_module("campaigns.checks")  # it knows models: not before now
        register(checks.check_triggers, Tags.database)
        register(checks.check_tables, Tags.database)
        checks.tables.known()  # now: an update may lay newer files beside what runs
