"""The project as an installed app: its commands, its checks, its Celery app."""

from django.apps import AppConfig
from django.core.checks import register

from dashboard import checks
from dashboard.accounts import routes
from dashboard.celery import app as celery


class DashboardConfig(AppConfig):
    name = "dashboard"
    celery = celery  # tasks find their app because this module imports it

    def ready(self) -> None:
        register(checks.check_sqlite)
        register(checks.name_sqlite, deploy=True)
        register(routes.check_routes)
