"""The e-mail digest of "Needs you": how often one person wants it, when it went."""

from django.conf import settings
from django.db import models


class Rhythm(models.TextChoices):
    """How often a digest goes out, at most."""

    OFF = "off", "Never"
    HOURLY = "hourly", "Every hour"
    DAILY = "daily", "Once a day"


class Digest(models.Model):
    """One person's wish. Nothing is sent while nothing waits.

    `period` is the start of the last hour or day that was taken care of; it moves by
    a conditional UPDATE, so that one period brings at most one mail.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True
    )
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices, default=Rhythm.OFF)
    hour = models.PositiveSmallIntegerField(default=8)
    period = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"digest of {self.person_id}"
