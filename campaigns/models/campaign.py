"""Campaigns as last read from their platform, their lanes, and unsent edits."""

from django.conf import settings
from django.db import models

from campaigns.models.connection import Connection
from campaigns.models.person import Person


def status_word(status: str) -> str:
    """A platform's own status in plain words: PENDING_REVIEW is "Pending review"."""
    return status.replace("_", " ").capitalize() or "Unknown"


class Label(models.Model):
    """A word people put on campaigns to find them again."""

    name = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Campaigns(models.QuerySet["Campaign"]):
    """Campaigns by who may see them."""

    def visible_to(self, person: Person) -> "Campaigns":
        """Those of the connections that this person may see."""
        seen = Connection.objects.visible_to(person).in_use()
        return self.filter(connection__in=seen)


class Campaign(models.Model):
    """One campaign on a platform, addressed by its opaque remote id.

    `document` is the newest known JSON in the shape of the platform's PATCH, as
    exact text; `read_at` says when the newest whole read of it was asked for,
    `listed_at` when the newest page of the list that showed it was.
    """

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="campaigns")
    remote_id = models.CharField(max_length=255)
    name = models.CharField(max_length=300)
    status = models.CharField(max_length=60, blank=True)
    is_deleted = models.BooleanField(default=False)
    document = models.TextField(default="{}")
    read_at = models.DateTimeField(null=True, blank=True)
    listed_at = models.DateTimeField(null=True, blank=True)
    read_due_at = models.DateTimeField(null=True, blank=True)
    read_error = models.CharField(max_length=500, blank=True)
    missing_since = models.DateTimeField(null=True, blank=True)
    labels = models.ManyToManyField(Label, blank=True, related_name="campaigns")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = Campaigns.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("connection", "remote_id"), name="one_row_per_campaign"
            ),
        )
        indexes = (
            models.Index(fields=("connection", "read_due_at")),
            models.Index(fields=("is_deleted", "name")),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def status_word(self) -> str:
        """The platform's status in plain words."""
        return status_word(self.status)


class Lane(models.Model):
    """The order of changes of one campaign, and who may send for it now.

    Claimed by a conditional UPDATE; `fence` only grows, so a worker that was
    away too long can tell that its claim is gone.
    """

    campaign = models.OneToOneField(Campaign, models.CASCADE, related_name="lane")
    last_sequence = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    settle_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("due_at",)),)

    def __str__(self) -> str:
        return f"lane of {self.campaign_id}"


class Draft(models.Model):
    """One unsent edit of one person: a field, what they saw, what they want."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="drafts")
    field = models.CharField(max_length=120)
    seen = models.TextField(null=True)  # noqa: DJ001  None is "unknown", "" is not
    wanted = models.TextField()

    class Meta:
        ordering = ("campaign_id", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "campaign", "field"), name="one_draft_per_field"
            ),
        )

    def __str__(self) -> str:
        return f"{self.field} of {self.campaign_id}"
