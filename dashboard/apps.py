"""The project as an installed app: its commands, its checks, its Celery app."""

from django.apps import AppConfig
from django.core.checks import register

from dashboard import checks


class DashboardConfig(AppConfig):
    name = "dashboard"

    def ready(self) -> None:
        register(checks.check_sqlite)
