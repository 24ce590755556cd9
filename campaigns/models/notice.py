"""Who wants to hear of which entries, and what became of telling them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.models.audit import AuditEntry
from campaigns.models.connection import Connection


class Road(models.TextChoices):
    """The way a notice travels."""

    EMAIL = "email", "E-mail"
    WEBHOOK = "webhook", "Webhook"


class Subscription(models.Model):
    """What one person wants told, and where to; empty filters ask for everything.

    `position` is the first place in the sealed history that was not looked at yet:
    places are given after commit and have no gap, so no entry is ever skipped.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="subscriptions"
    )
    name = models.CharField(max_length=80)
    road = models.CharField(max_length=10, choices=Road.choices)
    url = models.CharField(max_length=500, blank=True)
    sealed_secret = models.TextField(blank=True)
    events = models.JSONField(default=list)
    states = models.JSONField(default=list)
    connection = models.ForeignKey(Connection, models.CASCADE, null=True, blank=True)
    position = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=500, blank=True)
    told_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class Delivery(models.TextChoices):
    """What became of telling one entry."""

    DUE = "due", "To be told"
    TOLD = "told", "Told"
    FAILED = "failed", "Gave up"
    WITHHELD = "withheld", "Not for this person any more"


class NoticeDelivery(models.Model):
    """One entry for one subscription: to be told, told, or given up."""

    subscription = models.ForeignKey(
        Subscription, models.CASCADE, related_name="deliveries"
    )
    entry = models.ForeignKey(AuditEntry, models.PROTECT, related_name="+")
    outcome = models.CharField(
        max_length=10, choices=Delivery.choices, default=Delivery.DUE
    )
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("subscription", "entry"), name="one_notice_per_entry"
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",), condition=Q(outcome="due"), name="notices_due"
            ),
            models.Index(fields=("subscription", "outcome", "id")),
        )

    def __str__(self) -> str:
        return f"{self.outcome}: entry {self.entry_id}"
