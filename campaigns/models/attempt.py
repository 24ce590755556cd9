"""Attempts: each exchange with a platform for a change, and how it ended."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

from campaigns.models.campaign import Campaign
from campaigns.models.change import Change


class AttemptKind(models.TextChoices):
    """What an exchange with a platform was for."""

    COMPARE = "compare", "Read before sending"
    PATCH = "patch", "Send"
    VERIFY = "verify", "Read back"


class Outcome(StrEnum):
    """How an exchange ended, in the words of its attempt."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_APPLIED = "not applied"
    UNKNOWN = "unknown"
    NOT_SENT = "not sent"
    UNSEEN = "no answer seen"
    NOT_THERE = "unknown; a read did not show it"
    READ = "read"
    NOT_READ = "not read"

    @property
    def late(self) -> str:
        """The same, told by a worker whose claim was gone by then."""
        return f"late: {self.value}"


WITHOUT_EFFECT = tuple(
    word
    for outcome in (Outcome.REJECTED, Outcome.NOT_APPLIED, Outcome.NOT_SENT)
    for word in (outcome.value, outcome.late)
)


class Attempts(models.QuerySet["Attempt"]):
    """Attempts by what they may have brought about."""

    def may_have_arrived(self) -> "Attempts":
        """PATCHes, but for those of which the platform said that it did nothing, and
        those that never left."""
        return self.filter(kind=AttemptKind.PATCH).exclude(verdict__in=WITHOUT_EFFECT)

    def may_be_there(self) -> "Attempts":
        """Of these, those of which no read has told since that they were not applied.

        One that was lost may be applied later all the same.
        """
        return self.may_have_arrived().exclude(verdict=Outcome.NOT_THERE)


class Attempt(models.Model):
    """One HTTP exchange for a change: request, answer, duration, verdict."""

    change = models.ForeignKey(Change, models.PROTECT, related_name="attempts")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="attempts")
    kind = models.CharField(max_length=10, choices=AttemptKind.choices)
    fence = models.PositiveBigIntegerField()
    in_flight = models.BooleanField(default=False)
    deadline = models.DateTimeField(null=True)
    url = models.CharField(max_length=700, blank=True)
    request_body = models.TextField(blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)
    verdict = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    seconds = models.FloatField(null=True)

    objects = Attempts.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("campaign",),
                condition=Q(in_flight=True),
                name="one_request_in_flight_per_campaign",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of change {self.change_id}"
